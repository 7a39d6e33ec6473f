import { join } from "node:path";
import { expect, test } from "vitest";
import { silentLog } from "#shared/kit/log.ts";
import { type Keep, keepForGood, type Retention } from "#shared/model/retention.ts";
import type { Sample } from "#shared/model/sample.ts";
import { hours, instant, millis, minutes, seconds } from "#shared/model/time.ts";
import { bucketsOf } from "#shared/store/embedded/bucketSums.ts";
import { groupOf } from "#shared/store/embedded/group.ts";
import { HistoryFile } from "#shared/store/embedded/historyFile.ts";
import { historyFormat } from "#shared/store/embedded/historyFormat.ts";
import { HistoryView } from "#shared/store/embedded/historyView.ts";
import { openEmbeddedReader, openEmbeddedWriter } from "#shared/store/embedded/open.ts";
import { sampleAt } from "#shared/store/embedded/points.ts";
import { bucketWidth } from "#shared/store/embedded/schema.ts";
import { RefusedSamplesError } from "#shared/store/refused.ts";
import { type Database, openForReading } from "#shared/store/sqlite/database.ts";
import { ManualClock } from "../fakes/clock.ts";
import { temporaryFolder } from "../fakes/folder.ts";
import { bad, batch, good, NaiveStore, rounded, tag, uncertain } from "./samples.ts";

const day = hours(24);
const start = Date.UTC(2026, 5, 1);
const days = 12;
const policy = { grace: seconds(45), maxHotPoints: 0 };
const damaged = () => {
  throw new Error("nothing is damaged here");
};

/** Twelve days at 10 minutes; some bad, some uncertain. */
const samplesOf = (name: string): Sample[] =>
  Array.from({ length: days * 144 }, (_, i) => {
    const at = start + i * minutes(10) + (i % 3) * 1_000;
    if (i % 17 === 0) return bad(tag(name), at, "STALE");
    return i % 13 === 0 ? uncertain(tag(name), at, i % 61) : good(tag(name), at, (i * 7) % 61);
  });
const keep = (rawDays: number | null, minuteDays: number | null, rollUpDays: number | null): Keep => ({
  ...{ rawDays, minuteDays, rollUpDays },
});
const retention: Retention = {
  byTag: new Map([
    [tag("short"), keep(2, 5, 8)],
    [tag("raw"), keep(3, null, null)],
  ]),
  others: keepForGood,
};

async function filled(path: string): Promise<{ file: HistoryFile; naive: NaiveStore }> {
  const file = new HistoryFile(path, policy, retention, damaged);
  const naive = new NaiveStore();
  for (const name of ["short", "raw", "forever"]) {
    const samples = samplesOf(name);
    file.commit(groupOf([batch(samples)]));
    naive.write([batch(samples)]);
  }
  for (const _ of file.seal(instant(start))) {
    // to its end
  }
  return { file, naive };
}
const end = start + days * day;
const viewOf = (path: string) => new HistoryView(openForReading(path, historyFormat) as Database);
const bucketsIn = (view: HistoryView, name: string, from: number, to: number, width: number) =>
  bucketsOf(view.buckets([tag(name)], from, to, width)[0] ?? new Float64Array());

test("each tag keeps samples, minutes and roll-ups for its own time, and the rest of the history answers as before", async () => {
  await using folder = await temporaryFolder();
  const path = join(folder.path, "history.db");
  const { file, naive } = await filled(path);
  let steps = 0;
  for (const _ of file.retain(instant(end))) {
    // Commits go on between two steps.
    file.commit(groupOf([batch([good(tag("live"), end + steps, steps)])]));
    steps++;
  }
  expect(steps).toBeGreaterThan(10);
  const view = viewOf(path);
  expect(view.count(tag("live"), 0, end * 2)).toBe(steps);

  // Raw: the samples of the last days, exactly; before them the first and the last of each quarter of an hour.
  for (const [name, rawDays] of [
    ["short", 2],
    ["raw", 3],
    ["forever", days],
  ] as const) {
    const from = end - rawDays * day;
    const { points, thinned } = view.range(tag(name), from, end, 10_000);
    expect(Array.from({ length: points.n }, (_, i) => sampleAt(tag(name), points, i))).toEqual(
      naive.range(tag(name), from, end),
    );
    expect(thinned).toBe(false);
    expect(view.range(tag(name), start, end, 10_000).thinned).toBe(name !== "forever");
  }
  // Roll-ups: equal to the samples' own, as fine as they are kept, back to where they begin.
  for (const [name, from, width] of [
    ["forever", start, minutes(7)],
    ["raw", start, minutes(1)],
    ["raw", start, minutes(20)],
    ["short", end - 5 * day, minutes(1)],
    ["short", end - 8 * day, bucketWidth],
    ["short", end - 8 * day, hours(1)],
    ["short", end - 8 * day, hours(6)],
  ] as const) {
    expect(rounded(bucketsIn(view, name, from, end, width))).toEqual(
      rounded(naive.buckets(tag(name), from, end, width)),
    );
    expect(view.count(tag(name), from, end)).toBe(naive.range(tag(name), from, end).length);
  }
  expect(bucketsIn(view, "short", start, end - 8 * day, hours(1))).toEqual([]);
  expect(view.last([tag("short")], end - 8 * day)[0]?.n).toBe(0);
  for (const before of [end, end - 4 * day, end - 6 * day + 77_000]) {
    const [last] = view.last([tag("short")], before);
    expect(last && sampleAt(tag("short"), last, 0)).toEqual(naive.last(tag("short"), before));
  }
  view.database.close();

  // Again: nothing is left to do but what came due since.
  expect([...file.retain(instant(end))]).toHaveLength(0);
  file[Symbol.dispose]();
}, 60_000);

test("retention that was cut off goes on after a restart to the same end", async () => {
  await using folder = await temporaryFolder();
  const [whole, cut] = [join(folder.path, "whole.db"), join(folder.path, "cut.db")];
  {
    const { file } = await filled(whole);
    for (const _ of file.retain(instant(end))) {
      // to its end
    }
    file[Symbol.dispose]();
  }
  let { file } = await filled(cut);
  for (let turns = 0; turns < 60; turns++) {
    const work = file.retain(instant(end));
    for (let i = 0; i < turns % 3; i++) work.next();
    file[Symbol.dispose]();
    file = new HistoryFile(cut, policy, retention, damaged);
  }
  for (const _ of file.retain(instant(end))) {
    // to its end
  }
  file[Symbol.dispose]();
  const contents = (path: string) => {
    using database = openForReading(path, historyFormat) as Database;
    return ["series", "chunk", "hour"].map((table) => database.prepare(`SELECT * FROM ${table} ORDER BY id`).all());
  };
  expect(contents(cut)).toEqual(contents(whole));
}, 60_000);

test("neither a clock nor a sample that is far ahead shortens the history", async () => {
  await using folder = await temporaryFolder();
  const path = join(folder.path, "history.db");
  const { file } = await filled(path);
  const count = () => {
    const view = viewOf(path);
    const { points, thinned } = view.range(tag("raw"), end - 3 * day, end, 10_000);
    view.database.close();
    return { n: points.n, thinned };
  };
  for (const _ of file.retain(instant(end + 3_000 * day))) {
    // A clock that is years ahead: the newest sample bounds it.
  }
  expect(count()).toEqual({ n: 3 * 144, thinned: false });
  file.commit(groupOf([batch([good(tag("raw"), end + 3_000 * day, 1)])]));
  for (const _ of file.seal(instant(end))) {
    // to its end
  }
  for (const _ of file.retain(instant(end))) {
    // A sample that is years ahead: the clock bounds it.
  }
  expect(count()).toEqual({ n: 3 * 144, thinned: false });
  file[Symbol.dispose]();
});

test("retention gives free pages back to the disk", async () => {
  await using folder = await temporaryFolder();
  const path = join(folder.path, "history.db");
  const everything: Retention = { byTag: new Map(), others: keep(1, 1, 1) };
  using file = new HistoryFile(path, policy, everything, damaged);
  for (const name of ["x", "y"]) file.commit(groupOf([batch(samplesOf(name).map((s) => ({ ...s })))]));
  for (const _ of file.seal(instant(start))) {
    // to its end
  }
  const pages = () => {
    using database = openForReading(path, historyFormat) as Database;
    return Number(database.prepare("PRAGMA page_count").get()?.page_count);
  };
  const before = pages();
  for (const _ of file.retain(instant(end))) {
    // to its end
  }
  expect(pages()).toBeLessThan(before / 2);
});

test("the writer applies retention by itself, and refuses late samples alone", async () => {
  await using folder = await temporaryFolder();
  const clock = new ManualClock(instant(end));
  const options = { file: join(folder.path, "history.db"), clock, log: silentLog, retention };
  await using writer = await openEmbeddedWriter(options, { groupWait: millis(0), groupPoints: 1, maxHotPoints: 0 });
  await using reader = await openEmbeddedReader(options);
  await writer.write([batch(samplesOf("short"))]);
  const thinned = async () => (await reader.range(tag("short"), instant(start), instant(end), 1)).thinned === true;
  while (!(await thinned())) await new Promise((resolve) => setImmediate(resolve));
  const late = good(tag("short"), end - 3 * day, 99);
  const kept = [good(tag("short"), end - 1 * day + 5, 98), good(tag("forever"), start, 97)];
  const error = await writer.write([batch([late, ...kept], { queueId: "q", number: 1 })]).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(RefusedSamplesError);
  expect((error as RefusedSamplesError).refused).toEqual([
    { sample: late, why: expect.stringContaining("older than") },
  ]);
  expect(await writer.storedBatches()).toEqual(new Map([["q", [[1, 1]]]]));
  const { samples } = await reader.range(tag("forever"), instant(start), instant(end), 5);
  expect(samples).toEqual([kept[1]]);
});
