import { join } from "node:path";
import { backoff } from "#shared/kit/backoff.ts";
import type { Clock } from "#shared/kit/clock.ts";
import type { Log } from "#shared/kit/log.ts";
import type { Metrics } from "#shared/kit/metrics.ts";
import { messageOf } from "#shared/model/errors.ts";
import { type DurationMs, hours, millis } from "#shared/model/time.ts";
import { type Disk, isDiskFull } from "./disk.ts";
import { createGroup } from "./group.ts";
import type { Entry, Lane } from "./lane.ts";
import { createLimits } from "./limits.ts";
import type { Outbox } from "./port.ts";
import { createReserve } from "./reserve.ts";
import { createLane } from "./segmentLane.ts";
import { openShelf } from "./shelf.ts";

export interface OutboxOptions {
  readonly folder: string;
  /** Most bytes on disk; beyond them the oldest routine data is given up. */
  readonly quotaBytes: number;
  /** What was accepted longer ago is given up. */
  readonly maxAge: DurationMs;
  /** What the host has stored is kept this long for a replay, while there is room. */
  readonly keepFor: DurationMs;
  readonly segmentBytes: number;
  /** Batches wait this long for others, so that one sync serves all of them. */
  readonly groupWait: DurationMs;
  readonly queueId: string;
  readonly disk: Disk;
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Log;
  readonly metrics: Metrics;
  /** Called when there is something new to send. */
  readonly onDurable: () => void;
}

/** Durable batches kept in memory for sending at once; what is beyond is read from the disk again. */
const liveBatches = 64;
const liveBytes = 1 << 20;
/** Parts of the quota: alarm-relevant data and records of gaps have small ones of their own, and so stay longer. */
const alarmShare = 1 / 8;
const gapShare = 1 / 32;
const reserveShare = 1 / 64;
const mostReserve = 1 << 20;
/** A lane's quota is that of several segments, since whole segments are given up. */
const segmentsPerQuota = 8;
const segmentAge = hours(1);
/** After so many failures in a row what waits is sent from memory: alarms must not wait for a disk. */
const failuresUntilUndurable = 2;

export async function openOutbox(options: OutboxOptions): Promise<Outbox> {
  const { folder, queueId, quotaBytes, disk, clock, log, metrics } = options;
  const putAside = metrics.counter("gateway_outbox_files_put_aside_total", "Damaged files and torn tails, by reason.");
  const shelf = await openShelf({ folder, disk, log, putAside });

  let chores: Promise<void> = Promise.resolve();
  const chore = (work: () => Promise<void>): Promise<void> => {
    chores = chores.then(work).catch((error) => log.error({ error: messageOf(error) }, "DISK: cannot tidy the outbox"));
    return chores;
  };
  const makeLane = (suffix: string, share: number): Lane => {
    const isOurs = (one: { readonly queueId: string }) => suffixOf(one.queueId) === suffix;
    return createLane({
      ...options,
      queueId: `${queueId}${suffix}`,
      quotaBytes: Math.floor(quotaBytes * share),
      segmentBytes: Math.min(options.segmentBytes, Math.floor((quotaBytes * share) / segmentsPerQuota)),
      segmentAge,
      start: shelf.start,
      owed: shelf.owed.filter(isOurs),
      kept: shelf.kept.filter(isOurs),
      chore,
    });
  };
  const gapLane = makeLane(suffixes.gaps, gapShare);
  const alarmLane = makeLane(suffixes.alarm, alarmShare);
  const routineLane = makeLane(suffixes.routine, 1 - alarmShare - gapShare);
  /** In the order in which their backlog is sent. */
  const lanes = [gapLane, alarmLane, routineLane] as const;
  /** In the order in which they are given up. */
  const dataLanes = [routineLane, alarmLane] as const;

  let order = 0;
  const reserve = createReserve(join(folder, "reserve"), Math.min(mostReserve, quotaBytes * reserveShare), disk);
  await reserve.make();
  const live: Entry[] = [];
  const forgetLive = (isGone: (entry: Entry) => boolean) => {
    for (const entry of live.filter(isGone)) live.splice(live.indexOf(entry), 1);
  };
  const limits = createLimits({ ...options, gapLane, dataLanes, reserve, putAside, forgetLive });
  const group = createGroup(options.groupWait, clock);
  const closing = new AbortController();
  let flushing: Promise<void> | undefined;
  let failures = 0;
  let refusedAcks = 0;

  const unwritten = () => dataLanes.flatMap((lane) => lane.unwritten);
  const nextLive = () =>
    Math.min(orderOf(live[0]), ...dataLanes.map((lane) => orderOf(lane.unwritten.find(isNew))), order + 1);

  const offer = async (entries: readonly Entry[]) => {
    for (const entry of entries.filter(isNew)) {
      entry.state = "live";
      live.push(entry);
    }
    live.sort((a, b) => a.order - b.order);
    let held = live.reduce((sum, { out }) => sum + out.bytes, 0);
    while (live.length > liveBatches || (held > liveBytes && live.length > 1)) {
      const spilled = live.shift() as Entry;
      held -= spilled.out.bytes;
      await spilled.lane.spill(spilled);
    }
  };

  const write = async () => {
    const results = await Promise.allSettled(dataLanes.map((lane) => lane.write()));
    await offer(results.flatMap((one) => (one.status === "fulfilled" ? one.value : [])));
    const failed = results.find((one) => one.status === "rejected");
    if (failed) throw failed.reason;
  };

  const writeFailed = async (error: unknown) => {
    failures += 1;
    if (failures === 1) log.error({ error: messageOf(error) }, "DISK: the outbox cannot be written; it is tried again");
    limits.boundUnwritten();
    if (isDiskFull(error)) {
      // The first attempt in a new file is made before anything that is owed goes.
      await limits.makeRoom(failures > 1);
      await chores;
    }
    if (failures < failuresUntilUndurable) return;
    if (failures === failuresUntilUndurable)
      log.error({}, "DISK: what comes in is sent from memory, and a loss of power would lose it");
    await offer(unwritten());
    options.onDurable();
  };

  const flush = async () => {
    const waits = backoff({ first: millis(100) }, options.random);
    while (unwritten().length > 0) {
      await group.closed();
      try {
        await write();
        if (failures > 0) log.info({}, "The outbox can be written again");
        failures = 0;
      } catch (error) {
        await writeFailed(error);
        if (closing.signal.aborted) break;
        // The first attempt in a new file is made at once.
        if (failures > 1) await clock.sleep(waits.next().value, closing.signal);
        continue;
      }
      options.onDurable();
      await limits.enforce();
    }
  };

  const startFlush = () => {
    flushing ??= flush().finally(() => {
      flushing = undefined;
      if (unwritten().length > 0 && !closing.signal.aborted) startFlush();
    });
  };

  return {
    queueId,
    push: (device, samples, { when = "live", isAlarm = false } = {}) => {
      order += 1;
      const content = { device, samples, historical: when === "historical" };
      const entry = (isAlarm ? alarmLane : routineLane).push(content, order);
      group.add(entry.record.length, isAlarm);
      startFlush();
      return order;
    },
    lastNumber: () => order,
    durableNumber: () => Math.min(order, ...dataLanes.map((lane) => orderOf(lane.unwritten[0]) - 1)),
    nextLive,
    takeLive: () => {
      const entry = live.shift();
      entry?.lane.take(entry);
      return entry && { out: entry.out, order: entry.order };
    },
    takeBacklog: async () => {
      for (const lane of lanes) {
        for (;;) {
          const taken = await lane.takeBacklog();
          if (!taken) break;
          if (!("damage" in taken)) return taken;
          await limits.recordDamage(lane, taken.damage);
        }
      }
      return undefined;
    },
    acknowledge: (id, ranges) => {
      for (const lane of lanes) {
        if (lane.acknowledge(id, ranges) !== "neverSent") continue;
        refusedAcks += 1;
        log.error({ queueId: id, ranges }, "The host acknowledges batches that were never sent; they are still owed");
      }
    },
    owes: (name) => lanes.some((lane) => lane.owes(name)),
    replay: async (from) => {
      log.warn({ from }, "Batches are sent again on request");
      for (const lane of lanes) await lane.replay(from);
      options.onDurable();
    },
    depth: () => ({
      batches: lanes.reduce((sum, lane) => sum + lane.owed, 0),
      backlog: lanes.reduce((sum, lane) => sum + lane.backlog, 0),
      bytes: lanes.reduce((sum, lane) => sum + lane.bytes, 0),
      keptBytes: lanes.reduce((sum, lane) => sum + lane.keptBytes, 0),
      fill: Math.max(...dataLanes.map((lane) => (lane.bytes - lane.keptBytes) / lane.quotaBytes)),
      gaps: gapLane.owed,
      oldestUnacknowledged: routineLane.oldestUnsettled,
      next: routineLane.next,
      refusedAcks,
      isDurable: failures < failuresUntilUndurable,
    }),
    [Symbol.asyncDispose]: async () => {
      closing.abort();
      group.close();
      await flushing;
      for (const lane of lanes) await lane[Symbol.asyncDispose]();
      await chores;
    },
  };
}

/** What the queues of a lane are called, behind the id of their start. */
const suffixes = { routine: "", alarm: "_alarm", gaps: "_gaps" } as const;
const suffixOf = (queueId: string): string =>
  Object.values(suffixes).find((suffix) => suffix !== "" && queueId.endsWith(suffix)) ?? "";

const orderOf = (entry: Entry | undefined): number => entry?.order ?? Number.POSITIVE_INFINITY;
const isNew = ({ state }: Entry): boolean => state === "new";
