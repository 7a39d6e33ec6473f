import type { Clock } from "#shared/kit/clock.ts";
import type { Sample } from "#shared/model/sample.ts";
import { type DurationMs, instant, millis } from "#shared/model/time.ts";
import type { PlantTag } from "#shared/plant/plant.ts";
import type { Batcher } from "./batching.ts";
import type { Reading } from "./driver.ts";
import { heartbeat, isNews } from "./reportByException.ts";
import { toSample } from "./scaling.ts";

/** From the readings of one device to the samples that are worth sending. */
export interface Reporter {
  /** A reading of the tag at `index`. */
  accept(index: number, reading: Reading): void;
  /** Repeats unchanged values of a source that sends changes only; called while it is alive. */
  beat(): void;
  /** The device is lost: every tag becomes bad once. */
  lose(): void;
}

interface TagState {
  reported: Sample | undefined;
  newest: Sample | undefined;
  receivedAt: DurationMs;
}

export function createReporter(
  tags: readonly PlantTag[],
  batcher: Batcher,
  clock: Clock,
  report: { readonly sample: (sample: Sample) => void; readonly batch: (samples: readonly Sample[]) => void },
): Reporter {
  const states = tags.map((): TagState => ({ reported: undefined, newest: undefined, receivedAt: millis(0) }));
  const emit = (state: TagState, sample: Sample) => {
    state.reported = sample;
    report.sample(sample);
    const full = batcher.add(sample, clock.monotonic());
    if (full) report.batch(full);
  };

  return {
    accept: (index, reading) => {
      const tag = tags[index];
      const state = states[index];
      if (!tag || !state) return;
      const sample = toSample(tag, reading);
      state.newest = sample;
      state.receivedAt = clock.monotonic();
      if (isNews(tag.config, state.reported, sample)) emit(state, sample);
    },
    beat: () => {
      const now = clock.monotonic();
      for (const [index, state] of states.entries()) {
        const { reported, newest, receivedAt } = state;
        const rule = tags[index]?.config;
        const again = rule && reported && newest && heartbeat(rule, reported, newest, millis(now - receivedAt));
        if (again) emit(state, again);
      }
    },
    lose: () => {
      for (const [index, state] of states.entries()) {
        const tag = tags[index]?.id;
        const { reported } = state;
        if (!tag || (reported?.quality === "bad" && reported.reason === "NOT_CONNECTED")) continue;
        // A source clock that runs ahead must not make the loss older than the last value.
        const at = instant(Math.max(clock.now(), (reported?.at ?? 0) + 1));
        // Also the newest value: an old one must not come back as a heartbeat of the next connection.
        state.newest = { tag, at, quality: "bad", value: null, reason: "NOT_CONNECTED" };
        state.receivedAt = clock.monotonic();
        emit(state, state.newest);
      }
    },
  };
}
