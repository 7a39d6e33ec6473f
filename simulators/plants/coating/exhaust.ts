import { clamp, lag, ramp } from "../../physics/dynamics.ts";
import type { Zone } from "./oven.ts";

/** Common exhaust of the zones. */
export interface Exhaust {
  readonly fanRpm: number;
  readonly flowM3PerH: number;
  readonly temperatureC: number;
  readonly pressurePa: number;
  readonly nmpGPerS: number;
}

export function stepExhaust(was: Exhaust, zones: readonly Zone[], full: boolean, dtS: number): Exhaust {
  const flowM3PerH = zones.reduce((sum, zone) => sum + zone.exhaustM3PerH, 0);
  const mean = (of: (zone: Zone) => number) =>
    flowM3PerH > 1 ? zones.reduce((sum, zone) => sum + of(zone) * zone.exhaustM3PerH, 0) / flowM3PerH : 0;
  return {
    fanRpm: ramp(was.fanRpm, full ? 1_480 : 600, 40, dtS),
    flowM3PerH,
    temperatureC: lag(was.temperatureC, 0.85 * mean((zone) => zone.airC) + 4, 10, dtS),
    // The fan pulls harder against closed dampers.
    pressurePa: lag(was.pressurePa, full ? -420 - (1_300 - flowM3PerH) * 0.25 : -120, 4, dtS),
    nmpGPerS: zones.reduce((sum, zone) => sum + zone.exhaustedGPerS, 0),
  };
}

/** Solvent recovery: the exhaust is cooled, NMP condenses, the rest goes over a zeolite wheel to the stack. */
export interface Recovery {
  readonly coolerC: number;
  readonly recoveredKg: number;
  readonly recoveryKgPerH: number;
  readonly stackMgPerM3: number;
  readonly waterLPerMin: number;
  readonly waterM3: number;
  readonly wheelPa: number;
  /** NMP that went up the stack, kg, for the balance. */
  readonly emittedKg: number;
}

export function stepRecovery(was: Recovery, exhaust: Exhaust, on: boolean, dtS: number): Recovery {
  const loadKgPerH = exhaust.nmpGPerS * 3.6;
  const coolerC = lag(was.coolerC, on ? 14 + 0.03 * exhaust.temperatureC : 24, 20, dtS);
  const share = on ? clamp(0.97 - 0.004 * Math.max(0, coolerC - 16), 0.6, 0.98) : 0.9;
  const recoveryKgPerH = loadKgPerH * share;
  const passedMgPerM3 = exhaust.flowM3PerH > 1 ? ((loadKgPerH - recoveryKgPerH) * 1e6) / exhaust.flowM3PerH : 0;
  const waterLPerMin = lag(was.waterLPerMin, on ? 22 : 1, 4, dtS);
  return {
    coolerC,
    recoveryKgPerH,
    recoveredKg: was.recoveredKg + (recoveryKgPerH * dtS) / 3_600,
    emittedKg: was.emittedKg + ((loadKgPerH - recoveryKgPerH) * dtS) / 3_600,
    // The wheel holds back nineteen of twenty parts.
    stackMgPerM3: lag(was.stackMgPerM3, passedMgPerM3 * 0.05, 15, dtS),
    waterLPerMin,
    waterM3: was.waterM3 + (waterLPerMin * dtS) / 60_000,
    wheelPa: lag(was.wheelPa, 90 + exhaust.flowM3PerH * 0.12, 8, dtS),
  };
}

/** Compressed air of air turns, brakes and cylinders. */
export interface LineAir {
  readonly pressureBar: number;
  readonly flowM3PerH: number;
  readonly airM3: number;
}

export function stepLineAir(was: LineAir, webRuns: boolean, dtS: number): LineAir {
  const flowM3PerH = lag(was.flowM3PerH, webRuns ? 14 : 3, 5, dtS);
  return {
    flowM3PerH,
    pressureBar: lag(was.pressureBar, 6.6 - 0.02 * flowM3PerH, 6, dtS),
    airM3: was.airM3 + (flowM3PerH * dtS) / 3_600,
  };
}
