import type { Clock } from "#shared/kit/clock.ts";
import type { HistoryBucket } from "#shared/model/live.ts";
import type { Sample, TagId } from "#shared/model/sample.ts";
import { type DurationMs, type EpochMs, instant, millis, seconds } from "#shared/model/time.ts";
import { GroupCommit } from "../groupCommit.ts";
import type { SampleReader, SampleWriter, StoredBatch } from "../port.ts";
import type { RecordsWriter } from "../records/port.ts";
import { RefusedSamplesError, sift } from "../refused.ts";
import { readBuckets } from "./buckets.ts";
import { bucketQueries, lastQuery, rangeQuery } from "./influxQl.ts";
import { lineRefusalOf } from "./lineProtocol.ts";
import { bucketOfSamples, rowsOf, sampleOf } from "./rows.ts";
import { type InfluxAddress, InfluxServer } from "./server.ts";
import { InfluxGroupWriter, linesPerRequest } from "./writer.ts";

export type { InfluxAddress } from "./server.ts";

const requestTimeout: DurationMs = seconds(30);
/** Tags of one statement, so that a statement stays of moderate length. */
const tagsPerStatement = 200;
/** Samples of one answer where a bucket is computed here. */
const samplesPerPage = 20_000;

/**
 * Opens InfluxDB for writing; the server need not be there yet. `write` resolves when the server has the samples and
 * the records have the batches' names. Rejects with `STORE_UNAVAILABLE` (verdict retry) or `RefusedSamplesError`.
 */
export async function openInfluxWriter(
  options: InfluxAddress & { readonly clock: Clock; readonly records: RecordsWriter },
  groupWait: DurationMs = millis(100),
): Promise<SampleWriter> {
  const { clock, records } = options;
  const writer = new InfluxGroupWriter(new InfluxServer(options, requestTimeout), records, clock.now());
  const group = new GroupCommit<readonly StoredBatch[]>({
    clock,
    maxWait: groupWait,
    maxSize: linesPerRequest,
    sizeOf: (batches) => batches.reduce((sum, { samples }) => sum + samples.length, 0),
    commit: (items) => writer.commit(items),
  });
  return {
    write: async (batches) => {
      const { accepted, refused } = sift(batches, lineRefusalOf);
      const more = await group.add(accepted).catch((error: unknown) => {
        if (error instanceof RefusedSamplesError) return error.refused;
        throw error;
      });
      if (more || refused.length > 0) throw new RefusedSamplesError([...refused, ...(more ?? [])]);
    },
    storedBatches: async () => records.storedBatches(),
    [Symbol.asyncDispose]: () => group[Symbol.asyncDispose](),
  };
}

/** Opens InfluxDB for reading; every call rejects with `STORE_UNAVAILABLE` while the server does not answer. */
export async function openInfluxReader(options: InfluxAddress): Promise<SampleReader> {
  const server = new InfluxServer(options, requestTimeout);
  const range: SampleReader["range"] = async (tag, from, to, limit, signal) => {
    const [series = []] = await server.query([rangeQuery(tag, from, to, limit + 1)], signal);
    const samples = series.flatMap(rowsOf).map((row) => sampleOf(tag, row));
    return { samples: samples.slice(0, limit), more: samples.length > limit };
  };
  const bucketFromSamples = async (
    tag: TagId,
    t: number,
    from: number,
    to: number,
    signal: AbortSignal | undefined,
  ): Promise<HistoryBucket> => {
    const samples: Sample[] = [];
    for (let next = from, more = true; more; next = (samples.at(-1)?.at ?? to) + 1) {
      const page = await range(tag, instant(next), instant(to), samplesPerPage, signal);
      samples.push(...page.samples);
      more = page.more;
    }
    return bucketOfSamples(instant(t), samples);
  };
  const buckets = async (
    tags: readonly TagId[],
    from: EpochMs,
    to: EpochMs,
    width: DurationMs,
    signal?: AbortSignal,
  ) => {
    const found = new Map<TagId, readonly HistoryBucket[]>(tags.map((tag) => [tag, []]));
    if (from >= to) return found;
    for (const part of partsOf(tags, tagsPerStatement)) {
      const answers = await server.query(bucketQueries(part, from, to, width), signal);
      for (const [tag, { buckets: ofTag, unsure }] of readBuckets(answers)) {
        for (const t of unsure) {
          ofTag.set(t, await bucketFromSamples(tag, t, Math.max(t, from), Math.min(t + width, to), signal));
        }
        found.set(
          tag,
          [...ofTag.values()].toSorted((a, b) => a.t - b.t),
        );
      }
    }
    return found;
  };
  return {
    range,
    buckets,
    last: async (tags, before, signal) => {
      const found = new Map<TagId, Sample>();
      const parts = partsOf(tags, tagsPerStatement);
      const answers = await server.query(
        parts.map((part) => lastQuery(part, before)),
        signal,
      );
      for (const series of answers.flat()) {
        const tag = series.tags?.id as TagId;
        for (const row of rowsOf(series)) found.set(tag, sampleOf(tag, row));
      }
      return found;
    },
    count: async (tag, from, to, signal) => {
      if (from >= to) return 0;
      const all = (await buckets([tag], from, to, millis(to - from), signal)).get(tag) ?? [];
      return all.reduce((sum, { n, bad }) => sum + n + bad, 0);
    },
    [Symbol.asyncDispose]: async () => {},
  };
}

const partsOf = <T>(all: readonly T[], size: number): (readonly T[])[] =>
  Array.from({ length: Math.ceil(all.length / size) }, (_, i) => all.slice(i * size, (i + 1) * size));
