import type { ErrorCode } from "#shared/model/errors.ts";
import type { HistoryBucket } from "#shared/model/live.ts";
import { type BatchName, type Sample, type TagId, type TagValue, tagId } from "#shared/model/sample.ts";
import { instant } from "#shared/model/time.ts";
import type { StoredBatch } from "#shared/store/port.ts";

export const tag = (name: string): TagId => tagId({ platform: "p", line: "l", equipment: "e", tag: name });

export const good = (of: TagId, at: number, value: TagValue): Sample => ({
  tag: of,
  at: instant(at),
  quality: "good",
  value,
});
export const uncertain = (of: TagId, at: number, value: TagValue, reason?: ErrorCode): Sample => ({
  ...good(of, at, value),
  quality: "uncertain",
  value,
  ...(reason ? { reason } : {}),
});
export const bad = (of: TagId, at: number, reason: ErrorCode): Sample => ({
  tag: of,
  at: instant(at),
  quality: "bad",
  value: null,
  reason,
});

export const batch = (samples: readonly Sample[], name: BatchName | null = null): StoredBatch => ({ name, samples });

/** What a store must answer, the slow and obvious way. */
export class NaiveStore {
  readonly #samples = new Map<TagId, Map<number, Sample>>();
  readonly #names = new Set<string>();

  write(batches: readonly StoredBatch[]): void {
    for (const { name, samples } of batches) {
      const key = name && `${name.queueId}:${name.number}`;
      if (key !== null && this.#names.has(key)) continue;
      if (key !== null) this.#names.add(key);
      for (const sample of samples) {
        const ofTag = this.#samples.get(sample.tag) ?? new Map<number, Sample>();
        this.#samples.set(sample.tag, ofTag.set(sample.at, sample));
      }
    }
  }

  range(of: TagId, from: number, to: number): Sample[] {
    return [...(this.#samples.get(of)?.values() ?? [])]
      .filter(({ at }) => from <= at && at < to)
      .sort((a, b) => a.at - b.at);
  }

  last(of: TagId, before: number): Sample | undefined {
    return this.range(of, 0, before).at(-1);
  }

  buckets(of: TagId, from: number, to: number, width: number): HistoryBucket[] {
    const all = this.range(of, from, to);
    const groups = Map.groupBy(all, ({ at }) => from + Math.floor((at - from) / width) * width);
    const goodMs = (t: number): number =>
      all.reduce((sum, { at, quality }, i) => {
        const next = all[i + 1]?.at ?? at;
        if (quality !== "good" || next - at > 15 * 60_000) return sum;
        return sum + Math.max(0, Math.min(next, t + width) - Math.max(at, t));
      }, 0);
    return [...groups].map(([t, samples]) => {
      const counted = samples.filter(({ quality }) => quality !== "bad");
      const v = counted
        .map(({ value }) => value)
        .filter((value) => typeof value !== "string")
        .map(Number);
      const none = v.length === 0;
      return {
        t: instant(t),
        n: counted.length,
        bad: samples.length - counted.length,
        goodMs: goodMs(t),
        min: none ? null : Math.min(...v),
        max: none ? null : Math.max(...v),
        mean: none ? null : v.reduce((a, b) => a + b) / v.length,
        first: v[0] ?? null,
        last: v.at(-1) ?? null,
      };
    });
  }
}

/** For stores that do not tell how much of a bucket is good time. */
export const withoutGoodTime = (buckets: readonly HistoryBucket[] = []) =>
  buckets.map(({ goodMs: _, ...bucket }) => bucket);

/** Means may differ in the last digits, by the order of summing; and the store's sums do not know a negative zero. */
export const rounded = (buckets: readonly Omit<HistoryBucket, "goodMs">[]) =>
  buckets.map((bucket) => ({
    ...bucket,
    min: bucket.min === null ? null : bucket.min + 0,
    max: bucket.max === null ? null : bucket.max + 0,
    first: bucket.first === null ? null : bucket.first + 0,
    last: bucket.last === null ? null : bucket.last + 0,
    mean: bucket.mean === null ? null : Number(bucket.mean.toPrecision(9)) + 0,
  }));
