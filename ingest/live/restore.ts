import { type EpochMs, hours, instant } from "#shared/model/time.ts";
import type { Plant } from "#shared/plant/plant.ts";
import { plantTags } from "#shared/plant/select.ts";
import type { SampleReader } from "#shared/store/port.ts";
import type { LiveValues } from "./liveValues.ts";

/** How far back the beginning of a state is looked for. */
const stateHistory = hours(24);
const stateSamples = 20_000;

/** Brings back the last values, and since when each state has held, from the store; old ones are stale at once. */
export async function restoreLiveValues(
  live: LiveValues,
  plant: Plant,
  reader: SampleReader,
  now: EpochMs,
): Promise<void> {
  const tags = plantTags(plant);
  const last = await reader.last(
    tags.map(({ id }) => id),
    instant(now + 1),
  );
  for (const { id, equipment, config } of tags) {
    const newest = last.get(id);
    if (!newest) continue;
    if (equipment.state?.tag === config.id) {
      const from = instant(newest.at - stateHistory);
      const { samples } = await reader.range(id, from, newest.at, stateSamples);
      for (const sample of samples) live.use(sample, sample.at);
    }
    live.use(newest, newest.at);
  }
  live.age(now);
}
