import { DatabaseSync } from "node:sqlite";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import {
  type AlarmEvent,
  type AlarmStatus,
  alarmPriorities,
  alarmStates,
  alarmTransitions,
} from "#shared/model/alarm.ts";
import { instant } from "#shared/model/time.ts";
import type { AlarmQuery } from "#shared/store/records/alarmJournal.ts";
import { recordsFormat } from "#shared/store/records/schema.ts";
import { splitAlarms } from "#shared/store/records/splitAlarms.ts";
import { openRecordsReader, openRecordsWriter } from "#shared/store/records/sqlite.ts";
import { openForWriting } from "#shared/store/sqlite/database.ts";
import { temporaryFolder } from "../fakes/folder.ts";
import { tag } from "./samples.ts";

type NewEvent = Omit<AlarmEvent, "seq">;

const status = (more: Partial<AlarmStatus> = {}): AlarmStatus => ({
  alarm: "p/l/a",
  line: "l",
  equipment: "e",
  tag: tag("a"),
  name: { zh: "压力高", en: "High pressure" },
  kind: "high",
  guidance: { response: { zh: "停止加热" } },
  priority: "high",
  state: "UNACK",
  limit: 6.5,
  unit: "bar",
  value: 7,
  since: instant(1),
  hiddenBy: [],
  shelvedUntil: null,
  acknowledgedBy: null,
  acknowledgedAt: null,
  ...more,
});
const event = (at: number, more: Partial<NewEvent> = {}): NewEvent => ({
  transition: "raised",
  at: instant(at),
  processedAt: instant(at + 1),
  user: null,
  comment: null,
  status: status(),
  ...more,
});

const all = { from: instant(0), to: instant(1_000_000), limit: 1_000 } as const;

const eventArbitrary: fc.Arbitrary<NewEvent> = fc
  .record({
    at: fc.integer({ min: 0, max: 30 }),
    line: fc.constantFrom("l", "m"),
    equipment: fc.constantFrom("e", "f"),
    alarm: fc.constantFrom("a", "b_1", "c%"),
    priority: fc.constantFrom(...alarmPriorities),
    state: fc.constantFrom(...alarmStates),
    transition: fc.constantFrom(...alarmTransitions),
    user: fc.constantFrom(null, "li.wei", "ann"),
    comment: fc.constantFrom(null, "Valve b_1 closed", "100 % 关闭"),
    historical: fc.boolean(),
  })
  .map(({ at, line, equipment, alarm, priority, state, transition, user, comment, historical }) =>
    event(at, {
      ...{ transition, user, comment },
      ...(historical ? { historical } : {}),
      status: status({ alarm: `p/${line}/${alarm}`, line, equipment, priority, state, name: { zh: `压力 ${alarm}` } }),
    }),
  );
const some = <T>(of: fc.Arbitrary<T>) => fc.option(of, { nil: undefined });
const queryArbitrary = fc.record(
  {
    from: fc.integer({ min: 0, max: 20 }).map(instant),
    to: fc.integer({ min: 5, max: 40 }).map(instant),
    line: some(fc.constantFrom("l", "x")),
    equipment: some(fc.constantFrom("e", "f")),
    alarm: some(fc.constantFrom("p/l/a", "p/m/c%")),
    priorities: some(fc.subarray([...alarmPriorities], { minLength: 1 })),
    states: some(fc.subarray([...alarmStates], { minLength: 1 })),
    transitions: some(fc.subarray([...alarmTransitions], { minLength: 1 })),
    user: some(fc.constantFrom("li.wei", "nobody")),
    text: some(fc.constantFrom("B_1", "%", "关闭", "压力", "\\")),
    limit: fc.integer({ min: 1, max: 12 }),
  },
  { requiredKeys: ["from", "to", "limit"] },
);

/** What a query means, said anew. */
function expected(events: readonly AlarmEvent[], query: AlarmQuery): readonly AlarmEvent[] {
  const { from, to, line, equipment, alarm, priorities, states, transitions, user, text } = query;
  const fits = ({ at, status: of, transition, user: who, comment }: AlarmEvent): boolean =>
    at >= from &&
    at < to &&
    (line === undefined || of.line === line) &&
    (equipment === undefined || of.equipment === equipment) &&
    (alarm === undefined || of.alarm === alarm) &&
    (priorities === undefined || priorities.includes(of.priority)) &&
    (states === undefined || states.includes(of.state)) &&
    (transitions === undefined || transitions.includes(transition)) &&
    (user === undefined || who === user) &&
    (text === undefined ||
      [of.name.zh, of.name.en ?? "", of.alarm, of.tag, comment ?? ""].some((words) =>
        words.toLowerCase().includes(text.toLowerCase()),
      ));
  return events.filter(fits).sort((a, b) => b.at - a.at || b.seq - a.seq);
}

test("every query finds exactly what it asks for, page by page", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(eventArbitrary, { maxLength: 40 }),
      fc.array(queryArbitrary, { minLength: 1, maxLength: 12 }),
      async (written, queries) => {
        await using folder = await temporaryFolder();
        await using writer = await openRecordsWriter(`${folder.path}/records.db`);
        const events = writer.appendAlarmEvents(written);
        for (const given of queries) {
          const query = Object.fromEntries(
            Object.entries(given).filter(([, part]) => part !== undefined),
          ) as unknown as AlarmQuery;
          const pages: AlarmEvent[] = [];
          for (let before: AlarmQuery["before"]; ; ) {
            const page = writer.alarmEvents({ ...query, ...(before ? { before } : {}) });
            pages.push(...page);
            const last = page.at(-1);
            if (page.length < query.limit || !last) break;
            before = { at: last.at, seq: last.seq };
          }
          expect(pages).toEqual(expected(events, query));
        }
      },
    ),
    { numRuns: 15 },
  );
});

test("what is the same in many events is kept once; a changed rule keeps what it was", async () => {
  await using folder = await temporaryFolder();
  const file = `${folder.path}/records.db`;
  await using writer = await openRecordsWriter(file);
  await using reader = await openRecordsReader(file);
  const renamed = status({ name: { zh: "压力很高" }, state: "ACKED" });
  const written = writer.appendAlarmEvents([event(1), event(2), event(3, { status: renamed })]);
  expect(reader.alarmEvents(all)).toEqual(written.toReversed());
  expect(reader.alarmStatuses()).toEqual([renamed]);
  using database = new DatabaseSync(file, { readOnly: true });
  expect(database.prepare("SELECT count(*) AS n FROM alarm_definition").get()).toEqual({ n: 2 });
});

/** As the software of the version before wrote it. */
const insertWhole = `INSERT INTO alarm_event (seq, alarm, line, transition, at, processed_at, user, comment, status, historical)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`;

test("a journal of the version before is split into events and definitions, and nothing of it changes", async () => {
  await using folder = await temporaryFolder();
  const file = `${folder.path}/records.db`;
  const splitting = recordsFormat.migrations.indexOf(splitAlarms);
  const before = { ...recordsFormat, migrations: recordsFormat.migrations.slice(0, splitting) };
  const old = openForWriting(file, before, () => {});
  const insert = old.prepare(insertWhole);
  const events = [event(5, { user: "ann", comment: "seen" }), event(4, { historical: true }), event(6)];
  events.forEach(({ transition, at, processedAt, user, comment, historical, status: of }, i) => {
    const columns = [i + 1, of.alarm, of.line, transition, at, processedAt, user, comment, JSON.stringify(of)];
    insert.run(...columns, historical ? 1 : 0);
  });
  const { hiddenBy: _, shelvedUntil: __, kind: ___, guidance: ____, ...early } = status();
  insert.run(4, early.alarm, "l", "raised", 7, 8, null, null, JSON.stringify({ ...early, response: { zh: "停" } }), 0);
  old.close();

  await using writer = await openRecordsWriter(file);
  const first = { ...event(7), seq: 4, status: status({ guidance: { response: { zh: "停" } } }) };
  const numbered = events.map((one, i) => ({ seq: i + 1, ...one }));
  expect(writer.alarmEventsAfter(0, 9)).toEqual([...numbered, first]);
  expect(writer.alarmStatuses()).toEqual([first.status]);
  expect(writer.alarmEvents({ ...all, text: "SEEN" })).toEqual([numbered[0]]);
  expect(writer.appendAlarmEvents([event(9)])[0]?.seq).toBe(5);
});
