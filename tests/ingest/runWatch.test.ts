import { join } from "node:path";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { runRules } from "../../ingest/runs/rule.ts";
import { spansOf } from "../../ingest/runs/spans.ts";
import { createRunWatch, type RunWatch } from "../../ingest/runs/watch.ts";
import { silentLog } from "../../shared/kit/log.ts";
import type { Run } from "../../shared/model/run.ts";
import type { Sample, TagValue } from "../../shared/model/sample.ts";
import { instant } from "../../shared/model/time.ts";
import type { RecordsWriter } from "../../shared/store/records/port.ts";
import { openRecordsWriter } from "../../shared/store/records/sqlite.ts";
import { ManualClock } from "../fakes/clock.ts";
import { temporaryFolder } from "../fakes/folder.ts";
import { memoryReader } from "./memoryReader.ts";
import { plantYaml, testPlant } from "./plantFixture.ts";
import { bad, good } from "./samples.ts";

const withRule = (rule: string) =>
  testPlant(
    plantYaml.replace("    alarms:\n      - { id: hot,", `    runs:\n      - ${rule}\n    alarms:\n      - { id: hot,`),
  );
const byMode = withRule(
  '{ id: batch, tag: r101/mode, running: ["1", "3"], held: ["4"], aborted: ["5"], equipment: [r101, r102], batch: r101/temp, kind: scaleUp }',
);
const byNumber = withRule("{ id: batch, tag: r101/mode, equipment: [r101] }");

interface Line {
  readonly watch: RunWatch;
  readonly records: RecordsWriter;
  readonly clock: ManualClock;
  /** Shows the samples, and stores them. */
  take(samples: readonly Sample[]): void;
  show(samples: readonly Sample[]): void;
  store(samples: readonly Sample[]): void;
  restart(): Promise<void>;
  runs(): readonly Pick<Run, "from" | "to" | "state" | "batch">[];
}

async function onLine(plant: ReturnType<typeof testPlant>, body: (line: Line) => Promise<void>): Promise<void> {
  await using folder = await temporaryFolder();
  await using records = await openRecordsWriter(join(folder.path, "records.db"));
  const clock = new ManualClock(instant(3_600_000));
  const reader = memoryReader();
  const start = () => createRunWatch({ plant, records, reader, clock, log: silentLog });
  let watch = start();
  const line: Line = {
    get watch() {
      return watch;
    },
    records,
    clock,
    show: (samples) => watch.evaluate(samples),
    store: (samples) => {
      reader.write(samples);
      watch.stored(samples);
    },
    take: (samples) => {
      line.show(samples);
      line.store(samples);
    },
    restart: async () => {
      watch = start();
      await watch.catchUp();
    },
    runs: () =>
      records.runs(instant(0), instant(Number.MAX_SAFE_INTEGER)).map(({ from, to, state, batch }) => ({
        from,
        to,
        state,
        batch,
      })),
  };
  await watch.catchUp();
  await body(line);
}

const mode = (at: number, value: TagValue): Sample => good("chem/r101/mode", at, value);

test("a run lasts while its tag has one of the rule's values; held and bad values change nothing", async () => {
  await onLine(byMode, async ({ take, runs }) => {
    take([mode(1_000, 2), mode(2_000, 1), mode(3_000, 4), bad("chem/r101/mode", 4_000), mode(5_000, 3)]);
    expect(runs()).toEqual([{ from: 2_000, to: null, state: "running", batch: null }]);
    take([mode(9_000, 2), mode(10_000, 1), mode(11_000, 5)]);
    expect(runs()).toEqual([
      { from: 2_000, to: 9_000, state: "completed", batch: null },
      { from: 10_000, to: 11_000, state: "aborted", batch: null },
    ]);
  });
});

test("the run holds its equipment; its batch is what the label says, also a moment behind the start", async () => {
  await onLine(byMode, async ({ take, records, runs }) => {
    take([good("chem/r101/temp", 1_900, 41), mode(2_000, 1)]);
    take([good("chem/r101/temp", 2_500, 42)]);
    take([good("chem/r101/temp", 60_000, 43)]);
    expect(runs()).toMatchObject([{ batch: "42" }]);
    expect(records.runs(instant(0), instant(9_000))[0]).toMatchObject({ equipment: ["r101", "r102"], kind: "scaleUp" });
  });
});

test("without running values each number is a run of its own", async () => {
  await onLine(byNumber, async ({ take, runs }) => {
    take([mode(1_000, 0), mode(2_000, 7), mode(3_000, 7), mode(4_000, 8), mode(5_000, 0)]);
    expect(runs()).toEqual([
      { from: 2_000, to: 4_000, state: "completed", batch: "7" },
      { from: 4_000, to: 5_000, state: "completed", batch: "8" },
    ]);
  });
});

test("what a person has set stays; the tag still ends what he left open", async () => {
  await onLine(byMode, async ({ take, store, watch, records, runs }) => {
    take([mode(2_000, 1)]);
    const was = records.runs(instant(0), instant(9_000))[0];
    if (!was) throw new Error("no run");
    const { id, revision, ...content } = was;
    const by = { id, at: instant(1), by: "li", why: "lot" };
    records.addRuns([{ ...by, origin: "a", record: { ...content, lot: "L-7" } }]);
    take([mode(9_000, 2)]);
    expect(records.run(id)).toMatchObject({ lot: "L-7", state: "completed", to: 9_000 });

    records.addRuns([{ ...by, origin: "b", record: { ...content, state: "completed", to: instant(8_000) } }]);
    const late = [mode(7_000, 2), mode(7_500, 1)];
    take(late);
    store([]);
    await watch.catchUp();
    expect(records.run(id)).toMatchObject({ to: 8_000 });
    expect(runs()).toHaveLength(2);
  });
});

test("a kill between the run and its sample: the sample comes again, the run does not", async () => {
  await onLine(byMode, async ({ take, show, restart, runs }) => {
    take([mode(1_000, 2)]);
    show([mode(2_000, 1)]);
    await restart();
    take([mode(2_000, 1)]);
    take([mode(5_000, 2)]);
    expect(runs()).toEqual([{ from: 2_000, to: 5_000, state: "completed", batch: null }]);
  });
});

test("late data shows runs that nobody saw, splits others, and takes out what never was", async () => {
  await onLine(byMode, async ({ take, watch, runs, records }) => {
    take([mode(1_000, 2), mode(50_000, 1)]);
    take([mode(10_000, 1), mode(20_000, 2), mode(30_000, 1)]);
    await watch.catchUp();
    expect(runs()).toEqual([
      { from: 10_000, to: 20_000, state: "completed", batch: null },
      { from: 30_000, to: null, state: "running", batch: null },
    ]);
    expect(records.runHistory("R000001").map(({ from, revision }) => [from, revision.why])).toEqual([
      [50_000, null],
      [30_000, null],
    ]);
  });
});

test("whatever the order of arrival, with restarts: in the end the records say what the samples say", async () => {
  const rule = runRules(byMode)[0];
  if (!rule) throw new Error("no rule");
  const values = fc.constantFrom<number | null>(1, 1, 2, 2, 3, 4, 5, null);
  const series = fc.array(values, { minLength: 1, maxLength: 30 }).map((list) =>
    list.map((value, i): Sample => {
      const at = (i + 1) * 1_000;
      return value === null ? bad("chem/r101/mode", at) : mode(at, value);
    }),
  );
  /** Per sample how much later than its turn it arrives, and what happens then. */
  const arrival = fc.array(
    fc.record({ delay: fc.nat(8), after: fc.constantFrom("", "", "catchUp", "restart", "keep") }),
    { minLength: 30, maxLength: 30 },
  );
  await fc.assert(
    fc.asyncProperty(series, arrival, async (samples, arrivals) => {
      await onLine(byMode, async (line) => {
        const order = samples
          .map((sample, i) => ({ sample, turn: i + (arrivals[i]?.delay ?? 0), after: arrivals[i]?.after }))
          .toSorted((a, b) => a.turn - b.turn);
        let kept: Sample[] = [];
        for (const { sample, after } of order) {
          line.show([sample]);
          if (after === "keep") kept.push(sample);
          else {
            line.store([...kept, sample]);
            kept = [];
          }
          if (after === "catchUp") await line.watch.catchUp();
          if (after === "restart") {
            await line.restart();
            line.show(kept);
          }
        }
        line.store(kept);
        await line.watch.catchUp();
        await line.watch.catchUp();
        const expected = spansOf(rule.config, null, samples);
        expect(line.runs()).toEqual(expected.map(({ from, to, state }) => ({ from, to, state, batch: null })));
      });
    }),
    { numRuns: 60 },
  );
});
