import type { Reading, Signal } from "../signal.ts";
import type { RunningPlant } from "./plant.ts";

/** Counts what flows: energy, water, air, nitrogen, running hours. */
const isRegister = ({ unit, range }: Signal): boolean =>
  range === undefined && (unit === "kW.h" || unit === "m3" || unit === "h");

/**
 * A line whose processes run `speed` times as fast as the clock. Its registers count by the clock all the same: what a meter
 * says is its power × the time of whoever reads it.
 */
export function atPace(plant: RunningPlant, speed: number): RunningPlant {
  if (speed === 1) return plant;
  const first = plant.readings();
  const shown = (reading: Reading, i: number): Reading => {
    const [signal, begun] = [plant.signals[i], first[i]?.value];
    if (!signal || !isRegister(signal) || typeof begun !== "number" || typeof reading.value !== "number")
      return reading;
    return { quality: reading.quality, value: begun + (reading.value - begun) / speed };
  };
  return { ...plant, readings: () => plant.readings().map(shown) };
}

/** Lets whole seconds of the plants' own time pass, each as long as the next: the same count gives the same state. */
export function catchUp(plants: readonly RunningPlant[], seconds: number): void {
  for (const plant of plants) for (let passed = 1; passed <= seconds; passed++) plant.pass(1);
}
