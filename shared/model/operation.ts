import type { PeriodKind } from "./calendar.ts";
import type { Carrier } from "./carrier.ts";
import type { EquipmentState } from "./equipment.ts";
import type { CoverageStatus } from "./indicator.ts";
import type { EpochMs } from "./time.ts";

/** What an answer about a period and a scope is about. */
export interface OperationHead {
  readonly period: string;
  readonly kind: PeriodKind;
  readonly from: EpochMs;
  readonly to: EpochMs;
  /** Figures cover `from` up to here. */
  readonly until: EpochMs;
  /** `<platform>`, `<platform>/<line>` or `<platform>/<line>/<equipment>`. */
  readonly scope: string;
  readonly level: "platform" | "line" | "equipment";
  /** The period runs, or facts of it are not there yet. */
  readonly isProvisional: boolean;
}

/** An amount that registers counted; null carries its reason. */
export interface Metered {
  readonly value: number | null;
  /** Part of it that rests on a long interval or a reset. */
  readonly estimated: number;
  readonly coverage: number;
  readonly status: CoverageStatus;
  readonly reason: string | null;
  /** Oddities of the registers. */
  readonly flags: readonly string[];
  readonly meters: number;
}

export type EnergyByState = Readonly<Partial<Record<EquipmentState, number>>>;

/** Energy of an hour, a day or a month. */
export interface EnergyPiece {
  /** `00` to `24` of hours, else the name of the day or month. */
  readonly name: string;
  readonly from: EpochMs;
  /** Null where it lies ahead, or no register told anything. */
  readonly kwh: number | null;
  readonly coverage: number;
  /** Of the equipment's own registers. */
  readonly states: EnergyByState;
  readonly bands: Readonly<Record<string, number>>;
}

/** Where energy went: what a register counted, what those below it counted of it, and what nobody did. */
export interface EnergyNode {
  readonly id: string;
  readonly kind: "platform" | "line" | "equipment" | "state";
  readonly kwh: number;
  readonly coverage: number;
  readonly parts: readonly EnergyNode[];
  /** Counted here and nowhere below; below 0 where those below counted more. */
  readonly restKwh: number;
}

export interface EnergyOfRun {
  readonly run: string;
  readonly line: string;
  readonly project: string | null;
  /** By name. */
  readonly tenant: string | null;
  readonly from: EpochMs;
  readonly to: EpochMs | null;
  /** Within the period. */
  readonly kwh: number;
}

export interface DemandPoint {
  readonly name: string;
  readonly kw: number | null;
  readonly at: EpochMs;
}

export interface DemandAnswer {
  readonly peakKw: number | null;
  readonly peakAt: EpochMs | null;
  readonly reason: string | null;
  readonly validWindows: number;
  readonly windows: number;
  readonly windowMinutes: number;
  readonly contractedKw: number | null;
  readonly factorIds: readonly string[];
  /** Windows of a day; the highest of each day or month else. */
  readonly points: readonly DemandPoint[];
}

export interface TariffAnswer {
  readonly bands: readonly { readonly band: string; readonly kwh: number; readonly cny: number | null }[];
  /** Energy of days without a tariff. */
  readonly withoutKwh: number;
  /** Null where a band has no price. */
  readonly cny: number | null;
  readonly reason: string | null;
  readonly tariffs: readonly DatedSource[];
}

/** Dated data that a figure was made with. */
export interface DatedSource {
  readonly id: string;
  readonly source: string;
  readonly validFrom: string | null;
  readonly validTo: string | null;
}

export interface CarbonAnswer {
  readonly kgCo2: number | null;
  readonly reason: string | null;
  readonly region: string | null;
  readonly factors: readonly (DatedSource & {
    readonly kgPerKwh: number;
    /** Of an earlier year than the data, because that year's is not published. */
    readonly isEarlier: boolean;
  })[];
}

export interface BaselinePoint {
  readonly name: string;
  readonly from: EpochMs;
  /** Batches or productive hours. */
  readonly driver: number;
  readonly kwh: number;
  readonly predictedKwh: number;
  readonly cusumKwh: number;
}

export interface BaselineAnswer {
  /** `declared`: of plant.yaml. `previous`: fitted to the period before, because none is declared. */
  readonly basis: "declared" | "previous";
  readonly id: string | null;
  readonly source: string | null;
  /** Whose pieces the fit rests on; null where it is declared. */
  readonly fittedTo: string | null;
  readonly fittedPieces: number;
  readonly driver: "batches" | "productive_hours";
  readonly interceptKwh: number | null;
  readonly slopeKwh: number | null;
  readonly r2: number | null;
  /** Σ actual / Σ predicted over the points of the period. */
  readonly enpi: number | null;
  readonly actualKwh: number;
  readonly predictedKwh: number | null;
  readonly reason: string | null;
  readonly points: readonly BaselinePoint[];
  /** Pieces that are over and were left out, because too little of them is known. */
  readonly leftOut: number;
}

/** Everything that is shown of the energy of a scope and period, from one balance. */
export interface EnergyAnswer extends OperationHead {
  readonly total: Metered;
  readonly pieceKind: "hour" | "day" | "month";
  readonly pieces: readonly EnergyPiece[];
  /** Of the equipment's own registers; what these do not count is `balance.restKwh` and that of its parts. */
  readonly states: EnergyByState;
  readonly unmeteredKwh: number;
  readonly balance: EnergyNode;
  /** Equipment without a register of electricity. */
  readonly withoutMeter: readonly string[];
  readonly runs: readonly EnergyOfRun[];
  readonly demand: DemandAnswer;
  readonly tariff: TariffAnswer;
  readonly carbon: CarbonAnswer;
  readonly media: readonly (Metered & { readonly carrier: Carrier; readonly unit: string })[];
  readonly baseline: BaselineAnswer;
}

/** Hours of a scope, each step from the one before it by named losses and gains. */
export interface UseLadder {
  readonly calendarH: number;
  readonly unknownH: number;
  readonly notScheduledH: number;
  readonly openH: number;
  readonly bookedH: number;
  readonly bookedUnusedH: number;
  readonly unbookedUseH: number;
  /** Taken by a run or by engineering, and not effective: waiting, setting up, engineering without a project. */
  readonly idleOccupiedH: number;
  readonly occupiedH: number;
  /** Delay and set-up within runs. */
  readonly haltH: number;
  readonly runningH: number;
  readonly withoutProjectH: number;
  readonly preparedH: number;
  readonly effectiveH: number;
}

export interface EquipmentUse {
  readonly scope: string;
  readonly line: string;
  readonly equipment: string;
  readonly ladder: UseLadder;
  readonly coverage: number;
  readonly status: CoverageStatus;
  readonly statesH: Readonly<Partial<Record<EquipmentState, number>>>;
}

/** One hour of the day of one row: shares of the time that is expected. */
export interface HeatCell {
  readonly occupied: number;
  readonly running: number;
  readonly unknown: number;
}
export interface HeatRow {
  /** A day, a month, or an equipment's scope. */
  readonly name: string;
  readonly kind: "day" | "month" | "equipment";
  /** 24; null where it lies ahead or the equipment is not in service. */
  readonly cells: readonly (HeatCell | null)[];
}

export interface BookingUse {
  readonly booking: string;
  readonly line: string;
  readonly equipment: string;
  readonly tenant: string;
  readonly from: EpochMs;
  readonly to: EpochMs;
  readonly usedH: number;
  readonly unknownH: number;
  readonly verdict: "used" | "no_show" | "unknown";
}

export interface UtilisationAnswer extends OperationHead {
  readonly ladder: UseLadder;
  readonly coverage: number;
  readonly status: CoverageStatus;
  readonly equipment: readonly EquipmentUse[];
  /** Equipment whose state nobody tells. */
  readonly withoutState: readonly string[];
  readonly heat: readonly HeatRow[];
  readonly bookings: {
    readonly fulfilment: number | null;
    readonly unbookedShare: number | null;
    readonly noShows: number;
    readonly eligible: number;
    /** Those that ended in the period. */
    readonly list: readonly BookingUse[];
  };
  /** Effective hours. */
  readonly relations: Readonly<Record<"own" | "affiliate" | "external" | "unattributed", number>>;
  /** Effective hours by tenant; null for what nothing attributes. */
  readonly tenants: readonly { readonly tenant: string | null; readonly name: string; readonly hours: number }[];
}
