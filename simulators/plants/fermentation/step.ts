import { stepIncident } from "../../physics/incident.ts";
import { type Machine, stepMachine } from "../../physics/machine.ts";
import { stepMains } from "../../physics/mains.ts";
import type { Random } from "../../physics/random.ts";
import { advance, type RunState } from "../../physics/recipe.ts";
import { type Culture, type Streams, stepCulture } from "./culture.ts";
import { isGrowing, type PhaseName, recipe, runStateIn } from "./recipe.ts";
import { type Fermentation, type MachineName, ratedKW, troubles } from "./state.ts";
import {
  baseEffect,
  type Feed,
  feedGlucoseGPerL,
  stepAir,
  stepChiller,
  stepFeed,
  stepHarvest,
  stepOffGas,
  stepRoom,
  stepSeed,
  stepSteam,
} from "./surroundings.ts";
import { stepVessel, stirringKW } from "./vessel.ts";

const mediumL = 3.6;
const heelL = 0.2;
const drainLPerS = 0.16;

/** The line `dtS` seconds later. Every part sees the others as they were. */
export function stepFermentation(was: Fermentation, dtS: number, random: Random): Fermentation {
  const incidents = {
    foam: stepIncident(troubles.foam, was.incidents.foam, isGrowing(was.progress.phase), dtS, random),
    leak: stepIncident(troubles.leak, was.incidents.leak, isGrowing(was.progress.phase), dtS, random),
    trip: stepIncident(troubles.trip, was.incidents.trip, isGrowing(was.progress.phase), dtS, random),
  };
  const tripped = incidents.trip.leftS > 0;
  const progress = tripped ? was.progress : advance(recipe, was.progress, dtS);
  const { phase } = progress;
  const state = (name: MachineName): RunState => (tripped && name === "fermenter" ? "fault" : runStateIn[name][phase]);
  const growing = isGrowing(phase);

  const orders = { feeding: phase === "fed-batch", growing, refilling: phase === "clean" };
  const feed = stepFeed(was.feed, orders, was.vessel, was.culture, dtS);
  const streams = streamsOf(phase, was, feed, dtS);
  const culture = stepCulture(was.culture, streams, was.vessel, dtS);
  const vessel = stepVessel(
    was.vessel,
    { phase, culture, foaming: incidents.foam.leftS > 0, tripped, basePerS: baseEffect(feed) + fresh(phase, was) },
    dtS,
  );
  const offGas = stepOffGas(was.offGas, vessel, culture, dtS);
  const toJacketKW = 0.28 * (was.vessel.temperatureC - was.vessel.jacketC);
  const mainsV = stepMains(was.mainsV, dtS, random);
  const loads = loadsKW(was, streams.outL / dtS);
  const machine = (name: MachineName): Machine =>
    stepMachine(was.machines[name], state(name), loads[name], ratedKW[name], mainsV, dtS);

  return {
    progress,
    mainsV,
    incidents,
    vessel,
    culture,
    feed,
    offGas,
    seed: stepSeed(was.seed, state("seed") === "running", phase === "batch", dtS),
    steam: stepSteam(was.steam, state("steam") === "running", phase === "sterilise" || phase === "clean", dtS),
    air: stepAir(was.air, 2.2 + vessel.airLPerMin * 0.06, dtS),
    chiller: stepChiller(was.chiller, state("chiller") === "running", toJacketKW, dtS),
    harvest: stepHarvest(was.harvest, streams.outL / dtS, was.culture.biomassGPerL, dtS),
    room: stepRoom(was.room, offGas, incidents.leak.leftS > 0 ? 0.5 + incidents.leak.strength / 2 : 0, dtS),
    machines: {
      seed: machine("seed"),
      fermenter: machine("fermenter"),
      feed: machine("feed"),
      steam: machine("steam"),
      air: machine("air"),
      chiller: machine("chiller"),
      harvest: machine("harvest"),
    },
  };
}

/** What flows into and out of the vessel in this step. */
function streamsOf(phase: PhaseName, was: Fermentation, feed: Feed, dtS: number): Streams {
  const perStep = (mLPerMin: number) => (mLPerMin * dtS) / 60_000;
  const { volumeL }: Culture = was.culture;
  const filling = phase === "sterilise" && was.progress.sinceS < 20;
  const draining = phase === "harvest" || phase === "clean";
  return {
    medium: {
      litres: filling ? Math.min((mediumL / 18) * dtS, Math.max(0, mediumL + heelL - volumeL)) : 0,
      glucoseGPerL: 16,
    },
    inoculum: { litres: phase === "inoculate" ? 0.04 * dtS : 0, biomassGPerL: was.seed.opticalDensity * 2.2 },
    feed: { litres: perStep(feed.glucoseMLPerMin), glucoseGPerL: feedGlucoseGPerL },
    otherL: perStep(feed.baseMLPerMin + feed.antifoamMLPerMin),
    outL: draining ? Math.min(drainLPerS * dtS, Math.max(0, volumeL - heelL)) : 0,
  };
}

/** Fresh medium and water bring the pH back, per second. */
const fresh = (phase: PhaseName, was: Fermentation): number =>
  phase === "sterilise" || phase === "clean" ? (7 - was.vessel.ph) * 0.05 : 0;

/** What each machine draws beyond its standby, from what it does. */
function loadsKW(was: Fermentation, drainedLPerS: number): Readonly<Record<MachineName, number>> {
  const { vessel, feed, steam, air, chiller, seed } = was;
  return {
    seed: 0.2 * (seed.stirrerRpm / 400) ** 2 + 0.02 * Math.max(0, seed.temperatureC - 22),
    fermenter: stirringKW(vessel) / 0.6 + (vessel.stirrerRpm > 0 ? 0.08 : 0),
    feed: 0.004 * (feed.glucoseMLPerMin + feed.baseMLPerMin + feed.antifoamMLPerMin),
    steam: steam.heaterKW,
    air: air.loaded ? 3.4 : 0.9,
    // Its buffer tank takes what the compressor cannot.
    chiller: Math.min(3, 0.3 + 0.09 * Math.max(0, vessel.temperatureC - vessel.jacketC) + 0.004 * chiller.flowLPerMin),
    harvest: drainedLPerS > 0 ? 1.1 : 0,
  };
}
