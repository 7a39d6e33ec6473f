import type { Sample, TagId } from "../../shared/model/sample.ts";
import type { SampleReader } from "../../shared/store/port.ts";

/** A sample reader over a map, for pure tests; a sample of the same tag and time overwrites. */
export function memoryReader(): SampleReader & { write(samples: readonly Sample[]): void } {
  const byTag = new Map<TagId, Map<number, Sample>>();
  const sorted = (tag: TagId): Sample[] => [...(byTag.get(tag)?.values() ?? [])].sort((a, b) => a.at - b.at);
  return {
    write: (samples) => {
      for (const sample of samples) {
        const series = byTag.get(sample.tag) ?? new Map<number, Sample>();
        byTag.set(sample.tag, series.set(sample.at, sample));
      }
    },
    tags: async () => [...byTag.keys()].sort(),
    range: async (tag, from, to, limit) => {
      const found = sorted(tag).filter(({ at }) => at >= from && at < to);
      return { samples: found.slice(0, limit), more: found.length > limit };
    },
    last: async (tags, before) =>
      new Map(
        tags.flatMap((tag) => {
          const sample = sorted(tag).findLast(({ at }) => at < before);
          return sample ? [[tag, sample] as const] : [];
        }),
      ),
    buckets: async () => new Map(),
    count: async (tag, from, to) => sorted(tag).filter(({ at }) => at >= from && at < to).length,
    [Symbol.asyncDispose]: async () => {},
  };
}
