import { join } from "node:path";
import { expect, test } from "vitest";
import { silentLog } from "#shared/kit/log.ts";
import type { AlarmEvent, AlarmStatus } from "#shared/model/alarm.ts";
import type { Sample } from "#shared/model/sample.ts";
import { type EpochMs, instant, millis } from "#shared/model/time.ts";
import type { Plant } from "#shared/plant/plant.ts";
import { plantAlarms } from "#shared/plant/select.ts";
import { openRecordsWriter } from "#shared/store/records/sqlite.ts";
import type { AlarmCommand } from "../../ingest/alarms/command.ts";
import { createAlarmEngine } from "../../ingest/alarms/engine.ts";
import type { AlarmEngine } from "../../ingest/alarms/enginePort.ts";
import { ManualClock } from "../fakes/clock.ts";
import { temporaryFolder } from "../fakes/folder.ts";
import { memoryReader } from "./memoryReader.ts";
import { plantYaml, testPlant } from "./plantFixture.ts";
import { bad, good } from "./samples.ts";

const start = 1_790_000_000_000;
const at = (s: number): EpochMs => instant(start + s * 1_000);

/** The small plant with these rules in place of its own, one a line. */
const plantWith = (...rules: readonly string[]): Plant =>
  testPlant(
    plantYaml
      .replace("unit: kW, meaning: power", "unit: Cel")
      .replace(/(?<=^ {4}alarms:\n)(?: {6}- .*\n)+/m, rules.map((rule) => `      - ${rule}\n`).join("")),
  );

const rule = (id: string, tag: string, more: string): string =>
  `{ id: ${id}, name: { zh: ${id} }, tag: ${tag}, ${more} }`;

interface Bench extends AsyncDisposable {
  readonly clock: ManualClock;
  readonly events: AlarmEvent[];
  /** Samples go to the engine and then to the store, as in ingest. */
  feed(...samples: readonly Sample[]): void;
  /** Seconds after the start. */
  until(s: number): Promise<void>;
  state(alarm: string): AlarmStatus["state"];
  status(alarm: string): AlarmStatus | undefined;
  engine(): AlarmEngine;
  reviewLate(): Promise<void>;
  /** Ingest dies and starts again, perhaps with another plant. */
  restart(plant?: Plant): Promise<void>;
  /** `<alarm> <transition> <seconds>` of all events so far. */
  told(): readonly string[];
}

async function bench(first: Plant): Promise<Bench> {
  const folder = await temporaryFolder();
  const clock = new ManualClock(at(0));
  const reader = memoryReader();
  const records = await openRecordsWriter(join(folder.path, "records.db"));
  const events: AlarmEvent[] = [];
  const open = (plant: Plant) =>
    createAlarmEngine({
      plant,
      alarms: plantAlarms(plant),
      records,
      reader,
      clock,
      log: silentLog,
      sink: { events: (more) => void events.push(...more), active: () => {} },
    });
  let plant = first;
  let engine = await open(plant);
  const status = (alarm: string) => engine.listed().find((one) => one.alarm === `demo/chem/${alarm}`);
  return {
    clock,
    events,
    feed: (...samples) => {
      engine.evaluate(samples);
      engine.flush();
      reader.write(samples);
    },
    until: async (s) => {
      while (clock.now() < at(s)) {
        await clock.advance(millis(100));
        engine.tick();
      }
      engine.flush();
    },
    status,
    state: (alarm) => status(alarm)?.state ?? "NORM",
    engine: () => engine,
    reviewLate: async () => {
      await engine.reviewLate(reader);
      engine.flush();
    },
    restart: async (other = plant) => {
      plant = other;
      engine = await open(plant);
      engine.flush();
    },
    told: () =>
      events.map(({ status: { alarm }, transition, at: when }) =>
        [alarm.slice("demo/chem/".length), transition, (when - start) / 1_000].join(" "),
      ),
    [Symbol.asyncDispose]: async () => {
      await records[Symbol.asyncDispose]();
      await folder[Symbol.asyncDispose]();
    },
  };
}

const temp = (s: number, value: number | null): Sample =>
  value === null ? bad("chem/r101/temp", at(s)) : good("chem/r101/temp", at(s), value);
const mode = (s: number, value: number): Sample => good("chem/r101/mode", at(s), value);

test("highHigh eclipses high: one sample beyond both calls once, and the lower is shown again when the upper is over", async () => {
  await using run = await bench(
    plantWith(
      rule("hot", "r101/temp", "kind: high, limit: 80, suppress: { alarms: [hot-hot] }"),
      rule("hot-hot", "r101/temp", "kind: highHigh, limit: 90"),
    ),
  );
  run.feed(temp(1, 95));
  expect([run.state("hot"), run.state("hot-hot")]).toEqual(["DSUPR", "UNACK"]);
  expect(run.status("hot")?.hiddenBy).toMatchObject([
    { state: "DSUPR", user: null, logic: { en: "“hot-hot” says it already" } },
  ]);
  run.feed(temp(2, 85));
  expect([run.state("hot"), run.state("hot-hot")]).toEqual(["UNACK", "RTNUN"]);
  expect(run.told()).toEqual([
    "hot-hot raised 1",
    "hot suppressed 1",
    "hot raised 1",
    "hot-hot returned 2",
    "hot unsuppressed 2",
  ]);
  // What nobody sees may hide nothing.
  run.feed(temp(3, 95));
  expect(run.state("hot")).toBe("DSUPR");
  const act = { alarm: "demo/chem/hot-hot", user: "li.wei", at: at(4), comment: "" } as const;
  run.engine().carryOut([{ ...act, kind: "shelve", until: at(600), comment: "work" }]);
  expect([run.state("hot"), run.state("hot-hot")]).toEqual(["UNACK", "SHLVD"]);
});

test("a state of the equipment suppresses, and says so; an unknown state does not", async () => {
  await using run = await bench(
    plantWith(rule("cold", "r101/temp", "kind: low, limit: 20, suppress: { states: [SBY, SDT] }")),
  );
  run.feed(mode(0, 1), temp(1, 15));
  expect(run.state("cold")).toBe("UNACK");
  run.feed(mode(2, 4));
  expect(run.status("cold")).toMatchObject({
    state: "DSUPR",
    since: at(1),
    hiddenBy: [{ state: "DSUPR", since: at(2), logic: { zh: "反应釜：计划停机", en: "反应釜: scheduled down" } }],
  });
  run.feed(mode(3, 2));
  expect(run.status("cold")?.hiddenBy[0]?.logic?.en).toBe("反应釜: standby");
  await run.until(4);
  await run.restart();
  expect(run.state("cold")).toBe("DSUPR");
  run.feed(bad("chem/r101/mode", at(4)));
  expect(run.state("cold")).toBe("UNACK");
  expect(run.told()).toEqual(["cold raised 1", "cold suppressed 2", "cold unsuppressed 4"]);
});

test("first-up: of a group the first is shown until it has returned", async () => {
  await using run = await bench(
    plantWith(
      rule("a", "r101/temp", "kind: high, limit: 80, suppress: { group: trip }"),
      rule("b", "r101/power", "kind: high, limit: 40, suppress: { group: trip }"),
    ),
  );
  run.feed(good("chem/r101/power", at(1), 45));
  run.feed(temp(2, 85));
  expect([run.state("a"), run.state("b")]).toEqual(["DSUPR", "UNACK"]);
  run.feed(good("chem/r101/power", at(3), 10));
  // The first still waits for its acknowledgement; the second is the one that stands now.
  expect([run.state("a"), run.state("b")]).toEqual(["UNACK", "RTNUN"]);
});

test("a connection that is lost is raised after its delay, and stands over a restart until it is back", async () => {
  await using run = await bench(plantWith(rule("plc", "r101/temp", "kind: lost, of: device, onDelayMs: 2000")));
  run.engine().watch(() => false);
  await run.until(1);
  run.engine().watch(() => true);
  await run.until(3);
  expect(run.state("plc")).toBe("NORM");
  await run.until(4);
  expect(run.state("plc")).toBe("UNACK");
  await run.restart();
  run.engine().watch(() => null);
  expect(run.state("plc")).toBe("UNACK");
  run.engine().watch(() => false);
  run.engine().flush();
  expect(run.told()).toEqual(["plc raised 3", "plc returned 4"]);
});

test("a tag that has never been heard is stale in time; news end it", async () => {
  await using run = await bench(plantWith(rule("silent", "r101/temp", "kind: stale, afterMs: 20000")));
  await run.until(20);
  expect(run.state("silent")).toBe("NORM");
  await run.until(21);
  expect(run.state("silent")).toBe("UNACK");
  run.feed(temp(21, 50));
  expect(run.state("silent")).toBe("RTNUN");
});

test("over a restart, what a kind remembers is found again: the journal is that of an uninterrupted run", async () => {
  const plant = plantWith(
    rule("fast", "r101/temp", "kind: rate, limit: 10, windowMs: 60000, direction: rising"),
    rule("stuck", "r101/temp", "kind: flatLine, forMs: 25000"),
    rule("off", "r101/temp", "kind: deviation, setPointTag: r101/power, limit: 5, onDelayMs: 3000"),
    rule("long", "r101/power", 'kind: calculated, when: "lasting([r101/temp] > 50) > 20"'),
  );
  const story: readonly Sample[] = [
    good("chem/r101/power", at(1), 50),
    ...[50, 52, 57, 61, 61, 61, 61, 61, 55].map((value, i) => temp(2 + i * 7, value)),
  ];
  const tellAll = async (restartsAt: readonly number[]) => {
    await using run = await bench(plant);
    for (const [i, sample] of story.entries()) {
      await run.until((sample.at - start) / 1_000);
      run.feed(sample);
      if (restartsAt.includes(i)) await run.restart();
    }
    await run.until(80);
    return run.told();
  };
  const whole = await tellAll([]);
  expect(new Set(whole.map((line) => line.split(" ")[0]))).toEqual(new Set(["fast", "stuck", "off", "long"]));
  for (let i = 0; i < story.length; i++)
    expect((await tellAll([i])).toSorted(), `restart after ${i}`).toEqual(whole.toSorted());
});

test("a rule that is gone is closed, one that changed goes on", async () => {
  const both = [rule("a", "r101/temp", "kind: high, limit: 80"), rule("b", "r101/temp", "kind: high, limit: 70")];
  await using run = await bench(plantWith(...both));
  run.feed(temp(1, 85));
  await run.restart(plantWith(rule("b", "r101/temp", "kind: high, limit: 82, priority: critical")));
  expect(run.events.at(-1)).toMatchObject({ transition: "removed", status: { alarm: "demo/chem/a", state: "NORM" } });
  expect(run.status("b")).toMatchObject({ state: "UNACK", limit: 82, priority: "critical", since: at(1) });
  run.feed(temp(2, 81));
  expect(run.state("b")).toBe("RTNUN");
  const told = run.told().length;
  await run.restart();
  expect(run.told().length).toBe(told);
});

test("late data is told as past, once, with its own time and value; nothing stands by it", async () => {
  await using run = await bench(plantWith(rule("hot", "r101/temp", "kind: high, limit: 80, onDelayMs: 2000")));
  await run.until(100);
  run.feed(temp(10, 70), temp(90, 70));
  // A gateway brings what it kept while it was away, in two pieces, the newer one first.
  run.feed(temp(50, 85), temp(60, 86), temp(61, 60));
  run.feed(temp(20, 90), temp(21, 60), temp(30, 91), temp(40, 75));
  expect(run.told()).toEqual([]);
  await run.reviewLate();
  const past = ["hot raised 32", "hot returned 40", "hot raised 52", "hot returned 61"];
  expect(run.told()).toEqual(past);
  expect(run.events.every(({ historical }) => historical)).toBe(true);
  expect(run.events[0]?.status).toMatchObject({ state: "UNACK", since: at(30), value: 91 });
  expect(run.state("hot")).toBe("NORM");
  run.feed(temp(50, 85), temp(30, 91));
  await run.reviewLate();
  await run.restart();
  run.feed(temp(50, 85));
  await run.reviewLate();
  expect(run.told()).toEqual(past);
  expect(run.state("hot")).toBe("NORM");
});

test("what was raised live is not told again as past when it is delivered once more", async () => {
  await using run = await bench(plantWith(rule("hot", "r101/temp", "kind: high, limit: 80")));
  const story = [temp(1, 70), temp(2, 85), temp(3, 70), temp(4, 90)];
  for (const sample of story) run.feed(sample);
  await run.until(5);
  for (const sample of story) run.feed(sample);
  await run.reviewLate();
  expect(run.told()).toEqual(["hot raised 2", "hot returned 3", "hot raised 4"]);
});

test("an alarm whose delay ran out before the next sample came has the value that held then", async () => {
  await using run = await bench(plantWith(rule("hot", "r101/temp", "kind: high, limit: 80, onDelayMs: 2000")));
  run.feed(temp(1, 85));
  run.feed(temp(4, 60));
  expect(run.events.map(({ transition, status }) => [transition, status.value])).toEqual([
    ["raised", 85],
    ["returned", 60],
  ]);
});

test("a command whose answer died with ingest comes again: it is done once, and is not taken for a newer activation", async () => {
  await using run = await bench(plantWith(rule("hot", "r101/temp", "kind: high, limit: 80, priority: high")));
  const by = { alarm: "demo/chem/hot", user: "li.wei" } as const;
  const again = async (command: AlarmCommand, meanwhile: () => Promise<void> | void = () => {}) => {
    expect(run.engine().carryOut([command])).toEqual(["done"]);
    await run.restart();
    await meanwhile();
    expect(run.engine().carryOut([command])).toEqual(["already"]);
  };
  run.feed(temp(1, 85));
  await again({ ...by, kind: "acknowledge", at: at(2), comment: null }, () => {
    run.feed(temp(3, 70));
    run.feed(temp(4, 86));
  });
  expect(run.state("hot")).toBe("UNACK");
  await again({ ...by, kind: "comment", at: at(5), comment: "valve opened" });
  await again({ ...by, kind: "shelve", at: at(6), until: at(10), comment: "calibration" }, () => run.until(11));
  expect(run.state("hot")).toBe("UNACK");
  // Another person's words at the same time are his own.
  const other = { ...by, user: "ann", kind: "comment", at: at(5), comment: "valve opened" } as const;
  expect(run.engine().carryOut([other])).toEqual(["done"]);
  expect(run.told()).toEqual([
    "hot raised 1",
    "hot acknowledged 2",
    "hot cleared 3",
    "hot raised 4",
    "hot commented 5",
    "hot shelved 6",
    "hot unshelved 10",
    "hot commented 5",
  ]);
});
