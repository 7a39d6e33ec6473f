import { createHash } from "node:crypto";
import type { Clock } from "#shared/kit/clock.ts";
import type { Log } from "#shared/kit/log.ts";
import type { AlarmEvent } from "#shared/model/alarm.ts";
import { formatRanges, parseRanges } from "#shared/model/ranges.ts";
import { openSound } from "../sqlite/damage.ts";
import { checkWhole, type Database, openForWriting, storeError, transaction } from "../sqlite/database.ts";
import { ReaderFile } from "../sqlite/readerFile.ts";
import { type DeadLetterTotals, letterEnds, type RecordsReader, type RecordsWriter } from "./port.ts";
import { acceptedOf, deadLetterOf, eventOf, gapOf, queueOf, statusOf } from "./rows.ts";
import { recordsFormat, recordsSql } from "./schema.ts";

/**
 * Opens the records for ingest, their one writer (D5). Every call is one durable transaction and throws `DISK` or
 * `STORE_UNAVAILABLE` (verdict retry) where it could not be made. With `env`, a damaged file is moved aside, logged and
 * begun anew; without, it throws `DAMAGED`.
 */
export async function openRecordsWriter(file: string, env?: { clock: Clock; log: Log }): Promise<RecordsWriter> {
  const guard = guarded(file);
  const open = () => openForWriting(file, recordsFormat, checkWhole);
  const { opened: database, damage } = guard(() =>
    env ? openSound(file, env.clock.now(), open) : { opened: open(), damage: null },
  );
  if (damage) env?.log.error({ code: damage.code, error: damage }, "Records were damaged and begin anew");
  const sql = prepareAll(database);
  const durably = <Result>(body: () => Result): Result => guard(() => transaction(database, body));
  return {
    ...readingFrom(() => ({ database, sql }), guard),
    appendAlarmEvents: (events) =>
      durably(() => {
        const last = Number(sql.maxSeq.get()?.seq);
        return events.map((event, i) => {
          const numbered: AlarmEvent = { seq: last + 1 + i, ...event };
          const { seq, status, transition, at, processedAt, user, comment, historical } = numbered;
          const columns = [seq, status.alarm, status.line, transition, at, processedAt, user, comment];
          sql.insertEvent.run(...columns, JSON.stringify(status), historical ? 1 : 0);
          return numbered;
        });
      }),
    saveGaps: (put, remove = []) =>
      durably(() => {
        for (const { tag, from, cause } of remove) sql.deleteGap.run(tag, from, cause);
        for (const { tag, from, to, cause, lost } of put) {
          sql.upsertGap.run(tag, from, to, cause, lost);
        }
      }),
    saveAccepted: (rows, queues) =>
      durably(() => {
        for (const { queueId, highest, ranges } of queues) sql.upsertQueue.run(queueId, highest, formatRanges(ranges));
        for (const { hour, tag, queueId, count } of rows) sql.upsertAccepted.run(hour, tag, queueId, count);
      }),
    forgetAccepted: (before) =>
      durably(() => {
        sql.deleteAccepted.run(before);
        sql.deleteQueues.run();
      }),
    appendDeadLetters: (letters) =>
      durably(() => {
        for (const { receivedAt, topic, reason, payload, tag, at } of letters) {
          const digest = createHash("sha256").update(`${topic}\0`).update(payload).digest();
          sql.insertDeadLetter.run(receivedAt, topic, reason, payload, tag ?? null, at ?? null, receivedAt, digest);
        }
      }),
    removeDeadLetters: (ids, why) =>
      durably(() => {
        const gone = ids.reduce((sum, id) => sum + Number(sql.deleteDeadLetter.run(id).changes), 0);
        if (gone > 0) sql.countGone.run(why, gone);
        return gone;
      }),
    pruneDeadLetters: (before, maxBytes) =>
      durably(() => {
        const expired = Number(sql.expireDeadLetters.run(before).changes);
        const crowdedOut = Number(sql.crowdOutDeadLetters.run(maxBytes).changes);
        if (expired > 0) sql.countGone.run("expired", expired);
        if (crowdedOut > 0) sql.countGone.run("crowded_out", crowdedOut);
        return expired + crowdedOut;
      }),
    saveStoredBatches: (queueId, ranges) =>
      durably(() => {
        sql.upsertRanges.run(queueId, formatRanges(ranges));
      }),
    [Symbol.asyncDispose]: async () => database.close(),
  };
}

/** Opens the records beside their writer. Works before the file exists: everything is empty then. */
export async function openRecordsReader(file: string): Promise<RecordsReader> {
  const reader = new ReaderFile(file, recordsFormat, (database) => ({ database, sql: prepareAll(database) }));
  return {
    ...readingFrom(() => reader.current(), guarded(file)),
    [Symbol.asyncDispose]: async () => reader[Symbol.dispose](),
  };
}

type Statements = Readonly<Record<keyof typeof recordsSql, ReturnType<Database["prepare"]>>>;

const prepareAll = (database: Database): Statements =>
  Object.fromEntries(Object.entries(recordsSql).map(([name, sql]) => [name, database.prepare(sql)])) as Statements;

type Guard = <Result>(body: () => Result) => Result;

const guarded =
  (file: string): Guard =>
  (body) => {
    try {
      return body();
    } catch (error) {
      throw storeError(error, file);
    }
  };

function readingFrom(current: () => { sql: Statements } | undefined, guard: Guard): Omit<RecordsReader, symbol> {
  const rows = (query: (sql: Statements) => ReturnType<Statements["gaps"]["all"]>) =>
    guard(() => {
      const open = current();
      return open ? query(open.sql) : [];
    });
  return {
    alarmEventsAfter: (after, limit) => rows((sql) => sql.eventsAfter.all(after, limit)).map(eventOf),
    alarmEvents: ({ from, to, line, limit }) =>
      rows((sql) =>
        line === undefined ? sql.events.all(from, to, limit) : sql.eventsOfLine.all(from, to, line, limit),
      ).map(eventOf),
    alarmStatuses: () => rows((sql) => sql.statuses.all()).map(statusOf),
    alarmSeq: () => Number(rows((sql) => sql.maxSeq.all())[0]?.seq ?? 0),
    gaps: (tag, from, to) => rows((sql) => sql.gaps.all(tag, to, from, from)).map(gapOf),
    allGaps: (from, to) => rows((sql) => sql.allGaps.all(to, from, from)).map(gapOf),
    accepted: (from, to) => rows((sql) => sql.accepted.all(from, to)).map(acceptedOf),
    queues: () => rows((sql) => sql.queues.all()).map(queueOf),
    deadLetters: (limit) => rows((sql) => sql.deadLetters.all(limit)).map(deadLetterOf),
    deadLetter: (id) => rows((sql) => sql.deadLetter.all(id)).map(deadLetterOf)[0],
    deadLetterTotals: () => {
      const totals = rows((sql) => sql.deadLetterTotals.all())[0];
      const gone = new Map(rows((sql) => sql.deadLettersGone.all()).map(({ why, n }) => [why, Number(n)]));
      const ends = Object.fromEntries(letterEnds.map((why) => [why, gone.get(why) ?? 0]));
      return {
        letters: Number(totals?.letters ?? 0),
        times: Number(totals?.times ?? 0),
        bytes: Number(totals?.bytes ?? 0),
        gone: ends as DeadLetterTotals["gone"],
      };
    },
    storedBatches: () =>
      new Map(rows((sql) => sql.ranges.all()).map((row) => [String(row.queue_id), parseRanges(String(row.ranges))])),
  };
}
