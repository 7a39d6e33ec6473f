import { clamp, lag, ramp } from "../../physics/dynamics.ts";
import { gaussian, type Random } from "../../physics/random.ts";
import { webWidthM, type Zone } from "./oven.ts";
import type { PhaseName } from "./recipe.ts";

/** Slurry station: stirred tank, filter, metering pump to the slot die. */
export interface Slurry {
  readonly tankKg: number;
  readonly temperatureC: number;
  readonly viscosityPaS: number;
  readonly flowMLPerMin: number;
  readonly filterBar: number;
  readonly stirrerRpm: number;
}

export const fullTankKg = 30;
/** kg per litre, and the share of its mass that is NMP. */
export const slurryDensity = 2;
export const solventShare = 0.38;
/** Wet film that the recipe wants, µm. */
export const wetFilmUm = 150;

/** `airLock`: share of the flow that is missing while the pump carries bubbles. */
export function stepSlurry(
  was: Slurry,
  pumping: boolean,
  webMPerMin: number,
  airLock: number,
  refilling: boolean,
  dtS: number,
): Slurry {
  const wantedMLPerMin = pumping ? webWidthM * webMPerMin * wetFilmUm : 0;
  const flowMLPerMin = was.tankKg > 0.1 ? lag(was.flowMLPerMin, wantedMLPerMin * (1 - airLock), 1.5, dtS) : 0;
  const usedKg = ((flowMLPerMin * dtS) / 60_000) * slurryDensity;
  const temperatureC = lag(was.temperatureC, 25.5, 120, dtS);
  const viscosityPaS = 5.2 * Math.exp(-0.03 * (temperatureC - 25));
  // The filter clogs as slurry passes, and is changed when the tank is filled.
  const clog = refilling ? lag(was.filterBar, 0.3, 6, dtS) : was.filterBar + usedKg * 0.02;
  return {
    tankKg: refilling ? lag(was.tankKg, fullTankKg, 8, dtS) : was.tankKg - usedKg,
    temperatureC,
    viscosityPaS,
    flowMLPerMin: flowMLPerMin < 0.05 ? 0 : flowMLPerMin,
    filterBar: clog,
    stirrerRpm: ramp(was.stirrerRpm, 60, 10, dtS),
  };
}

/** The web from the unwinder through the oven to the rewinder. */
export interface Web {
  readonly mPerMin: number;
  readonly unwindTensionN: number;
  readonly rewindTensionN: number;
  readonly unwindDiameterMm: number;
  readonly rewindDiameterMm: number;
  readonly edgeOffsetMm: number;
  readonly coatedM: number;
  readonly rollM: number;
  readonly gapUm: number;
}

const coreMm = 152;
export const fullRollMm = 420;
/** Thickness of foil and of coated foil, mm: what a roll loses and gains per turn. */
const foilMm = 0.4;
const coatedMm = 0.5;

export function stepWeb(
  was: Web,
  targetMPerMin: number,
  broken: boolean,
  phase: PhaseName,
  dtS: number,
  random: Random,
): Web {
  const mPerMin = ramp(was.mPerMin, broken ? 0 : targetMPerMin, broken ? 3 : 0.4, dtS);
  const metres = (mPerMin * dtS) / 60;
  const changing = phase === "clean";
  // A spiral: d² changes with length × thickness.
  const spiral = (diameterMm: number, thicknessMm: number) =>
    Math.sqrt(Math.max(coreMm ** 2, diameterMm ** 2 + (4 / Math.PI) * metres * 1_000 * thicknessMm));
  const tension = broken ? 0 : mPerMin > 0.1 ? 80 : 25;
  const shake = 0.6 * Math.sqrt(dtS) * gaussian(random);
  return {
    mPerMin,
    unwindTensionN: clamp(lag(was.unwindTensionN, tension, 2, dtS) + shake, 0, 150),
    rewindTensionN: clamp(lag(was.rewindTensionN, tension * 1.15, 2, dtS) - shake, 0, 180),
    unwindDiameterMm: changing ? lag(was.unwindDiameterMm, fullRollMm, 6, dtS) : spiral(was.unwindDiameterMm, -foilMm),
    rewindDiameterMm: changing ? lag(was.rewindDiameterMm, coreMm, 6, dtS) : spiral(was.rewindDiameterMm, coatedMm),
    edgeOffsetMm: clamp(was.edgeOffsetMm * Math.exp(-dtS / 12) + 0.05 * Math.sqrt(dtS) * gaussian(random), -2, 2),
    coatedM: was.coatedM + (phase === "coat" ? metres : 0),
    rollM: changing ? 0 : was.rollM + metres,
    gapUm: lag(was.gapUm, phase === "coat" ? 165 : 1_000, 3, dtS),
  };
}

/** Thickness gauge behind the oven, three lanes across the web. */
export interface Gauge {
  readonly leftUm: number;
  readonly middleUm: number;
  readonly rightUm: number;
  readonly loadingGPerM2: number;
  readonly residualGPerM2: number;
  /** Slope across the web, share of the coating; wanders. */
  readonly tilt: number;
}

const foilUm = 15;
/** g/cm³ of the dried coating. */
const coatingDensity = 2.4;

export function stepGauge(
  was: Gauge,
  wetGPerM2: number,
  lastZone: Zone | undefined,
  dtS: number,
  random: Random,
): Gauge {
  const loadingGPerM2 = lag(was.loadingGPerM2, wetGPerM2 * (1 - solventShare), 12, dtS);
  const residualGPerM2 = lag(was.residualGPerM2, lastZone?.leavingGPerM2 ?? 0, 6, dtS);
  const dryUm = (loadingGPerM2 + residualGPerM2) / coatingDensity;
  const tilt = clamp(was.tilt * Math.exp(-dtS / 90) + 0.0016 * Math.sqrt(dtS) * gaussian(random), -0.04, 0.04);
  return {
    loadingGPerM2,
    residualGPerM2,
    tilt,
    leftUm: foilUm + dryUm * (1 - tilt),
    middleUm: foilUm + dryUm,
    rightUm: foilUm + dryUm * (1 + tilt),
  };
}

/** Thickness that the recipe's film has when it is dry, µm. */
export const dryTargetUm = 94;
/** Web that still carries the start of the coating reaches the gauge for this long, s. */
const startUpS = 70;

/** What the gauge judges: nothing while no full coating passes it. */
export const deviationUm = ({ middleUm }: Gauge, phase: PhaseName, sinceS: number): number =>
  phase === "coat" && sinceS > startUpS ? middleUm - dryTargetUm : 0;

/** Wet film on the web behind the die, g/m² of slurry. */
export const wetFilmGPerM2 = (slurry: Slurry, mPerMin: number): number =>
  mPerMin > 0.2 ? (slurry.flowMLPerMin * slurryDensity) / (webWidthM * mPerMin) : 0;
