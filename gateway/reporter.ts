import type { Clock } from "#shared/kit/clock.ts";
import type { Sample } from "#shared/model/sample.ts";
import { type DurationMs, instant, millis } from "#shared/model/time.ts";
import type { PlantTag } from "#shared/plant/plant.ts";
import type { Batcher } from "./batching.ts";
import type { Reading } from "./driver.ts";
import { heartbeat, judge, type ReportRule, ruleOf } from "./reportByException.ts";
import { toSample } from "./scaling.ts";

/** From the readings of one device to the samples that are worth sending. */
export interface Reporter {
  /** A reading of the tag at `index`. */
  accept(index: number, reading: Reading): void;
  /** Reports changes that were held for the minimum interval; called every second. */
  release(): void;
  /** Repeats unchanged values of a source that sends changes only; called while it is alive. */
  beat(): void;
  /** The device is lost: every tag becomes bad once. */
  lose(): void;
  /** How many tags are bad now, and how many have no value yet. */
  readonly bad: number;
  readonly unread: number;
}

interface TagState {
  readonly tag: PlantTag;
  readonly rule: ReportRule;
  reported: Sample | undefined;
  newest: Sample | undefined;
  receivedAt: DurationMs;
  /** The newest sample since the last report that said nothing new. */
  dropped: Sample | undefined;
  /** A change that waits for the minimum interval. */
  held: boolean;
}

export interface ReporterSink {
  sample(sample: Sample): void;
  batch(samples: readonly Sample[], when: "live" | "historical"): void;
}

/** `live` and `historical` collect: their samples never share a batch. */
export function createReporter(
  tags: readonly PlantTag[],
  { live, historical }: { readonly live: Batcher; readonly historical: Batcher },
  clock: Clock,
  sink: ReporterSink,
): Reporter {
  const states = tags.map(
    (tag): TagState => ({
      tag,
      rule: ruleOf(tag.config),
      reported: undefined,
      newest: undefined,
      receivedAt: millis(0),
      dropped: undefined,
      held: false,
    }),
  );
  const put = (sample: Sample) => {
    sink.sample(sample);
    const full = live.add(sample, clock.monotonic());
    if (full) sink.batch(full, "live");
  };
  const emit = (state: TagState, sample: Sample) => {
    state.reported = sample;
    state.dropped = undefined;
    state.held = false;
    put(sample);
  };
  /** The value before a change comes first where it was dropped: else a trend would show a ramp instead of a step. */
  const emitChange = (state: TagState, sample: Sample) => {
    const { dropped } = state;
    if (dropped && dropped.at < sample.at) put(dropped);
    emit(state, sample);
  };

  return {
    accept: (index, reading) => {
      const state = states[index];
      if (!state) return;
      const sample = toSample(state.tag, reading);
      if (reading.historical) {
        const full = historical.add(sample, clock.monotonic());
        if (full) sink.batch(full, "historical");
        return;
      }
      state.newest = sample;
      state.receivedAt = clock.monotonic();
      const verdict = judge(state.rule, state.reported, sample);
      if (verdict === "now") emitChange(state, sample);
      else if (verdict === "beat") emit(state, sample);
      else if (verdict === "held") state.held = true;
      else {
        state.held = false;
        if (sample.at > (state.reported?.at ?? 0)) state.dropped = sample;
      }
    },
    release: () => {
      const now = clock.monotonic();
      for (const state of states) {
        const { held, newest, reported, rule, receivedAt } = state;
        if (!held || !newest || !reported) continue;
        if (newest.at - reported.at + (now - receivedAt) >= rule.minIntervalMs) emit(state, newest);
      }
    },
    beat: () => {
      const now = clock.monotonic();
      for (const state of states) {
        const { reported, newest, receivedAt, rule } = state;
        const again = reported && newest && heartbeat(rule, reported, newest, millis(now - receivedAt));
        if (again) emit(state, again);
      }
    },
    lose: () => {
      for (const state of states) {
        const { reported, tag } = state;
        if (reported?.quality === "bad" && reported.reason === "NOT_CONNECTED") continue;
        // A source clock that runs ahead must not make the loss older than the last value.
        const at = instant(Math.max(clock.now(), (reported?.at ?? 0) + 1, (state.newest?.at ?? 0) + 1));
        const lost: Sample = { tag: tag.id, at, quality: "bad", value: null, reason: "NOT_CONNECTED" };
        emitChange(state, lost);
        // Also the newest value: an old one must not come back as a heartbeat of the next connection.
        state.newest = lost;
        state.receivedAt = clock.monotonic();
      }
    },
    get bad() {
      return states.filter(({ newest }) => newest?.quality === "bad").length;
    },
    get unread() {
      return states.filter(({ newest }) => newest === undefined).length;
    },
  };
}
