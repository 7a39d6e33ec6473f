import { clamp } from "./dynamics.ts";
import type { RunState } from "./recipe.ts";

/** What every driven machine has: a state, running hours, and an electricity meter. */
export interface Machine {
  readonly state: RunState;
  readonly runningH: number;
  /** Cumulative active energy; never goes back. */
  readonly energyKWh: number;
  readonly powerKW: number;
  readonly currentA: number;
  readonly powerFactor: number;
}

export const newMachine = (energyKWh: number, runningH: number): Machine => ({
  state: "idle",
  runningH,
  energyKWh,
  powerKW: 0,
  currentA: 0,
  powerFactor: 1,
});

/** Share of its rated power that a machine takes when it is only switched on. */
const standbyShare = 0.04;

/**
 * One step of a machine that takes `loadKW` beyond its standby. The register grows by exactly power × time, and the
 * current is that of a balanced three-phase load: P = √3 · U · I · cos φ.
 */
export function stepMachine(
  was: Machine,
  state: RunState,
  loadKW: number,
  ratedKW: number,
  mainsV: number,
  dtS: number,
): Machine {
  const powerKW = ratedKW * standbyShare + Math.max(0, loadKW);
  const powerFactor = 0.55 + 0.38 * clamp(powerKW / ratedKW, 0, 1);
  return {
    state,
    runningH: was.runningH + (state === "running" ? dtS / 3_600 : 0),
    energyKWh: was.energyKWh + (powerKW * dtS) / 3_600,
    powerKW,
    currentA: (powerKW * 1_000) / (Math.sqrt(3) * mainsV * powerFactor),
    powerFactor,
  };
}
