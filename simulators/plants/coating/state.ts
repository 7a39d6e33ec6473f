import { type Incident, type IncidentKind, noIncidentYet } from "../../physics/incident.ts";
import { type Machine, newMachine } from "../../physics/machine.ts";
import { nominalMainsV } from "../../physics/mains.ts";
import { between, type Random } from "../../physics/random.ts";
import { firstPhase, type Progress } from "../../physics/recipe.ts";
import type { Exhaust, LineAir, Recovery } from "./exhaust.ts";
import { coldZone, type Zone, zoneCount } from "./oven.ts";
import { type PhaseName, recipe } from "./recipe.ts";
import { fullRollMm, fullTankKg, type Gauge, type Slurry, type Web } from "./web.ts";

/** Rated electric power of the line's machines, kW. */
export const ratedKW = {
  slurry: 2.2,
  unwinder: 1.5,
  coater: 1.8,
  oven: 85,
  exhaust: 7.5,
  recovery: 9,
  rewinder: 2.2,
} as const;

export type MachineName = keyof typeof ratedKW;

/** The line's troubles. Times count only while the trouble may happen. */
export const troubles = {
  /** The damper of zone 1 or 2 hangs half closed: solvent gathers in the zone; counts coating time only. */
  damper: { everyS: [90, 190], lastsS: [25, 45] },
  /** Bubbles in the slurry: the coating gets thin; counts coating time only. */
  bubbles: { everyS: [110, 300], lastsS: [15, 30] },
  /** The web breaks. */
  tear: { everyS: [900, 2_400], lastsS: [30, 50] },
} as const satisfies Record<string, IncidentKind>;

export interface Coating {
  readonly progress: Progress<PhaseName>;
  readonly mainsV: number;
  readonly slurry: Slurry;
  readonly web: Web;
  readonly zones: readonly Zone[];
  readonly gauge: Gauge;
  readonly exhaust: Exhaust;
  readonly recovery: Recovery;
  readonly air: LineAir;
  /** NMP that came in with the film and that left with the dry web, kg, for the balance. */
  readonly solventInKg: number;
  readonly solventOnWebKg: number;
  readonly machines: Readonly<Record<MachineName, Machine>>;
  readonly incidents: Readonly<Record<keyof typeof troubles, Incident>>;
}

/** Meters and counters stand somewhere when a run starts, as on a line that has been used before. */
export function startState(random: Random): Coating {
  const machine = (rated: number) => newMachine(between(random, 200, 900) * rated, between(random, 300, 2_000));
  return {
    progress: firstPhase(recipe),
    mainsV: nominalMainsV,
    slurry: {
      tankKg: fullTankKg,
      temperatureC: 24,
      viscosityPaS: 5.2,
      flowMLPerMin: 0,
      filterBar: 0.3,
      stirrerRpm: 60,
    },
    web: {
      mPerMin: 0,
      unwindTensionN: 25,
      rewindTensionN: 28,
      unwindDiameterMm: fullRollMm,
      rewindDiameterMm: 152,
      edgeOffsetMm: 0,
      coatedM: between(random, 5_000, 20_000),
      rollM: 0,
      gapUm: 1_000,
    },
    zones: Array.from({ length: zoneCount }, coldZone),
    gauge: { leftUm: 15, middleUm: 15, rightUm: 15, loadingGPerM2: 0, residualGPerM2: 0, tilt: 0 },
    exhaust: { fanRpm: 600, flowM3PerH: 240, temperatureC: 40, pressurePa: -120, nmpGPerS: 0 },
    recovery: {
      coolerC: 20,
      recoveredKg: between(random, 200, 900),
      recoveryKgPerH: 0,
      stackMgPerM3: 2,
      waterLPerMin: 1,
      waterM3: between(random, 100, 300),
      wheelPa: 120,
      emittedKg: 0,
    },
    air: { pressureBar: 6.5, flowM3PerH: 3, airM3: between(random, 5_000, 9_000) },
    solventInKg: 0,
    solventOnWebKg: 0,
    machines: {
      slurry: machine(ratedKW.slurry),
      unwinder: machine(ratedKW.unwinder),
      coater: machine(ratedKW.coater),
      oven: machine(ratedKW.oven),
      exhaust: machine(ratedKW.exhaust),
      recovery: machine(ratedKW.recovery),
      rewinder: machine(ratedKW.rewinder),
    },
    incidents: {
      damper: noIncidentYet(troubles.damper, random),
      bubbles: noIncidentYet(troubles.bubbles, random),
      tear: noIncidentYet(troubles.tear, random),
    },
  };
}
