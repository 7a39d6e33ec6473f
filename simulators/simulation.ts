import { type Clock, ticks } from "#shared/kit/clock.ts";
import { millis } from "#shared/model/time.ts";
import type { Face } from "./faces/face.ts";
import type { RunningPlant } from "./plants/plant.ts";

export interface Pace {
  /** Readings per second. */
  readonly rateHz: number;
  /** Seconds of the plants' own time in one second of the clock. */
  readonly speed: number;
}

/** After a pause of the machine (sleep, debugger) no more than this is made up for. */
const mostBeats = 100;

/** Shows what the plants' instruments read now. Source times are the clock's. */
export function showReadings(plants: readonly RunningPlant[], faces: readonly Face[], clock: Clock): void {
  const readings = plants.flatMap((plant) => plant.readings());
  const now = clock.now();
  for (const face of faces) face.show(readings, now);
}

/** Lets the plants run until `signal` aborts. `speed` makes the processes faster, not the time. */
export async function simulate(
  plants: readonly RunningPlant[],
  faces: readonly Face[],
  { rateHz, speed }: Pace,
  clock: Clock,
  signal: AbortSignal,
): Promise<void> {
  const period = millis(1_000 / rateHz);
  let last = clock.monotonic();
  for await (const _ of ticks(clock, period, signal)) {
    const beats = Math.max(1, Math.round((clock.monotonic() - last) / period));
    last = clock.monotonic();
    for (let beat = 0; beat < Math.min(beats, mostBeats); beat++) {
      for (const plant of plants) plant.pass((period / 1_000) * speed);
    }
    showReadings(plants, faces, clock);
  }
}
