import { gasChannels, gasLimits } from "../../instruments/gasController.ts";
import { type Incident, type IncidentKind, noIncidentYet } from "../../physics/incident.ts";
import { type Machine, newMachine } from "../../physics/machine.ts";
import { nominalMainsV } from "../../physics/mains.ts";
import { between, type Random } from "../../physics/random.ts";
import { firstPhase, type Progress } from "../../physics/recipe.ts";
import { emptyReactor, type Reactor } from "./reactor.ts";
import { type PhaseName, recipe } from "./recipe.ts";
import {
  type Centrifuge,
  type Condenser,
  type Dosing,
  fullTankKg,
  type GasAtDetectors,
  type Scrubber,
  type Utilities,
} from "./surroundings.ts";
import { coldThermostat, type Thermostat } from "./thermostat.ts";

/** Rated electric power of the line's machines, kW. */
export const ratedKW = {
  reactor: 1.1,
  dosing: 0.4,
  thermostat: 13,
  condenser: 1.5,
  scrubber: 2.2,
  centrifuge: 4,
  utilities: 5.5,
} as const;

export type MachineName = keyof typeof ratedKW;

/** The line's troubles. Times count only while the trouble may happen. */
export const troubles = {
  /** A seal leaks vapour into the hall. */
  leak: { everyS: [140, 260], lastsS: [25, 45] },
  /** The thermostat's cooling valve hangs and the batch gets too hot; counts dosing time only. */
  cooling: { everyS: [40, 160], lastsS: [45, 70] },
  /** The stirrer's drive trips and the batch stands still. */
  trip: { everyS: [900, 2_400], lastsS: [20, 40] },
  /** A gas detector fails. */
  detector: { everyS: [700, 1_800], lastsS: [30, 60] },
} as const satisfies Record<string, IncidentKind>;

export interface FineChemical {
  readonly progress: Progress<PhaseName>;
  readonly mainsV: number;
  readonly reactor: Reactor;
  readonly thermostat: Thermostat;
  readonly dosing: Dosing;
  readonly condenser: Condenser;
  readonly scrubber: Scrubber;
  readonly centrifuge: Centrifuge;
  readonly utilities: Utilities;
  readonly gas: GasAtDetectors;
  readonly machines: Readonly<Record<MachineName, Machine>>;
  readonly incidents: Readonly<Record<keyof typeof troubles, Incident>>;
}

/** Meters and counters stand somewhere when a run starts, as on a line that has been used before. */
export function startState(random: Random): FineChemical {
  const machine = (rated: number) => newMachine(between(random, 200, 900) * rated, between(random, 300, 2_000));
  return {
    progress: firstPhase(recipe),
    mainsV: nominalMainsV,
    reactor: emptyReactor,
    thermostat: coldThermostat,
    dosing: { tankKg: fullTankKg, kgPerS: 0, valvePercent: 0, pumpBar: 0 },
    condenser: { waterLPerMin: 0, waterM3: between(random, 100, 400), waterInC: 17, waterOutC: 17, vapourC: 22 },
    scrubber: {
      airM3PerH: 130,
      fanRpm: 300,
      dropPa: 18,
      inMgPerM3: 12,
      outMgPerM3: 1,
      ph: 8.5,
      sumpC: 24,
      waterM3: between(random, 20, 80),
    },
    centrifuge: { rpm: 0, vibrationMmPerS: 0.3, cakeKg: 0, drainLPerMin: 0 },
    utilities: {
      airBar: 7,
      loaded: false,
      airM3PerH: 10,
      airM3: between(random, 9_000, 20_000),
      dewPointC: -20,
      nitrogenM3PerH: 0,
      nitrogenM3: between(random, 500, 900),
    },
    gas: Array.from({ length: gasChannels }, () => 0.4),
    machines: {
      reactor: machine(ratedKW.reactor),
      dosing: machine(ratedKW.dosing),
      thermostat: machine(ratedKW.thermostat),
      condenser: machine(ratedKW.condenser),
      scrubber: machine(ratedKW.scrubber),
      centrifuge: machine(ratedKW.centrifuge),
      utilities: machine(ratedKW.utilities),
    },
    incidents: {
      leak: noIncidentYet(troubles.leak, random),
      cooling: noIncidentYet(troubles.cooling, random),
      trip: noIncidentYet(troubles.trip, random),
      detector: noIncidentYet(troubles.detector, random),
    },
  };
}

/** Detector that stands in fault, or -1. */
export const faultyDetector = ({ incidents: { detector } }: FineChemical): number =>
  detector.leftS > 0 ? Math.floor(detector.strength * gasChannels) % gasChannels : -1;

/** What detector `channel` shows: nothing while it stands in fault. */
export const seenGas = (state: FineChemical, channel: number): number =>
  faultyDetector(state) === channel ? 0 : (state.gas[channel] ?? 0);

export const gasAbove = (state: FineChemical, channel: number, limit: keyof typeof gasLimits): boolean =>
  seenGas(state, channel) >= gasLimits[limit];
