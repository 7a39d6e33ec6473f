import * as fc from "fast-check";
import { expect, test } from "vitest";
import { inOrderOfQueues, Precedence } from "../../ingest/host/precedence.ts";
import { ReplacedTimes } from "../../ingest/host/replacedTimes.ts";
import { addRange, noRanges, type Ranges } from "../../shared/model/ranges.ts";
import type { Sample } from "../../shared/model/sample.ts";
import type { StoredBatch } from "../../shared/store/port.ts";
import { temporaryFolder } from "../fakes/folder.ts";
import { NaiveStore } from "../store/samples.ts";
import { eventually } from "./eventually.ts";
import { startRig } from "./rig.ts";
import { good, tag } from "./samples.ts";

const temp = "chem/r101/temp";
const batch = (queueId: string, number: number, at: readonly number[]): StoredBatch => ({
  name: { queueId, number },
  samples: at.map((time) => good(temp, time, number)),
});

test("whatever the order of arrival, the highest number of a queue holds for each time", () => {
  const given = fc
    .array(fc.uniqueArray(fc.nat(8), { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 12 })
    .chain((times) => {
      const batches = times.map((at, i) => batch("q", i + 1, at));
      return fc.tuple(
        fc.shuffledSubarray(batches, { minLength: batches.length, maxLength: batches.length }),
        fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 12, maxLength: 12 }),
      );
    });
  fc.assert(
    fc.property(given, ([arriving, sizes]) => {
      const [store, precedence] = [new NaiveStore(), new Precedence()];
      let ranges: Ranges = noRanges;
      for (let start = 0, i = 0; start < arriving.length; i++) {
        const taken = inOrderOfQueues(arriving.slice(start, start + (sizes[i] as number)));
        start += sizes[i] as number;
        const superseded = precedence.superseded(taken);
        store.write(
          taken.map(({ name, samples }) => ({ name, samples: samples.filter((one) => !superseded.has(one)) })),
        );
        for (const { name } of taken) ranges = addRange(ranges, name?.number ?? 0, name?.number ?? 0);
        precedence.stored(taken, () => ranges);
      }
      const highest = new Map<number, number>();
      for (const { name, samples } of arriving) {
        for (const { at } of samples) highest.set(at, Math.max(highest.get(at) ?? 0, name?.number ?? 0));
      }
      const held = new Map(store.range(tag(temp), 0, 99).map(({ at, value }) => [at, value]));
      expect(held).toEqual(new Map([...highest].toSorted(([a], [b]) => a - b)));
    }),
  );
});

test("batches of other queues and without names keep their places", () => {
  const nameless: StoredBatch = { name: null, samples: [] };
  const mixed = [batch("a", 3, []), nameless, batch("b", 2, []), batch("a", 1, []), batch("b", 1, [])];
  expect(inOrderOfQueues(mixed).map(({ name }) => name && `${name.queueId}${name.number}`)).toEqual([
    "a1",
    null,
    "b1",
    "a3",
    "b2",
  ]);
});

test("what came early is remembered for as many samples as a window holds, and not beyond the hole below it", () => {
  const precedence = new Precedence();
  const many = (number: number) =>
    batch(
      "q",
      number,
      Array.from({ length: 10_000 }, (_, i) => i),
    );
  const late = batch("q", 2, [5]);
  for (const number of [3, 4, 5])
    precedence.stored(
      [many(number)],
      () =>
        [
          [1, 1],
          [3, number],
        ] as Ranges,
    );
  expect(precedence.superseded([late]).size).toBe(1);
  // Filled: nothing can come late any more.
  precedence.stored([late], () => [[1, 5]]);
  expect(precedence.superseded([batch("q", 1, [5])]).size).toBe(0);
});

test("ingest: a batch that is sent again behind a newer one does not put its older value back", async () => {
  await using folder = await temporaryFolder();
  await using rig = await startRig(folder.path);
  await using node = await rig.node();
  node.birth();
  await eventually(() => node.acks > 0, "answer to the birth");
  const now = Date.now();
  node.data("plc", 1, [good(temp, now, 1)]);
  node.data("plc", 3, [good(temp, now + 5, 3)]);
  await node.ackOf(3);
  node.data("plc", 2, [good(temp, now, 2), good(temp, now + 5, 2), good(temp, now + 6, 2)], true);
  await node.ackOf(2);
  await using reader = await rig.reader();
  const { samples } = await reader.range(tag(temp), now as Sample["at"], (now + 99) as Sample["at"], 9);
  expect(samples).toEqual([good(temp, now, 2), good(temp, now + 5, 3), good(temp, now + 6, 2)]);
  expect(rig.ingest.metrics.render()).toContain("ingest_samples_superseded_total 1");
});

test("a source without batches: what a second value of the same millisecond replaces is counted", () => {
  const replaced = new ReplacedTimes();
  const at = Date.now();
  expect(replaced.count([good(temp, at, 1), good(temp, at, 2), good(temp, at + 1, 3)])).toBe(1);
  // A birth repeats the newest value.
  expect(replaced.count([good(temp, at + 1, 3)])).toBe(0);
  expect(replaced.count([good(temp, at + 1, 4), good("chem/r101/mode", at + 1, 4)])).toBe(1);
});
