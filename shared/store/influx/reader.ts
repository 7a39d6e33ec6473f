import type { Clock } from "#shared/kit/clock.ts";
import type { HistoryBucket } from "#shared/model/live.ts";
import type { Sample, TagId } from "#shared/model/sample.ts";
import { instant, millis } from "#shared/model/time.ts";
import type { SampleReader } from "../port.ts";
import { joined, readBuckets } from "./buckets.ts";
import { bucketQueries, lastQuery, rangeQuery, tagsQuery, within } from "./influxQl.ts";
import { partsOf } from "./parts.ts";
import { type BucketPart, partOfSamples, rowsOf, sampleOf, tagOf } from "./rows.ts";
import { InfluxServer, type InfluxTimes } from "./server.ts";
import { inSlices } from "./slices.ts";
import type { InfluxAddress } from "./version.ts";

/** Samples of one answer where a bucket is computed here. */
const samplesPerPage = 20_000;

/** Opens InfluxDB for reading; every call rejects with `STORE_UNAVAILABLE` while the server does not answer. */
export async function openInfluxReader(
  options: InfluxAddress & { readonly clock: Clock },
  times: Partial<InfluxTimes> = {},
): Promise<SampleReader> {
  const server = new InfluxServer(options, options.clock, times);
  const inParts = async (tags: readonly TagId[]) =>
    tags.length === 0 ? [] : partsOf(tags, await server.tagsPerStatement());

  const range = async (tag: TagId, from: number, to: number, limit: number, signal?: AbortSignal) => {
    const samples: Sample[] = [];
    const ask = (start: number, end: number) =>
      server.query([rangeQuery(tag, start, end, limit + 1 - samples.length)], signal);
    for await (const [series = []] of inSlices(...within(from, to), ask)) {
      for (const row of series.flatMap(rowsOf)) samples.push(sampleOf(tag, row));
      if (samples.length > limit) break;
    }
    return { samples: samples.slice(0, limit), more: samples.length > limit };
  };

  const partFromSamples = async (tag: TagId, t: number, from: number, to: number, signal?: AbortSignal) => {
    const samples: Sample[] = [];
    for (let next = from, more = true; more; next = (samples.at(-1)?.at ?? to) + 1) {
      const page = await range(tag, next, to, samplesPerPage, signal);
      samples.push(...page.samples);
      more = page.more;
    }
    return partOfSamples(instant(t), samples);
  };

  const buckets = async (tags: readonly TagId[], from: number, to: number, width: number, signal?: AbortSignal) => {
    const found = new Map<TagId, readonly HistoryBucket[]>(tags.map((tag) => [tag, []]));
    for (const some of from < to ? await inParts(tags) : []) {
      const ask = async (start: number, end: number) => ({
        answers: await server.query(bucketQueries(some, [start, end], from, width), signal),
        start,
        end,
      });
      const byTag = new Map<TagId, Map<number, BucketPart>>();
      for await (const { answers, start, end } of inSlices(...within(from, to), ask)) {
        for (const [tag, { parts, unsure }] of readBuckets(answers)) {
          for (const t of unsure) {
            parts.set(t, await partFromSamples(tag, t, Math.max(t, start), Math.min(t + width, end), signal));
          }
          const known = byTag.get(tag) ?? new Map<number, BucketPart>();
          byTag.set(tag, known);
          for (const [t, part] of parts) known.set(t, joined(known.get(t), part));
        }
      }
      for (const [tag, parts] of byTag) {
        found.set(
          tag,
          [...parts.values()].map(({ bucket }) => bucket).toSorted((a, b) => a.t - b.t),
        );
      }
    }
    return found;
  };

  return {
    tags: async (signal?: AbortSignal) => {
      const [answer = []] = await server.query([tagsQuery], signal);
      const tags = answer.flatMap(rowsOf).map(({ value }) => String(value) as TagId);
      return tags.toSorted(byCodePoints);
    },
    range,
    buckets,
    last: async (tags, before, signal?: AbortSignal) => {
      const found = new Map<TagId, Sample>();
      for (const some of await inParts(tags)) {
        const missing = () => some.filter((tag) => !found.has(tag));
        const ask = (start: number, end: number) => server.query([lastQuery(missing(), start, end)], signal);
        for await (const [answer = []] of inSlices(...within(0, before), ask, "descending")) {
          for (const series of answer) {
            for (const row of rowsOf(series)) found.set(tagOf(series, row), sampleOf(tagOf(series, row), row));
          }
          if (missing().length === 0) break;
        }
      }
      return found;
    },
    count: async (tag, from, to, signal?: AbortSignal) => {
      const [start, end] = within(from, to);
      if (start >= end) return 0;
      const all = (await buckets([tag], start, end, millis(end - start), signal)).get(tag) ?? [];
      return all.reduce((sum, { n, bad }) => sum + n + bad, 0);
    },
    [Symbol.asyncDispose]: async () => {},
  };
}

const byCodePoints = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b));
