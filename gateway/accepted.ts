import type { Sample, TagId } from "#shared/model/sample.ts";
import { type EpochMs, hours, instant } from "#shared/model/time.ts";
import { acceptedTag, formatAccepted, hourOf, tagHours } from "#shared/wire/accepted.ts";

/** Samples on their way into the outbox. */
export interface Accepting {
  /**
   * The samples with times of their own, ascending, and the gateway's count of them as the last one. A source may give
   * two values for one millisecond, and a store keeps one value per tag and time: the later value takes the next free
   * millisecond, so that both are kept and stay in order. The same value again at the same time is a repeat, which changes
   * nothing and is not counted.
   */
  accept(device: string, samples: readonly Sample[]): readonly Sample[];
}

/** Samples of a tag that are remembered to tell a repeat, and so many values can share a millisecond. */
const remembered = 8;
/** Source time further back than this behind the newest is not counted: what an instrument's own history brings. */
const countedBack = hours(72);

interface TagCount {
  /** The last few samples, as placed. */
  readonly recent: Sample[];
  readonly hours: Map<EpochMs, number>;
  newestHour: EpochMs;
}

const sameContent = (a: Sample, b: Sample): boolean =>
  a.value === b.value && a.quality === b.quality && a.reason === b.reason;

export function createAccepting(platform: string): Accepting {
  const tags = new Map<TagId, TagCount>();
  const stateOf = (tag: TagId): TagCount => {
    const state = tags.get(tag) ?? { recent: [], hours: new Map(), newestHour: instant(0) };
    tags.set(tag, state);
    return state;
  };

  /** The sample at a time of its own; undefined where it only repeats or replaces one that is there. */
  const place = ({ recent }: TagCount, sample: Sample): Sample | undefined => {
    for (let at = sample.at; at < sample.at + remembered; at = instant(at + 1)) {
      const there = recent.find((other) => other.at === at);
      if (!there) return at === sample.at ? sample : { ...sample, at };
      if (sameContent(there, sample)) return undefined;
    }
    return undefined;
  };

  const count = (state: TagCount, at: EpochMs): void => {
    const hour = hourOf(at);
    if (hour > state.newestHour) {
      state.newestHour = hour;
      for (const old of state.hours.keys()) if (old < hour - countedBack) state.hours.delete(old);
    }
    if (hour >= state.newestHour - countedBack) state.hours.set(hour, (state.hours.get(hour) ?? 0) + 1);
  };

  return {
    accept: (device, samples) => {
      const placed = samples.map((sample) => {
        const state = stateOf(sample.tag);
        const own = place(state, sample);
        if (!own) return sample;
        count(state, own.at);
        state.recent.push(own);
        if (state.recent.length > remembered) state.recent.shift();
        return own;
      });
      placed.sort((a, b) => a.at - b.at);
      const last = placed.at(-1);
      if (!last) return placed;
      const counts = tagHours(placed).map(({ tag, hour }) => tags.get(tag)?.hours.get(hour) ?? null);
      const value = formatAccepted(counts);
      return [...placed, { tag: acceptedTag(platform, device), at: last.at, quality: "good", value }];
    },
  };
}
