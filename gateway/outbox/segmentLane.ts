import { dirname, join } from "node:path";
import type { Ranges } from "#shared/model/ranges.ts";
import { type Coverage, createCoverage } from "./coverage.ts";
import { createCursor } from "./cursor.ts";
import type { Entry, Lane, LaneOptions } from "./lane.ts";
import { encodeRecord } from "./record.ts";
import { asidePath, inOrder, keptName, owedName, type Segment } from "./segment.ts";
import { createSegmentWriter } from "./writer.ts";

/** A segment that is acknowledged to its end is closed from this part of its size on, so that its file can be reused. */
const worthSealing = 1 / 16;
/** One write takes about this much, so that a long outage of the disk ends in steps. */
const groupBytes = 1 << 20;

export function createLane(options: LaneOptions): Lane {
  const { queueId, disk, clock, folder, chore } = options;
  const segments = [...options.owed];
  const kept = [...options.kept];
  const coverages = coveragesOf(segments, kept);
  const own = createCoverage(queueId, 1, 0);
  coverages.set(queueId, own);
  const coverageOf = (segment: Segment) => coverages.get(segment.queueId) as Coverage;
  const cursor = createCursor(disk);
  const begun = (segment: Segment) => segments.push(segment);
  const writer = createSegmentWriter({ folder, queueId, start: options.start, disk, clock, begun });
  const unwritten: Entry[] = [];
  /** Batches of this start from here on are new or live. */
  let nextHeld = 1;
  let begunAt = clock.now();

  const sum = (list: readonly Segment[]) => list.reduce((total, { bytes }) => total + bytes, 0);
  const waiting = () => coverages.values().reduce((total, coverage) => total + coverage.waiting, 0);
  const backlog = () => waiting() - (own.last - nextHeld + 1);
  const pass = (number: number) => {
    nextHeld = Math.max(nextHeld, number + 1);
  };
  const isClosed = (segment: Segment) => segment !== writer.active;
  const forget = (segment: Segment) => segments.splice(segments.indexOf(segment), 1);
  const move = (segment: Segment, to: string) => {
    const from = segment.path;
    segment.path = to;
    return chore(() => disk.rename(from, to));
  };

  /** Keeps the files of which the host has everything; those that are damaged go aside. */
  const sweep = () => {
    for (const segment of segments.filter((one) => isClosed(one) && coverageOf(one).isSettled(one.first, one.last))) {
      forget(segment);
      if (segment.isDamaged) move(segment, asidePath(segment.path));
      else {
        kept.push(segment);
        move(segment, join(dirname(segment.path), keptName(segment)));
      }
    }
  };

  const isFull = (segment: Segment) =>
    segment.bytes >= options.segmentBytes ||
    clock.now() - begunAt >= options.segmentAge ||
    (segment.bytes >= options.segmentBytes * worthSealing && own.isSettled(segment.first, segment.last));

  const nextGroup = (): readonly Entry[] => {
    let bytes = 0;
    const more = unwritten.findIndex((entry, i) => {
      bytes += entry.record.length;
      const before = unwritten[i - 1];
      return before !== undefined && (bytes > groupBytes || entry.out.name.number !== before.out.name.number + 1);
    });
    return unwritten.slice(0, more < 0 ? undefined : more);
  };

  const lane: Lane = {
    queueId,
    quotaBytes: options.quotaBytes,
    push: (content, order) => {
      own.last += 1;
      const record = encodeRecord({ ...content, number: own.last });
      const out = { ...content, name: { queueId, number: own.last }, bytes: record.length };
      const entry: Entry = { lane, out, record, order, state: "new" };
      unwritten.push(entry);
      return entry;
    },
    unwritten,
    write: async () => {
      const group = nextGroup();
      const [head] = group;
      if (!head) return [];
      const { active } = writer;
      if (active && (isFull(active) || head.out.name.number !== active.last + 1)) await writer.seal();
      if (!writer.active) begunAt = clock.now();
      const records = group.map(({ record }) => record);
      const { segment, offset } = await writer.append(head.out.name.number, records);
      // Some may have been acknowledged or given up meanwhile.
      while (unwritten[0] && unwritten[0].out.name.number <= segment.last) unwritten.shift();
      let at = offset;
      for (const entry of group) {
        entry.place = { segment, offset: at, number: entry.out.name.number };
        at += entry.record.length;
      }
      sweep();
      return group;
    },
    dropUnwritten: () => {
      const entry = unwritten.shift();
      if (!entry) return undefined;
      const { number } = entry.out.name;
      entry.state = "past";
      pass(number);
      own.settle([[number, number]]);
      return entry;
    },
    take: (entry) => {
      entry.state = "past";
      pass(entry.out.name.number);
      own.take(entry.out.name.number);
    },
    spill: async (entry) => {
      const isFirst = backlog() === 0;
      entry.state = "past";
      pass(entry.out.name.number);
      // Everything before is taken or settled: the backlog begins here.
      if (isFirst && entry.place) await cursor.moveTo(entry.place);
    },
    takeBacklog: async () => {
      while (backlog() > 0) {
        const found = await cursor.next(segments);
        if (!found) return undefined;
        if ("damage" in found) {
          const { segment, first } = found.damage;
          segment.isDamaged = true;
          const last = segment.queueId === queueId ? Math.min(found.damage.last, nextHeld - 1) : found.damage.last;
          if (last >= first) return { damage: { segment, first, last } };
          continue;
        }
        const { segment, read } = found;
        const { number, ...content } = read.record;
        if (segment.queueId === queueId && number >= nextHeld) {
          await cursor.moveTo({ segment, offset: read.offset, number });
          return undefined;
        }
        const coverage = coverageOf(segment);
        if (!coverage.isWaiting(number)) continue;
        coverage.take(number);
        return { ...content, name: { queueId: segment.queueId, number }, bytes: read.bytes };
      }
      return undefined;
    },
    acknowledge: (id, ranges) => {
      const coverage = coverages.get(id);
      if (!coverage) return undefined;
      // Of an earlier start nobody knows any more what was sent; its queue cannot grow.
      const limit = id === queueId ? own.sentUpTo : coverage.last;
      coverage.settle(ranges.flatMap(([from, to]) => (from <= limit ? [[from, Math.min(to, limit)] as const] : [])));
      // Sent from memory while the disk took nothing.
      while (unwritten[0] && !lane.owes(unwritten[0].out.name)) unwritten.shift();
      sweep();
      // What was given up the host may name too: it knows of it by the record of the gap.
      const isKnown = ([from, to]: Ranges[number]) => to <= limit || own.isSettled(Math.max(from, limit + 1), to);
      return id !== queueId || ranges.every(isKnown) ? "accepted" : "neverSent";
    },
    owes: ({ queueId: id, number }) => {
      const coverage = coverages.get(id);
      return coverage !== undefined && !coverage.isSettled(number, number);
    },
    replay: async (from) => {
      const again = kept.filter(({ changedAt }) => changedAt >= from);
      // A file that is being renamed is there under its new name first.
      await Promise.all(
        again.map((segment) => {
          kept.splice(kept.indexOf(segment), 1);
          return move(segment, join(dirname(segment.path), owedName(segment)));
        }),
      );
      segments.push(...again);
      segments.sort(inOrder);
      for (const segment of segments.filter(({ changedAt }) => changedAt >= from)) {
        const last = segment.queueId === queueId ? Math.min(segment.last, nextHeld - 1) : segment.last;
        if (last >= segment.first) coverageOf(segment).reopen(segment.first, last);
      }
      await cursor.moveTo();
    },
    get closed() {
      return segments.filter(isClosed);
    },
    unsettled: (segment) => coverageOf(segment).unsettled(segment.first, segment.last),
    settle: (id, ranges) => coverages.get(id)?.settle(ranges),
    abandon: (segment) => {
      lane.settle(segment.queueId, [[segment.first, segment.last]]);
      if (segment.queueId === queueId) pass(segment.last);
      forget(segment);
      chore(() => disk.remove(segment.path));
    },
    dropKept: (before) => {
      const oldest = kept[0];
      if (!oldest || (before !== undefined && oldest.changedAt >= before)) return false;
      kept.shift();
      chore(() => disk.remove(oldest.path));
      return true;
    },
    seal: async () => {
      await writer.seal();
      sweep();
    },
    get bytes() {
      return sum(segments) + sum(kept);
    },
    get keptBytes() {
      return sum(kept);
    },
    get owed() {
      return coverages.values().reduce((total, coverage) => total + coverage.owed, 0);
    },
    get backlog() {
      return backlog();
    },
    get oldestUnsettled() {
      return own.unsettled(1, own.last)[0]?.[0] ?? own.last + 1;
    },
    get next() {
      return own.last + 1;
    },
    [Symbol.asyncDispose]: async () => {
      await lane.seal();
      await cursor[Symbol.asyncDispose]();
    },
  };
  return lane;
}

/** Of each earlier queue what its files say: settled is what has no file, and what is in a file that is only kept. */
function coveragesOf(owed: readonly Segment[], kept: readonly Segment[]): Map<string, Coverage> {
  const coverages = new Map<string, Coverage>();
  for (const [queueId, files] of Map.groupBy([...kept, ...owed], (segment) => segment.queueId)) {
    const first = Math.min(...files.map((one) => one.first));
    const last = Math.max(...files.map((one) => one.last));
    const coverage = createCoverage(queueId, first, last);
    coverage.settle([[first, last]]);
    for (const segment of files) if (owed.includes(segment)) coverage.reopen(segment.first, segment.last);
    coverages.set(queueId, coverage);
  }
  return coverages;
}
