import { gasChannels } from "../../instruments/gasController.ts";
import { clamp, lag, ramp } from "../../physics/dynamics.ts";
import type { Incident } from "../../physics/incident.ts";

/** Dosing skid: tank of B on a balance, metering pump. */
export interface Dosing {
  readonly tankKg: number;
  readonly kgPerS: number;
  readonly valvePercent: number;
  readonly pumpBar: number;
}

export const fullTankKg = 12;
/** Metered share of B per second of the dosing phase. */
const recipeKgPerS = 0.0083;

export function stepDosing(was: Dosing, on: boolean, refilling: boolean, dtS: number): Dosing {
  const pumped = Math.min(lag(was.kgPerS, on ? recipeKgPerS : 0, 2, dtS), was.tankKg / dtS);
  // Below a drop per second nothing leaves the nozzle.
  const kgPerS = pumped < 1e-5 ? 0 : pumped;
  const refillKg = refilling ? Math.min(0.15 * dtS, fullTankKg - was.tankKg) : 0;
  return {
    kgPerS,
    tankKg: was.tankKg - kgPerS * dtS + refillKg,
    valvePercent: lag(was.valvePercent, on ? 42 : 0, 1.5, dtS),
    pumpBar: lag(was.pumpBar, on ? 3.6 : 0, 2, dtS),
  };
}

/** Reflux condenser with its water circuit and vacuum pump. */
export interface Condenser {
  readonly waterLPerMin: number;
  readonly waterM3: number;
  readonly waterInC: number;
  readonly waterOutC: number;
  readonly vapourC: number;
}

export function stepCondenser(was: Condenser, on: boolean, reactorC: number, dtS: number): Condenser {
  const waterLPerMin = lag(was.waterLPerMin, on ? 14 : 0, 3, dtS);
  const vapourC = lag(was.vapourC, on ? 22 + 0.55 * Math.max(0, reactorC - 22) : 22, 12, dtS);
  const dutyKW = on ? 0.03 * Math.max(0, vapourC - was.waterInC) : 0;
  const rise = waterLPerMin > 1 ? (dutyKW * 60) / (4.18 * waterLPerMin) : 0;
  return {
    waterLPerMin,
    waterM3: was.waterM3 + (waterLPerMin * dtS) / 60_000,
    waterInC: was.waterInC,
    waterOutC: lag(was.waterOutC, was.waterInC + rise, 8, dtS),
    vapourC,
  };
}

/** Wet scrubber of the exhaust with a VOC analyser before and behind it. */
export interface Scrubber {
  readonly airM3PerH: number;
  readonly fanRpm: number;
  readonly dropPa: number;
  readonly inMgPerM3: number;
  readonly outMgPerM3: number;
  readonly ph: number;
  readonly sumpC: number;
  readonly waterM3: number;
}

/** `ventMolPerS`: what the reactor's vent adds; a third of it is solvent of 92 g/mol. */
export function stepScrubber(
  was: Scrubber,
  on: boolean,
  ventMolPerS: number,
  leakShare: number,
  dtS: number,
): Scrubber {
  const fanRpm = ramp(was.fanRpm, on ? 1_450 : 300, 60, dtS);
  const airM3PerH = 620 * (fanRpm / 1_450);
  const ventMg = ventMolPerS * 0.3 * 92_000;
  const reaching = (ventMg * 3_600) / Math.max(50, airM3PerH) + 40 * leakShare + 12;
  const inMgPerM3 = lag(was.inMgPerM3, reaching, 8, dtS);
  const dosed = was.ph < 8.4;
  const ph = was.ph + (dosed ? 0.02 : -0.00004 * inMgPerM3) * dtS;
  const efficiency = clamp(0.9 + 0.02 * (ph - 8), 0.7, 0.97);
  return {
    airM3PerH,
    fanRpm,
    dropPa: 420 * (airM3PerH / 620) ** 2,
    inMgPerM3,
    outMgPerM3: lag(was.outMgPerM3, inMgPerM3 * (1 - efficiency), 5, dtS),
    ph: clamp(ph, 6, 9.5),
    sumpC: lag(was.sumpC, 24 + airM3PerH / 300, 200, dtS),
    waterM3: was.waterM3 + ((on ? 1.6 : 0.1) * dtS) / 60_000,
  };
}

/** Basket centrifuge that separates the product of the batch before. */
export interface Centrifuge {
  readonly rpm: number;
  readonly vibrationMmPerS: number;
  readonly cakeKg: number;
  readonly drainLPerMin: number;
}

export function stepCentrifuge(was: Centrifuge, on: boolean, fillKgPerS: number, dtS: number): Centrifuge {
  const rpm = ramp(was.rpm, on ? 1_200 : 0, on ? 25 : 40, dtS);
  const drain = on && rpm > 400 ? Math.max(0, was.cakeKg - 1.6) * 0.03 : 0;
  const peeled = !on && rpm < 5 && fillKgPerS === 0 ? was.cakeKg * clamp(dtS / 12, 0, 1) : 0;
  return {
    rpm,
    // Highest when it passes its critical speed.
    vibrationMmPerS: 0.3 + rpm / 900 + 4.5 * Math.exp(-(((rpm - 620) / 90) ** 2)),
    cakeKg: was.cakeKg + (fillKgPerS - drain) * dtS - peeled,
    drainLPerMin: (drain * 60) / 0.88,
  };
}

/** Compressed air and nitrogen of the line. */
export interface Utilities {
  readonly airBar: number;
  readonly loaded: boolean;
  readonly airM3PerH: number;
  readonly airM3: number;
  readonly dewPointC: number;
  readonly nitrogenM3PerH: number;
  readonly nitrogenM3: number;
}

/** Two-point compressor: loads at 6.4 bar, unloads at 7.4 bar. */
export function stepUtilities(was: Utilities, useM3PerH: number, nitrogenMolPerS: number, dtS: number): Utilities {
  const loaded = was.airBar < 6.4 || (was.loaded && was.airBar < 7.4);
  const madeM3PerH = loaded ? 32 : 0;
  const nitrogenM3PerH = nitrogenMolPerS * 0.0224 * 3_600;
  return {
    loaded,
    // A receiver of 0.5 m³: that much of normal volume is one bar.
    airBar: was.airBar + ((madeM3PerH - was.airM3PerH) * dtS) / 3_600 / 0.5,
    airM3PerH: lag(was.airM3PerH, useM3PerH, 4, dtS),
    airM3: was.airM3 + (was.airM3PerH * dtS) / 3_600,
    dewPointC: lag(was.dewPointC, loaded ? -17 : -21, 60, dtS),
    nitrogenM3PerH,
    nitrogenM3: was.nitrogenM3 + (nitrogenM3PerH * dtS) / 3_600,
  };
}

/** % of the lower explosive limit at each detector of the building. */
export type GasAtDetectors = readonly number[];

/** A leak raises the nearest detector most; ventilation clears the air with a time constant of 9 s. */
export function stepGasCloud(was: GasAtDetectors, leak: Incident, dtS: number): GasAtDetectors {
  const nearest = Math.floor(leak.strength * gasChannels) % gasChannels;
  return was.map((percent, channel) => {
    const distance = Math.abs(channel - nearest);
    const source = leak.leftS > 0 ? (26 + 22 * leak.strength) / (1 + 4 * distance) : 0;
    return lag(percent, 0.4 + source, 9, dtS);
  });
}
