import { stepIncident } from "../../physics/incident.ts";
import { type Machine, stepMachine } from "../../physics/machine.ts";
import { stepMains } from "../../physics/mains.ts";
import type { Random } from "../../physics/random.ts";
import { advance, type RunState } from "../../physics/recipe.ts";
import { stepExhaust, stepLineAir, stepRecovery } from "./exhaust.ts";
import { standbyC, stepZone, webWidthM, type Zone, zoneLengthM, zoneSettings } from "./oven.ts";
import { recipe, runStateIn, webSpeedIn } from "./recipe.ts";
import { type Coating, type MachineName, ratedKW, troubles } from "./state.ts";
import { solventShare, stepGauge, stepSlurry, stepWeb, wetFilmGPerM2 } from "./web.ts";

/** The line `dtS` seconds later. Every part sees the others as they were. */
export function stepCoating(was: Coating, dtS: number, random: Random): Coating {
  const coatingBefore = was.progress.phase === "coat";
  const incidents = {
    damper: stepIncident(troubles.damper, was.incidents.damper, coatingBefore, dtS, random),
    bubbles: stepIncident(troubles.bubbles, was.incidents.bubbles, coatingBefore, dtS, random),
    tear: stepIncident(troubles.tear, was.incidents.tear, coatingBefore, dtS, random),
  };
  const broken = incidents.tear.leftS > 0;
  // A broken web holds the recipe until it is spliced.
  const progress = broken ? was.progress : advance(recipe, was.progress, dtS);
  const { phase } = progress;
  const stopped: readonly MachineName[] = ["unwinder", "coater", "rewinder"];
  const state = (name: MachineName): RunState => (broken && stopped.includes(name) ? "fault" : runStateIn[name][phase]);

  const web = stepWeb(was.web, webSpeedIn[phase], broken, phase, dtS, random);
  const pumping = phase === "coat" && !broken;
  const thin = incidents.bubbles.leftS > 0 ? 0.12 + 0.1 * incidents.bubbles.strength : 0;
  const slurry = stepSlurry(was.slurry, pumping, web.mPerMin, thin, phase === "clean", dtS);
  const wetGPerM2 = wetFilmGPerM2(slurry, web.mPerMin);
  const { zones, inKg, onWebKg } = stepOven(was, incidents, web.mPerMin / 60, wetGPerM2 * solventShare, phase, dtS);
  const exhaust = stepExhaust(was.exhaust, zones, phase !== "idle" && phase !== "clean", dtS);
  const mainsV = stepMains(was.mainsV, dtS, random);
  const loads = loadsKW(was, state);
  const machine = (name: MachineName): Machine =>
    stepMachine(was.machines[name], state(name), loads[name], ratedKW[name], mainsV, dtS);

  return {
    progress,
    mainsV,
    incidents,
    web,
    slurry,
    zones,
    exhaust,
    gauge: stepGauge(was.gauge, wetGPerM2, zones.at(-1), dtS, random),
    recovery: stepRecovery(was.recovery, exhaust, state("recovery") === "running", dtS),
    air: stepLineAir(was.air, web.mPerMin > 0.1, dtS),
    solventInKg: was.solventInKg + inKg,
    solventOnWebKg: was.solventOnWebKg + onWebKg,
    machines: {
      slurry: machine("slurry"),
      unwinder: machine("unwinder"),
      coater: machine("coater"),
      oven: machine("oven"),
      exhaust: machine("exhaust"),
      recovery: machine("recovery"),
      rewinder: machine("rewinder"),
    },
  };
}

/** The zones in web order: what leaves one enters the next. */
function stepOven(
  was: Coating,
  { damper }: Coating["incidents"],
  webMPerS: number,
  enteringGPerM2: number,
  phase: Coating["progress"]["phase"],
  dtS: number,
): { readonly zones: readonly Zone[]; readonly inKg: number; readonly onWebKg: number } {
  const hanging = damper.leftS > 0 ? (damper.strength < 0.5 ? 0 : 1) : -1;
  const hot = phase === "heat" || phase === "thread" || phase === "coat" || phase === "run-out";
  const zones: Zone[] = [];
  for (const [index, zone] of was.zones.entries()) {
    const setting = zoneSettings[index];
    const airing = phase === "idle" || phase === "clean" ? 0.2 : phase === "thread" ? 0.4 : 1;
    const conditions = {
      setC: hot && setting ? setting.setC : standbyC,
      wantedM3PerH: (setting?.exhaustM3PerH ?? 0) * airing,
      damperShare: index === hanging ? 0.42 : 1,
      webMPerS,
      enteringGPerM2: zones.at(-1)?.leavingGPerM2 ?? enteringGPerM2,
    };
    zones.push(stepZone(zone, conditions, dtS));
  }
  const carriedM2 = Math.min(1, (webMPerS / zoneLengthM) * dtS) * zoneLengthM * webWidthM;
  return {
    zones,
    inKg: (enteringGPerM2 * carriedM2) / 1_000,
    onWebKg: ((zones.at(-1)?.leavingGPerM2 ?? 0) * carriedM2) / 1_000,
  };
}

/** What each machine draws beyond its standby, from what it does. */
function loadsKW(was: Coating, state: (name: MachineName) => RunState): Readonly<Record<MachineName, number>> {
  const { web, slurry, zones, exhaust, recovery } = was;
  const speed = web.mPerMin / 6;
  return {
    slurry: 0.012 * slurry.stirrerRpm * (slurry.viscosityPaS / 5) + 0.003 * slurry.flowMLPerMin,
    unwinder: 0.5 * speed + 0.004 * web.unwindTensionN,
    coater: state("coater") === "running" ? 0.7 + 0.3 * speed : state("coater") === "set-up" ? 0.3 : 0,
    oven: zones.reduce((sum, zone) => sum + zone.heaterKW, 0) / 0.97 + 1.2,
    exhaust: 6 * (exhaust.fanRpm / 1_480) ** 3,
    recovery: state("recovery") === "running" ? 3.2 + 0.14 * recovery.recoveryKgPerH : 0.4,
    rewinder: 0.7 * speed + 0.005 * web.rewindTensionN,
  };
}
