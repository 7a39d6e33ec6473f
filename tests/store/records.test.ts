import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { systemClock } from "#shared/kit/clock.ts";
import { silentLog } from "#shared/kit/log.ts";
import type { AlarmEvent, AlarmStatus } from "#shared/model/alarm.ts";
import type { Gap } from "#shared/model/sample.ts";
import { instant } from "#shared/model/time.ts";
import { recordsFormat } from "#shared/store/records/schema.ts";
import { openRecordsReader, openRecordsWriter } from "#shared/store/records/sqlite.ts";
import { openForWriting } from "#shared/store/sqlite/database.ts";
import { temporaryFolder } from "../fakes/folder.ts";
import { tag } from "./samples.ts";

const status = (alarm: string, state: AlarmStatus["state"], line = "l"): AlarmStatus => ({
  alarm,
  line,
  equipment: "e",
  tag: tag("a"),
  name: { zh: "压力高", en: "High pressure" },
  kind: "high",
  guidance: { response: { zh: "停止加热" } },
  priority: "critical",
  state,
  limit: 6.5,
  unit: "bar",
  value: state === "NORM" ? null : 7,
  since: null,
  hiddenBy: [],
  shelvedUntil: null,
  acknowledgedBy: null,
  acknowledgedAt: null,
});

const event = (at: number, of: AlarmStatus): Omit<AlarmEvent, "seq"> => ({
  transition: of.state === "NORM" ? "cleared" : "raised",
  at: instant(at),
  processedAt: instant(at + 1),
  user: null,
  comment: at === 10 ? "checked on site" : null,
  status: of,
});

async function opened() {
  const folder = await temporaryFolder();
  const file = join(folder.path, "records.db");
  const stack = new AsyncDisposableStack();
  stack.use(folder);
  const reader = stack.use(await openRecordsReader(file));
  return { file, folder, reader, stack, [Symbol.asyncDispose]: () => stack.disposeAsync() };
}

test("before the file exists a reader finds nothing, afterwards what the writer wrote", async () => {
  await using store = await opened();
  const { reader, file } = store;
  expect([reader.alarmSeq(), reader.alarmStatuses(), reader.gaps(tag("a"), instant(0), instant(9))]).toEqual([
    0,
    [],
    [],
  ]);
  await using writer = await openRecordsWriter(file);
  writer.appendAlarmEvents([event(10, status("x", "UNACK"))]);
  expect(reader.alarmSeq()).toBe(1);
});

test("the journal numbers events without a gap, over reopening, and is read from both ends", async () => {
  await using store = await opened();
  const { reader, file } = store;
  const first = await openRecordsWriter(file);
  const written = first.appendAlarmEvents([event(10, status("x", "UNACK")), event(20, status("y", "UNACK", "m"))]);
  expect(written.map(({ seq }) => seq)).toEqual([1, 2]);
  await first[Symbol.asyncDispose]();
  await using writer = await openRecordsWriter(file);
  const more = writer.appendAlarmEvents([event(20, status("x", "NORM"))]);
  expect(writer.appendAlarmEvents([])).toEqual([]);
  const all = [...written, ...more];
  expect(reader.alarmEventsAfter(0, 10)).toEqual(all);
  expect(reader.alarmEventsAfter(1, 1)).toEqual([all[1]]);
  const from = instant(10);
  expect(reader.alarmEvents({ from, to: instant(21), limit: 9 })).toEqual([all[2], all[1], all[0]]);
  expect(reader.alarmEvents({ from, to: instant(20), limit: 9 })).toEqual([all[0]]);
  expect(reader.alarmEvents({ from, to: instant(99), line: "m", limit: 9 })).toEqual([all[1]]);
  const late = { ...event(15, status("x", "UNACK")), historical: true as const };
  expect(writer.appendAlarmEvents([late])).toEqual([{ seq: 4, ...late }]);
  expect(reader.alarmEventsAfter(3, 9)).toEqual([{ seq: 4, ...late }]);
  // What came to light late is not how the alarm stands.
  expect(reader.alarmStatuses().map(({ alarm, state }) => [alarm, state])).toEqual([
    ["x", "NORM"],
    ["y", "UNACK"],
  ]);
  expect(reader.alarmEvents({ from, to: instant(99), limit: 1 })).toEqual([all[2]]);
  expect(reader.alarmStatuses()).toEqual([status("x", "NORM"), status("y", "UNACK", "m")]);
});

test("a gap is replaced by its tag and start, and found where it overlaps", async () => {
  await using store = await opened();
  await using writer = await openRecordsWriter(store.file);
  const gap = (from: number, to: number | null, lost: number | null = null): Gap => ({
    tag: tag("a"),
    from: instant(from),
    to: to === null ? null : instant(to),
    cause: "device_lost",
    lost,
  });
  writer.saveGaps([gap(100, 200, 7), gap(300, null)]);
  const found = (from: number, to: number) => store.reader.gaps(tag("a"), instant(from), instant(to));
  expect(found(0, 100)).toEqual([]);
  expect(found(0, 101)).toEqual([gap(100, 200, 7)]);
  expect(found(199, 300)).toEqual([gap(100, 200, 7)]);
  expect(found(200, 300)).toEqual([]);
  expect(found(900, 901)).toEqual([gap(300, null)]);
  writer.saveGaps([gap(300, 400)]);
  expect(found(0, 1_000)).toEqual([gap(100, 200, 7), gap(300, 400)]);
  expect(store.reader.gaps(tag("b"), instant(0), instant(1_000))).toEqual([]);
  const one: Gap = { ...gap(100, 100, 1), cause: "rejected" };
  writer.saveGaps([one, { ...gap(500, 600), tag: tag("b"), lost: 4 }], [gap(300, 400)]);
  expect(found(100, 101)).toEqual([gap(100, 200, 7), one]);
  expect(found(101, 1_000)).toEqual([gap(100, 200, 7)]);
  expect(store.reader.allGaps(instant(150), instant(1_000))).toMatchObject([{ tag: tag("a") }, { lost: 4 }]);
});

test("a dead letter keeps its bytes, newest first; the same again is one letter that counts", async () => {
  await using store = await opened();
  await using writer = await openRecordsWriter(store.file);
  const letter = (n: number) => ({
    receivedAt: instant(n),
    topic: "spBv1.0/p/DDATA/e/d",
    reason: "MALFORMED: no",
    payload: Uint8Array.of(0, 255, n),
  });
  const sample = { ...letter(4), topic: "sample t/l/e/a", tag: tag("a"), at: instant(77) };
  writer.appendDeadLetters([letter(1), letter(2), letter(3), sample]);
  writer.appendDeadLetters([{ ...letter(2), receivedAt: instant(9), reason: "again" }]);
  expect(store.reader.deadLetters(3)).toEqual([
    { id: 4, ...sample, times: 1, lastReceivedAt: 4 },
    { id: 3, ...letter(3), times: 1, lastReceivedAt: 3 },
    { id: 2, ...letter(2), reason: "again", times: 2, lastReceivedAt: 9 },
  ]);
  expect(store.reader.deadLetter(2)).toMatchObject({ times: 2 });
  expect(store.reader.deadLetter(99)).toBeUndefined();
  const gone = { replayed: 0, dropped: 0, expired: 0, crowded_out: 0 };
  expect(store.reader.deadLetterTotals()).toEqual({ letters: 4, times: 5, bytes: 12, gone });
});

test("letters go by age, by room and by hand, and what went is counted", async () => {
  await using store = await opened();
  await using writer = await openRecordsWriter(store.file);
  const letters = Array.from({ length: 10 }, (_, n) => ({
    receivedAt: instant(n),
    topic: "t",
    reason: "r",
    payload: new Uint8Array(100).fill(n),
  }));
  writer.appendDeadLetters(letters);
  expect(writer.removeDeadLetters([1, 2, 99], { why: "replayed", who: "li.wei", at: instant(5) })).toBe(2);
  expect(writer.removeDeadLetters([3], { why: "dropped", who: "chen", at: instant(6) })).toBe(1);
  const what = { topic: "t", reason: "r" };
  expect(store.reader.letterActs(9)).toEqual([
    { letter: 3, ...what, why: "dropped", who: "chen", at: 6 },
    { letter: 2, ...what, why: "replayed", who: "li.wei", at: 5 },
    { letter: 1, ...what, why: "replayed", who: "li.wei", at: 5 },
  ]);
  expect(writer.pruneDeadLetters(instant(5), 350)).toBe(4);
  expect(store.reader.deadLetters(99).map(({ id }) => id)).toEqual([10, 9, 8]);
  expect(store.reader.deadLetterTotals()).toMatchObject({
    letters: 3,
    gone: { replayed: 2, dropped: 1, expired: 2, crowded_out: 2 },
  });
});

test("stored batches are kept per queue, the last word holding", async () => {
  await using store = await opened();
  await using writer = await openRecordsWriter(store.file);
  writer.saveStoredBatches("q", [[1, 5]]);
  writer.saveStoredBatches("r", [[2, 2]]);
  writer.saveStoredBatches("q", [
    [1, 6],
    [9, 9],
  ]);
  const expected = new Map([
    [
      "q",
      [
        [1, 6],
        [9, 9],
      ],
    ],
    ["r", [[2, 2]]],
  ]);
  expect(store.reader.storedBatches()).toEqual(expected);
  expect(writer.storedBatches()).toEqual(expected);
});

test("a call that fails leaves nothing of it", async () => {
  await using store = await opened();
  await using writer = await openRecordsWriter(store.file);
  const broken = { ...event(20, status("y", "UNACK")), at: "yesterday" as never };
  expect(() => writer.appendAlarmEvents([event(10, status("x", "UNACK")), broken])).toThrow("STORE_UNAVAILABLE");
  expect(store.reader.alarmEventsAfter(0, 9)).toEqual([]);
  expect(writer.appendAlarmEvents([event(10, status("x", "UNACK"))])[0]?.seq).toBe(1);
});

test("a damaged file: refused without an environment, else moved aside, logged and begun anew", async () => {
  await using store = await opened();
  await writeFile(store.file, "no records ".repeat(1_000));
  await expect(openRecordsWriter(store.file)).rejects.toThrow("DAMAGED");
  const errors: object[] = [];
  const log = { ...silentLog, error: (fields: object) => errors.push(fields) };
  await using writer = await openRecordsWriter(store.file, { clock: systemClock, log });
  expect(errors).toMatchObject([{ code: "DAMAGED" }]);
  writer.appendAlarmEvents([event(10, status("x", "UNACK"))]);
  expect(store.reader.alarmSeq()).toBe(1);
});

test("a file of a newer version is refused, not changed", async () => {
  await using store = await opened();
  await (await openRecordsWriter(store.file))[Symbol.asyncDispose]();
  const known = recordsFormat.migrations.length;
  const database = openForWriting(
    store.file,
    { name: "records", migrations: [...recordsFormat.migrations, "CREATE TABLE later (x)"] },
    () => {},
  );
  database.close();
  await expect(openRecordsWriter(store.file)).rejects.toThrow(
    new RegExp(`CONFIG: .*records file of version ${known + 1}; this software knows ${known}`),
  );
  expect(() => store.reader.alarmSeq()).toThrow("CONFIG");
});

test("records of the first version are taken over with their gaps", async () => {
  await using store = await opened();
  const [first = ""] = recordsFormat.migrations;
  const old = openForWriting(store.file, { name: "records", migrations: [first] }, () => {});
  old.exec("INSERT INTO gap VALUES ('t/l/e/a', 5, 5, 'store_refused', 1), ('t/l/e/a', 9, NULL, 'device_lost', NULL)");
  old.exec("INSERT INTO dead_letter VALUES (1, 7, 't', 'r', x'00')");
  old.close();
  await using writer = await openRecordsWriter(store.file);
  expect(writer.deadLetters(9)).toMatchObject([{ receivedAt: 7, times: 1, lastReceivedAt: 7 }]);
  expect(writer.allGaps(instant(0), instant(99))).toMatchObject([
    { from: 5, to: 5, cause: "rejected", lost: 1 },
    { from: 9, to: null, cause: "device_lost", lost: null },
  ]);
});

test("batches that were given up are added to what is known of their queue, and forgotten after a while", async () => {
  await using store = await opened();
  await using writer = await openRecordsWriter(store.file);
  writer.saveGivenUp([{ queueId: "q", ranges: [[1, 2]] }], instant(5));
  writer.saveGivenUp(
    [
      {
        queueId: "q",
        ranges: [
          [3, 3],
          [7, 9],
        ],
      },
      { queueId: "old", ranges: [[1, 1]] },
    ],
    instant(9),
  );
  expect(store.reader.givenUpBatches()).toEqual(
    new Map([
      [
        "q",
        [
          [1, 3],
          [7, 9],
        ],
      ],
      ["old", [[1, 1]]],
    ]),
  );
  writer.forgetGivenUp(instant(10));
  expect(store.reader.givenUpBatches()).toEqual(new Map());
});
