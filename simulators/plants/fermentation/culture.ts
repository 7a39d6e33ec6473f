import { clamp } from "../../physics/dynamics.ts";

/**
 * An aerobic culture on glucose (Monod kinetics), in mass per litre of broth. It lives a minute in every second of the
 * plant, so that a run fits into a demonstration; gas exchange and heat follow the culture's own rates.
 */
export interface Culture {
  readonly volumeL: number;
  readonly biomassGPerL: number;
  readonly glucoseGPerL: number;
  /** Since the filling, for the balance: glucose in = glucose left + consumed + drained. */
  readonly glucoseInG: number;
  readonly glucoseUsedG: number;
  readonly glucoseOutG: number;
  /** Biomass made per second of the plant, g/L. */
  readonly growthGPerLS: number;
  /** Oxygen uptake rate in the culture's time, mmol/(L s). */
  readonly uptakeMmolPerLS: number;
}

export const cultureSpeed = 60;
/** 1/s in the culture's time: 0.6 per hour. */
const growthRate = 0.6 / 3_600;
const halfGlucoseGPerL = 0.3;
const halfOxygenPercent = 6;
const biomassPerGlucose = 0.5;
/** Glucose that the cells burn to stay alive, g per g of biomass and second of the culture. */
const maintenance = 0.03 / 3_600;
/** mmol of oxygen per g of biomass made, and per g and second only to live. */
const oxygenPerGrowth = 14;
const oxygenToLive = 0.4 / 3_600;

export const noCulture: Culture = {
  volumeL: 0.2,
  biomassGPerL: 0,
  glucoseGPerL: 0,
  glucoseInG: 0,
  glucoseUsedG: 0,
  glucoseOutG: 0,
  growthGPerLS: 0,
  uptakeMmolPerLS: 0,
};

export interface Streams {
  readonly medium: { readonly litres: number; readonly glucoseGPerL: number };
  readonly inoculum: { readonly litres: number; readonly biomassGPerL: number };
  readonly feed: { readonly litres: number; readonly glucoseGPerL: number };
  /** Base, antifoam, water: volume only. */
  readonly otherL: number;
  readonly outL: number;
}

export function stepCulture(
  was: Culture,
  streams: Streams,
  conditions: { readonly oxygenPercent: number; readonly temperatureC: number },
  dtS: number,
): Culture {
  const { medium, inoculum, feed, otherL, outL } = streams;
  const suits = clamp(1 - ((conditions.temperatureC - 37) / 8) ** 2, 0, 1);
  const oxygen = conditions.oxygenPercent / (halfOxygenPercent + conditions.oxygenPercent);
  const sugar = was.glucoseGPerL / (halfGlucoseGPerL + was.glucoseGPerL);
  const specific = growthRate * suits * oxygen * sugar;
  const livedS = dtS * cultureSpeed;
  const wanted = (specific / biomassPerGlucose + maintenance * sugar) * was.biomassGPerL * livedS;
  const usedGPerL = Math.min(was.glucoseGPerL, wanted);
  const share = wanted > 0 ? usedGPerL / wanted : 0;
  const grownGPerL = specific * was.biomassGPerL * livedS * share;

  const kept = 1 - outL / was.volumeL;
  const volumeL = was.volumeL * kept + medium.litres + inoculum.litres + feed.litres + otherL;
  const glucoseInG = medium.litres * medium.glucoseGPerL + feed.litres * feed.glucoseGPerL;
  const glucoseG = (was.glucoseGPerL - usedGPerL) * was.volumeL * kept + glucoseInG;
  const biomassG = (was.biomassGPerL + grownGPerL) * was.volumeL * kept + inoculum.litres * inoculum.biomassGPerL;
  return {
    volumeL,
    biomassGPerL: biomassG / volumeL,
    glucoseGPerL: glucoseG / volumeL,
    glucoseInG: was.glucoseInG + glucoseInG,
    glucoseUsedG: was.glucoseUsedG + usedGPerL * was.volumeL,
    glucoseOutG: was.glucoseOutG + (was.glucoseGPerL - usedGPerL) * outL,
    growthGPerLS: grownGPerL / dtS,
    uptakeMmolPerLS: (specific * share * oxygenPerGrowth + oxygenToLive * suits * oxygen) * was.biomassGPerL,
  };
}
