import { clamp, lag, ramp } from "../../physics/dynamics.ts";
import type { Culture } from "./culture.ts";
import { phSet, type Vessel } from "./vessel.ts";

/** Feed skid: three pumps on bottles that stand on balances. */
export interface Feed {
  readonly glucoseMLPerMin: number;
  readonly baseMLPerMin: number;
  readonly antifoamMLPerMin: number;
  readonly glucoseKg: number;
  readonly baseKg: number;
  readonly antifoamKg: number;
}

export const fullBottles = { glucoseKg: 2.4, baseKg: 1.2, antifoamKg: 0.6 } as const;
export const feedGlucoseGPerL = 500;
/** kg per litre of feed. */
const feedDensity = 1.2;

export interface FeedOrders {
  readonly feeding: boolean;
  readonly growing: boolean;
  readonly refilling: boolean;
}

/** Glucose follows the culture (nothing accumulates), base follows pH, antifoam is shot at foam. */
export function stepFeed(
  was: Feed,
  { feeding, growing, refilling }: FeedOrders,
  vessel: Vessel,
  culture: Culture,
  dtS: number,
): Feed {
  const demand = feeding ? clamp(5 * culture.biomassGPerL - 8 * culture.glucoseGPerL, 0, 110) : 0;
  const glucoseMLPerMin = lag(was.glucoseMLPerMin, was.glucoseKg > 0.02 ? demand : 0, 4, dtS);
  const baseMLPerMin = growing ? clamp((phSet - vessel.ph) * 220, 0, 30) : 0;
  const antifoamMLPerMin = lag(was.antifoamMLPerMin, growing && vessel.foamPercent > 40 ? 4 : 0, 2, dtS);
  const litres = (perMin: number) => (perMin * dtS) / 60_000;
  const bottle = (kg: number, full: number, perMin: number, density: number) =>
    refilling ? lag(kg, full, 5, dtS) : Math.max(0, kg - litres(perMin) * density);
  return {
    glucoseMLPerMin,
    baseMLPerMin,
    antifoamMLPerMin,
    glucoseKg: bottle(was.glucoseKg, fullBottles.glucoseKg, glucoseMLPerMin, feedDensity),
    baseKg: bottle(was.baseKg, fullBottles.baseKg, baseMLPerMin, 1.1),
    antifoamKg: bottle(was.antifoamKg, fullBottles.antifoamKg, antifoamMLPerMin, 1),
  };
}

/** pH per second that the base flow is worth. */
export const baseEffect = ({ baseMLPerMin }: Feed): number => 0.0022 * baseMLPerMin;

/** Exhaust-gas analyser: what the culture took from the air and gave back. */
export interface OffGas {
  readonly oxygenPercent: number;
  readonly carbonDioxidePercent: number;
  readonly flowLPerMin: number;
  readonly filterMbar: number;
}

export const inletOxygenPercent = 20.95;
export const respiratoryQuotient = 1.05;

export function stepOffGas(was: OffGas, vessel: Vessel, culture: Culture, dtS: number): OffGas {
  const takenMLPerS = culture.uptakeMmolPerLS * culture.volumeL * 22.4;
  const airMLPerS = Math.max(2, (vessel.airLPerMin * 1_000) / 60);
  const share = clamp((100 * takenMLPerS) / airMLPerS, 0, 12);
  return {
    oxygenPercent: lag(was.oxygenPercent, inletOxygenPercent - share, 7, dtS),
    carbonDioxidePercent: lag(was.carbonDioxidePercent, 0.04 + share * respiratoryQuotient, 7, dtS),
    flowLPerMin: lag(was.flowLPerMin, vessel.airLPerMin, 2, dtS),
    filterMbar: lag(was.filterMbar, 3 + 4 * vessel.airLPerMin + 0.4 * Math.max(0, vessel.foamPercent - 20), 5, dtS),
  };
}

/** Seed vessel: a small culture that is grown for the next run. */
export interface Seed {
  readonly temperatureC: number;
  readonly opticalDensity: number;
  readonly stirrerRpm: number;
  readonly oxygenPercent: number;
  readonly ph: number;
}

export function stepSeed(was: Seed, growing: boolean, taken: boolean, dtS: number): Seed {
  const opticalDensity = taken
    ? lag(was.opticalDensity, 0.2, 5, dtS)
    : growing
      ? was.opticalDensity + 0.014 * was.opticalDensity * (1 - was.opticalDensity / 9) * dtS
      : was.opticalDensity;
  return {
    temperatureC: lag(was.temperatureC, growing ? 37 : 28, 40, dtS),
    opticalDensity,
    stirrerRpm: ramp(was.stirrerRpm, growing ? 400 : 80, 40, dtS),
    oxygenPercent: lag(was.oxygenPercent, growing ? 95 - 6 * opticalDensity : 97, 12, dtS),
    ph: lag(was.ph, 7.1 - 0.05 * opticalDensity, 20, dtS),
  };
}

/** Electric steam generator with its feed water. */
export interface Steam {
  readonly pressureBar: number;
  readonly heaterKW: number;
  readonly waterM3: number;
  readonly levelPercent: number;
}

export function stepSteam(was: Steam, on: boolean, drawing: boolean, dtS: number): Steam {
  const heaterKW = lag(was.heaterKW, on && was.pressureBar < 4.2 ? 17 : 0, 3, dtS);
  const drawn = drawing ? 0.045 * Math.max(0, was.pressureBar - 1) : 0;
  const filling = was.levelPercent < 55 ? 0.9 : 0;
  return {
    heaterKW,
    pressureBar: clamp(was.pressureBar + (heaterKW * 0.006 - drawn - 0.002 * (was.pressureBar - 1)) * dtS, 1, 6),
    levelPercent: clamp(was.levelPercent + (filling - 1.4 * drawn) * dtS, 20, 80),
    waterM3: was.waterM3 + ((filling * dtS) / 60_000) * 12,
  };
}

/** Oil-free compressor with a receiver. */
export interface Air {
  readonly receiverBar: number;
  readonly loaded: boolean;
  readonly flowM3PerH: number;
  readonly airM3: number;
}

export function stepAir(was: Air, useM3PerH: number, dtS: number): Air {
  const loaded = was.receiverBar < 6.5 || (was.loaded && was.receiverBar < 7.5);
  const flowM3PerH = lag(was.flowM3PerH, useM3PerH, 4, dtS);
  return {
    loaded,
    flowM3PerH,
    receiverBar: was.receiverBar + (((loaded ? 9 : 0) - flowM3PerH) * dtS) / 3_600 / 0.15,
    airM3: was.airM3 + (flowM3PerH * dtS) / 3_600,
  };
}

/** Cold-water unit of the jacket. */
export interface Chiller {
  readonly supplyC: number;
  readonly returnC: number;
  readonly flowLPerMin: number;
}

export function stepChiller(was: Chiller, on: boolean, toJacketKW: number, dtS: number): Chiller {
  const flowLPerMin = lag(was.flowLPerMin, on ? 18 : 2, 3, dtS);
  const supplyC = lag(was.supplyC, 8 + 0.12 * Math.max(0, toJacketKW), 30, dtS);
  return {
    supplyC,
    flowLPerMin,
    returnC: lag(was.returnC, supplyC + (14 * Math.max(0, toJacketKW)) / flowLPerMin, 8, dtS),
  };
}

/** Cross-flow filtration that separates the cells. */
export interface Harvest {
  readonly pressureBar: number;
  readonly fluxLPerMin: number;
  readonly productL: number;
  readonly turbidityPercent: number;
}

export function stepHarvest(was: Harvest, drainedLPerS: number, biomassGPerL: number, dtS: number): Harvest {
  return {
    pressureBar: lag(was.pressureBar, drainedLPerS > 0 ? 1.1 + 0.02 * biomassGPerL : 0, 4, dtS),
    fluxLPerMin: lag(was.fluxLPerMin, drainedLPerS * 60 * 0.8, 3, dtS),
    productL: was.productL + drainedLPerS * 0.8 * dtS,
    turbidityPercent: lag(was.turbidityPercent, drainedLPerS > 0 ? 4 : 0.5, 10, dtS),
  };
}

/** Air of the room: carbon dioxide from the exhaust line, now and then from a leak. */
export interface Room {
  readonly carbonDioxidePpm: number;
  readonly oxygenPercent: number;
  readonly temperatureC: number;
}

export function stepRoom(was: Room, offGas: OffGas, leakStrength: number, dtS: number): Room {
  const ppm = 520 + 40 * offGas.carbonDioxidePercent + leakStrength * 5_200;
  const carbonDioxidePpm = lag(was.carbonDioxidePpm, ppm, 14, dtS);
  return {
    carbonDioxidePpm,
    oxygenPercent: inletOxygenPercent - carbonDioxidePpm / 10_000,
    temperatureC: lag(was.temperatureC, 23.5, 600, dtS),
  };
}
