import { type Clock, ticks } from "#shared/kit/clock.ts";
import { failpoint } from "#shared/kit/failpoint.ts";
import type { Log } from "#shared/kit/log.ts";
import { CodedError } from "#shared/model/errors.ts";
import type { Ranges } from "#shared/model/ranges.ts";
import { keepEverything, type Retention } from "#shared/model/retention.ts";
import type { TagId } from "#shared/model/sample.ts";
import { type DurationMs, millis, seconds } from "#shared/model/time.ts";
import { GroupCommit } from "../groupCommit.ts";
import type { RefusedSample, SampleReader, SampleWriter } from "../port.ts";
import { keepRefusedOf, outcomesOf, samplesOfCall, type WriteCall, writeCall } from "../writeCall.ts";
import { bucketsOf } from "./bucketSums.ts";
import { buffersOf, groupOf } from "./group.ts";
import type { SealPolicy } from "./historyFile.ts";
import { type Points, sampleAt } from "./points.ts";
import type { RangeAnswer, ReaderRequest } from "./readerProtocol.ts";
import { ThreadCalls } from "./threadCalls.ts";
import type { Committed, WriterRequest, WriterSetup } from "./writerProtocol.ts";

export interface EmbeddedOptions {
  readonly file: string;
  readonly clock: Clock;
  readonly log: Log;
  /** The writer's part: for how long what is kept. Everything for good where absent. */
  readonly retention?: Retention;
  /** The writer's part, see `WriterEnv`. */
  readonly onDamage?: (error: CodedError) => void;
}

/** What may be tuned; the defaults suit some 2,000 tags at 1 Hz. */
export interface EmbeddedTuning extends SealPolicy {
  /** A `write` waits at most this long for others to share its commit. */
  readonly groupWait: DurationMs;
  readonly groupPoints: number;
}

const defaultTuning: EmbeddedTuning = {
  groupWait: millis(100),
  groupPoints: 10_000,
  grace: seconds(45),
  maxHotPoints: 2_000_000,
};

/** How often the writer asks whether a bucket is due, where no commit asks. */
const sealCheck = seconds(5);

/**
 * Opens the embedded store for its one writer; the file is made where it is missing. `write` resolves after the fsync
 * of its group's commit. Rejects with `DISK`, `STORE_UNAVAILABLE` (verdict retry) or `RefusedSamplesError`. A damaged
 * file is moved aside, logged as `DAMAGED` and begun anew.
 */
export async function openEmbeddedWriter(
  { file, clock, log, retention = keepEverything, onDamage }: EmbeddedOptions,
  tuning: Partial<EmbeddedTuning> = {},
): Promise<SampleWriter> {
  const { groupWait, groupPoints, ...policy } = { ...defaultTuning, ...tuning };
  const setup: WriterSetup = { file, policy, retention };
  const thread = new ThreadCalls<WriterRequest>(new URL("./writerThread.ts", import.meta.url), setup, (error) => {
    log.error({ code: error.code, error }, "Part of the history was damaged");
    onDamage?.(error);
  });
  await thread.call({ kind: "open", now: clock.now() }).catch(async (error: unknown) => {
    await thread[Symbol.asyncDispose]();
    throw error;
  });

  const closing = new AbortController();
  let seal: Promise<void> | undefined;
  const startSeal = (): Promise<void> => {
    seal ??= thread
      .call<void>({ kind: "seal", now: clock.now() })
      .then(() => thread.call<void>({ kind: "retain", now: clock.now() }))
      .catch((error: unknown) => {
        log.error({ error }, "Sealing or retention failed; nothing is lost by it and the next check tries again");
      })
      .finally(() => {
        seal = undefined;
      });
    return seal;
  };
  const checks = (async () => {
    for await (const _ of ticks(clock, sealCheck, closing.signal)) await startSeal();
  })();
  const group = new GroupCommit<WriteCall>({
    clock,
    maxWait: groupWait,
    maxSize: groupPoints,
    sizeOf: samplesOfCall,
    commit: async (calls) => {
      keepRefusedOf(calls, (call) => calls[call]?.foreseen ?? []);
      const batches = calls.flatMap((call) => call.batches);
      for (let kept = 0; ; ) {
        const made = groupOf(batches);
        const request = { kind: "commit", now: clock.now(), group: made, kept } as const;
        const { isDurable, refused, overfull, flooded } = await thread.call<Committed>(request, buffersOf(made));
        const tooOld = tooOldByCall(calls, refused);
        if (!isDurable) {
          keepRefusedOf(calls, (call) => tooOld[call] ?? []);
          kept = refused.length;
          continue;
        }
        failpoint("embedded.committed");
        if (flooded) await startSeal();
        else if (overfull) void startSeal();
        return outcomesOf(calls, (call) => [...(calls[call]?.foreseen ?? []), ...(tooOld[call] ?? [])]);
      }
    },
  });

  return {
    write: (batches, keepRefused) => group.add(writeCall(batches, keepRefused)),
    storedBatches: () => thread.call<ReadonlyMap<string, Ranges>>({ kind: "storedBatches", now: clock.now() }),
    [Symbol.asyncDispose]: async () => {
      await group[Symbol.asyncDispose]();
      closing.abort();
      await thread.call({ kind: "close", now: clock.now() }).catch((error: unknown) => {
        log.error({ error }, "The history was not closed properly; it recovers at the next start");
      });
      await Promise.all([checks, seal]);
      await thread[Symbol.asyncDispose]();
    },
  };
}

/** Per call those of its samples whose positions in the commit are in `refused`. */
function tooOldByCall(calls: readonly WriteCall[], refused: readonly number[]): readonly (readonly RefusedSample[])[] {
  if (refused.length === 0) return [];
  const why = "older than samples of this tag are kept";
  const positions = new Set(refused);
  let position = 0;
  return calls.map(({ batches }) =>
    batches
      .flatMap(({ samples }) => samples)
      .filter(() => positions.has(position++))
      .map((sample) => ({ sample, why })),
  );
}

/**
 * Opens the embedded store for reading, in any process beside the writer's. Works before the file exists: everything
 * is empty then. Rejects with `DAMAGED` where a stored block cannot be decoded, `STORE_UNAVAILABLE` else.
 */
export async function openEmbeddedReader({ file, log }: EmbeddedOptions): Promise<SampleReader> {
  const thread = new ThreadCalls<ReaderRequest>(new URL("./readerThread.ts", import.meta.url), { file }, (error) =>
    log.error({ code: error.code, error }, "The history cannot be read"),
  );
  let closed = false;
  const call = <Answer>(request: ReaderRequest, signal: AbortSignal | undefined): Promise<Answer> =>
    closed
      ? Promise.reject(new CodedError("STORE_UNAVAILABLE", "The store is closed."))
      : thread.call<Answer>(request, [], signal);
  return {
    tags: (signal) => call<readonly TagId[]>({ kind: "tags" }, signal),
    range: async (tag, from, to, limit, signal) => {
      const request = { kind: "range", tag, from, to, limit } as const;
      const { points, more, thinned } = await call<RangeAnswer>(request, signal);
      const samples = Array.from({ length: points.n }, (_, i) => sampleAt(tag, points, i));
      return thinned ? { samples, more, thinned } : { samples, more };
    },
    buckets: async (tags, from, to, width, signal) => {
      const columns = await call<Float64Array[]>({ kind: "buckets", tags, from, to, width }, signal);
      return new Map(tags.map((tag, i) => [tag, bucketsOf(columns[i] ?? new Float64Array(0))]));
    },
    last: async (tags, before, signal) => {
      const points = await call<Points[]>({ kind: "last", tags, before }, signal);
      return new Map(
        tags.flatMap((tag, i) => {
          const found = points[i];
          return found && found.n > 0 ? [[tag, sampleAt(tag, found, 0)] as const] : [];
        }),
      );
    },
    count: (tag, from, to, signal) => call<number>({ kind: "count", tag, from, to }, signal),
    [Symbol.asyncDispose]: async () => {
      closed = true;
      await thread[Symbol.asyncDispose]();
    },
  };
}
