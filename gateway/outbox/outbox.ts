import { unlink } from "node:fs/promises";
import { backoff } from "#shared/kit/backoff.ts";
import type { Clock } from "#shared/kit/clock.ts";
import type { Log } from "#shared/kit/log.ts";
import type { Metrics } from "#shared/kit/metrics.ts";
import { messageOf } from "#shared/model/errors.ts";
import type { Ranges } from "#shared/model/ranges.ts";
import { type DurationMs, millis } from "#shared/model/time.ts";
import { createCoverage } from "./coverage.ts";
import { createCursor } from "./cursor.ts";
import { type Loss, openLosses } from "./losses.ts";
import type { Outbox, Outgoing } from "./port.ts";
import { encodeRecord } from "./record.ts";
import { firstRecord, recordsIn, type Segment } from "./segment.ts";
import { openShelf } from "./shelf.ts";
import { createSegmentWriter } from "./writer.ts";

export interface OutboxOptions {
  readonly folder: string;
  /** Most bytes on disk; beyond them the oldest segment is given up. */
  readonly quotaBytes: number;
  readonly segmentBytes: number;
  /** Batches wait this long for others, so that one sync serves all of them. */
  readonly groupWait: DurationMs;
  readonly queueId: string;
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Log;
  readonly metrics: Metrics;
  /** Called when batches became durable. */
  readonly onDurable: () => void;
}

/** Durable batches kept in memory for sending at once; what is beyond is read from the disk again. */
const liveBatches = 64;
const liveBytes = 1 << 20;
/** Batches that the disk does not take are kept in memory up to this; beyond it the oldest are given up. */
const unwrittenBytes = 16 << 20;
/** A segment that is acknowledged to its end is closed, and so removed, from this part of its size on. */
const worthSealing = 1 / 16;

interface Entry {
  readonly out: Outgoing;
  readonly record: Uint8Array;
}
type LiveEntry = Outgoing & { readonly segment: Segment; readonly offset: number };

export async function openOutbox(options: OutboxOptions): Promise<Outbox> {
  const { queueId, clock, log, metrics } = options;
  const lost = metrics.counter("gateway_samples_lost_total", "Samples given up, by reason.");
  const { segments, start } = await openShelf(options.folder, log);
  const losses = await openLosses(options.folder);
  const coverages = new Map([...segments, { queueId }].map((one) => [one.queueId, createCoverage(one.queueId)]));
  const coverageOf = (id: string) => coverages.get(id) ?? createCoverage(id);
  const own = coverageOf(queueId);
  const cursor = createCursor(firstRecord);
  const writer = createSegmentWriter(options.folder, queueId, start, (segment) => segments.push(segment));
  const closing = new AbortController();
  const unwritten: Entry[] = [];
  const live: LiveEntry[] = [];
  let nextNumber = 1;
  let durableUpTo = 0;
  let flushing: Promise<void> | undefined;
  let chores: Promise<void> = Promise.resolve();
  let diskFails = false;

  const nextLive = () => live[0]?.name.number ?? durableUpTo + 1;
  const lastForBacklog = (segment: Segment) =>
    segment.queueId === queueId ? Math.min(segment.last, nextLive() - 1) : segment.last;
  const backlog = () =>
    segments.reduce((sum, seg) => sum + coverageOf(seg.queueId).waitingCount(seg.first, lastForBacklog(seg)), 0);
  const bytes = () => segments.reduce((sum, segment) => sum + segment.bytes, 0);
  /** Work on files beside the writing, one after the other. */
  const chore = (work: () => Promise<void>) => {
    chores = chores.then(work).catch((error) => log.error({ error: messageOf(error) }, "The outbox cannot tidy up"));
  };

  const giveUp = (loss: Loss, reason: string) => {
    if (loss.ranges.length === 0) return;
    coverageOf(loss.queueId).settle(loss.ranges);
    lost.add(loss.samples, { reason });
    log.error({ ...loss, reason }, "Samples are given up; the gap is reported to the host");
    chore(() => losses.add(loss));
  };

  const remove = (segment: Segment) => {
    segments.splice(segments.indexOf(segment), 1);
    chore(() => unlink(segment.path));
  };

  /** Removes what the host has stored. */
  const sweep = () => {
    for (const segment of segments.filter((one) => one !== writer.active)) {
      if (coverageOf(segment.queueId).isSettled(segment.first, segment.last)) remove(segment);
    }
  };

  const enforceQuota = async () => {
    while (bytes() > options.quotaBytes && segments.length > 1) {
      const oldest = segments.find((segment) => segment !== writer.active);
      if (!oldest) return;
      while (live[0]?.segment === oldest) live.shift();
      const coverage = coverageOf(oldest.queueId);
      const ranges = coverage.waiting(oldest.first, oldest.last);
      coverage.settle(ranges);
      giveUp(await lossIn(oldest, ranges), "outbox_full");
      remove(oldest);
    }
  };

  const keepLive = (entries: readonly LiveEntry[]) => {
    const hadBacklog = backlog() > 0;
    live.push(...entries);
    let held = live.reduce((sum, entry) => sum + entry.bytes, 0);
    let first: LiveEntry | undefined;
    while (live.length > liveBatches || (held > liveBytes && live.length > 1)) {
      const spilled = live.shift();
      held -= spilled?.bytes ?? 0;
      first ??= spilled;
    }
    // Everything before is taken or settled: the backlog begins here.
    if (first && !hadBacklog) return cursor.moveTo(first.segment, first.offset);
    return undefined;
  };

  const write = async () => {
    const group = unwritten.slice();
    const [head] = group;
    if (!head) return;
    const { active } = writer;
    if (active && (active.bytes >= options.segmentBytes || isWorthSealing(active))) await writer.seal();
    const { segment, offset } = await writer.append(
      head.out.name.number,
      group.map(({ record }) => record),
    );
    unwritten.splice(0, group.length);
    durableUpTo = segment.last;
    let at = offset;
    const entries = group.map(({ out, record }): LiveEntry => {
      const entry = { ...out, segment, offset: at };
      at += record.length;
      return entry;
    });
    await keepLive(entries);
    sweep();
    await enforceQuota();
  };
  const isWorthSealing = (segment: Segment) =>
    segment.bytes >= options.segmentBytes * worthSealing && own.isSettled(segment.first, segment.last);

  const flush = async () => {
    const waits = backoff({ first: millis(100) }, options.random);
    await clock.sleep(options.groupWait, closing.signal);
    while (unwritten.length > 0) {
      try {
        await write();
        if (diskFails) log.info({}, "The outbox can be written again");
        diskFails = false;
        options.onDurable();
      } catch (error) {
        if (!diskFails) log.error({ error: messageOf(error) }, "DISK: the outbox cannot be written; it is tried again");
        diskFails = true;
        giveUpUnwritten();
        if (closing.signal.aborted) break;
        await clock.sleep(waits.next().value, closing.signal);
      }
    }
  };

  /** While the disk takes nothing, memory is bounded too. */
  const giveUpUnwritten = () => {
    let held = unwritten.reduce((sum, { out }) => sum + out.bytes, 0);
    while (held > unwrittenBytes) {
      const oldest = unwritten.shift();
      if (!oldest) return;
      held -= oldest.out.bytes;
      giveUp(lossOf(oldest.out), "disk");
    }
  };

  return {
    queueId,
    push: (device, samples, when = "live") => {
      const number = nextNumber++;
      const historical = when === "historical";
      const record = encodeRecord({ number, device, samples, historical });
      const out = { name: { queueId, number }, device, samples, historical, bytes: record.length };
      unwritten.push({ out, record });
      flushing ??= flush().finally(() => {
        flushing = undefined;
      });
      return number;
    },
    lastNumber: () => nextNumber - 1,
    durableNumber: () => durableUpTo,
    nextLive,
    takeLive: () => {
      const taken = live.shift();
      if (taken) own.take(taken.name.number);
      return taken;
    },
    takeBacklog: async () => {
      while (backlog() > 0) {
        const found = await cursor.next(segments);
        if (!found) return undefined;
        if ("damaged" in found) {
          const { damaged } = found;
          const ranges = coverageOf(damaged.queueId).waiting(damaged.first, lastForBacklog(damaged));
          giveUp({ queueId: damaged.queueId, ranges, samples: 0, from: null, to: null }, "damaged");
          continue;
        }
        const { record, bytes } = found.read;
        const coverage = coverageOf(found.segment.queueId);
        if (!coverage.isWaiting(record.number)) continue;
        coverage.take(record.number);
        const name = { queueId: found.segment.queueId, number: record.number };
        const { number: _, ...batch } = record;
        return { ...batch, name, bytes };
      }
      return undefined;
    },
    acknowledge: (id, ranges) => {
      const coverage = coverages.get(id);
      if (coverage) {
        const last = id === queueId ? nextLive() - 1 : Number.MAX_SAFE_INTEGER;
        coverage.settle(ranges.flatMap(([from, to]) => (from <= last ? [[from, Math.min(to, last)] as const] : [])));
        sweep();
      }
      chore(() => losses.acknowledge(id, ranges));
    },
    get losses() {
      return losses.all;
    },
    depth: () => ({
      batches: segments.reduce((sum, one) => sum + coverageOf(one.queueId).unsettled(one.first, one.last), 0),
      backlog: backlog(),
      bytes: bytes(),
    }),
    [Symbol.asyncDispose]: async () => {
      closing.abort();
      await flushing;
      await writer.seal();
      sweep();
      await chores;
      await cursor[Symbol.asyncDispose]();
    },
  };
}

const lossOf = ({ name, samples }: Outgoing): Loss => ({
  queueId: name.queueId,
  ranges: [[name.number, name.number]],
  samples: samples.length,
  from: samples[0]?.at ?? null,
  to: samples.at(-1)?.at ?? null,
});

/** What is lost with these batches of a segment. */
async function lossIn(segment: Segment, ranges: Ranges): Promise<Loss> {
  let loss: Loss = { queueId: segment.queueId, ranges, samples: 0, from: null, to: null };
  const wanted = (number: number) => ranges.some(([first, last]) => number >= first && number <= last);
  for await (const { record } of recordsIn(segment.path)) {
    const [first] = record.samples;
    if (!first || !wanted(record.number)) continue;
    const to = record.samples.at(-1)?.at ?? null;
    loss = { ...loss, samples: loss.samples + record.samples.length, from: loss.from ?? first.at, to };
  }
  return loss;
}
