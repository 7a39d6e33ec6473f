import { type Incident, type IncidentKind, noIncidentYet } from "../../physics/incident.ts";
import { type Machine, newMachine } from "../../physics/machine.ts";
import { nominalMainsV } from "../../physics/mains.ts";
import { between, type Random } from "../../physics/random.ts";
import { firstPhase, type Progress } from "../../physics/recipe.ts";
import { type Culture, noCulture } from "./culture.ts";
import { type PhaseName, recipe } from "./recipe.ts";
import {
  type Air,
  type Chiller,
  type Feed,
  fullBottles,
  type Harvest,
  inletOxygenPercent,
  type OffGas,
  type Room,
  type Seed,
  type Steam,
} from "./surroundings.ts";
import { restingVessel, type Vessel } from "./vessel.ts";

/** Rated electric power of the line's machines, kW. */
export const ratedKW = {
  seed: 0.6,
  fermenter: 1.1,
  feed: 0.3,
  steam: 18,
  air: 4,
  chiller: 3.5,
  harvest: 1.5,
} as const;

export type MachineName = keyof typeof ratedKW;

/** The line's troubles. Times count only while the trouble may happen. */
export const troubles = {
  /** The broth foams, oxygen transfer breaks down; counts growing time only. */
  foam: { everyS: [60, 130], lastsS: [30, 50] },
  /** Exhaust gas leaks into the room. */
  leak: { everyS: [260, 520], lastsS: [40, 70] },
  /** The stirrer's drive trips. */
  trip: { everyS: [1_200, 3_000], lastsS: [20, 40] },
} as const satisfies Record<string, IncidentKind>;

export interface Fermentation {
  readonly progress: Progress<PhaseName>;
  readonly mainsV: number;
  readonly vessel: Vessel;
  readonly culture: Culture;
  readonly seed: Seed;
  readonly feed: Feed;
  readonly offGas: OffGas;
  readonly steam: Steam;
  readonly air: Air;
  readonly chiller: Chiller;
  readonly harvest: Harvest;
  readonly room: Room;
  readonly machines: Readonly<Record<MachineName, Machine>>;
  readonly incidents: Readonly<Record<keyof typeof troubles, Incident>>;
}

/** Meters and counters stand somewhere when a run starts, as on a line that has been used before. */
export function startState(random: Random): Fermentation {
  const machine = (rated: number) => newMachine(between(random, 200, 900) * rated, between(random, 300, 2_000));
  return {
    progress: firstPhase(recipe),
    mainsV: nominalMainsV,
    vessel: restingVessel,
    culture: noCulture,
    seed: { temperatureC: 37, opticalDensity: 1.2, stirrerRpm: 400, oxygenPercent: 90, ph: 7 },
    feed: { glucoseMLPerMin: 0, baseMLPerMin: 0, antifoamMLPerMin: 0, ...fullBottles },
    offGas: { oxygenPercent: inletOxygenPercent, carbonDioxidePercent: 0.04, flowLPerMin: 0, filterMbar: 3 },
    steam: { pressureBar: 3.2, heaterKW: 0, waterM3: between(random, 30, 90), levelPercent: 62 },
    air: { receiverBar: 7, loaded: false, flowM3PerH: 2, airM3: between(random, 4_000, 9_000) },
    chiller: { supplyC: 8, returnC: 9, flowLPerMin: 2 },
    harvest: { pressureBar: 0, fluxLPerMin: 0, productL: between(random, 50, 200), turbidityPercent: 0.5 },
    room: { carbonDioxidePpm: 520, oxygenPercent: 20.9, temperatureC: 23 },
    machines: {
      seed: machine(ratedKW.seed),
      fermenter: machine(ratedKW.fermenter),
      feed: machine(ratedKW.feed),
      steam: machine(ratedKW.steam),
      air: machine(ratedKW.air),
      chiller: machine(ratedKW.chiller),
      harvest: machine(ratedKW.harvest),
    },
    incidents: {
      foam: noIncidentYet(troubles.foam, random),
      leak: noIncidentYet(troubles.leak, random),
      trip: noIncidentYet(troubles.trip, random),
    },
  };
}
