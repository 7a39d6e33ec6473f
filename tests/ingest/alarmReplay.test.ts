import { execFile } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { systemClock } from "#shared/kit/clock.ts";
import { silentLog } from "#shared/kit/log.ts";
import { tagId } from "#shared/model/sample.ts";
import { instant } from "#shared/model/time.ts";
import { openEmbeddedWriter } from "#shared/store/embedded/open.ts";
import { ruleFigures } from "../../ingest/alarms/replay/figures.ts";
import { historyOf } from "../../ingest/alarms/replay/history.ts";
import { replayRule } from "../../ingest/alarms/replay/replayRule.ts";
import { alarmBenchmarks } from "../../ingest/indicators/safety/alarmBenchmarks.ts";
import { inForce } from "../../ingest/indicators/standards/standard.ts";
import { temporaryFolder } from "../fakes/folder.ts";
import { ruleOf } from "./alarmRules.ts";
import { memoryReader } from "./memoryReader.ts";
import { plantYaml, testPlant } from "./plantFixture.ts";
import { bad, good } from "./samples.ts";

const rule = ruleOf({ kind: "high", limit: 80, deadband: 0, latching: true });
const benchmark = inForce(alarmBenchmarks, "2026-10-01").values;
const temp = tagId({ platform: "demo", line: "chem", equipment: "r101", tag: "temp" });
const start = Date.UTC(2026, 9, 1);
const at = (s: number) => instant(start + s * 1_000);
const sample = (s: number, value: number | null) =>
  value === null ? bad("chem/r101/temp", at(s)) : good("chem/r101/temp", at(s), value);

test("what stood before is not counted, bad samples hold, the end of the time is not a return", async () => {
  const reader = memoryReader();
  const history: readonly (readonly [number, number | null])[] = [
    [-60, 90],
    [10, 70],
    [20, 85],
    [30, null],
    [40, 70],
    [400, 81],
  ];
  reader.write(history.map(([s, value]) => sample(s, value)));
  const done = await replayRule(rule, historyOf(reader, [temp], at(0), at(500)), at(0), at(500));
  expect(done).toEqual({
    samples: 5,
    bad: 1,
    longestSilence: 360_000,
    stoodBefore: true,
    activations: [
      { raisedAt: at(20), returnedAt: at(40) },
      { raisedAt: at(400), returnedAt: null },
    ],
  });
  expect(ruleFigures(done, at(0), at(500), benchmark)).toMatchObject({
    activations: 2,
    most: { inDay: 2, inWindow: 2, inChatterWindow: 1 },
    chatters: false,
    fleeting: 0,
    medianMs: 20_000,
    longestMs: 100_000,
    activeShare: 0.24,
  });
});

test("history of more than a page is run through as one", async () => {
  const reader = memoryReader();
  // Every 7 s beyond the limit for 3 s: pages end in the middle of it.
  const values = Array.from({ length: 120_000 }, (_, s) => (s % 7 < 3 ? 85 : 75));
  reader.write(values.map((value, s) => sample(s, value)));
  const done = await replayRule(rule, historyOf(reader, [temp], at(0), at(120_000)), at(0), at(120_000));
  expect(done.activations.length).toBe(Math.ceil(120_000 / 7));
  expect(done.activations.every(({ raisedAt, returnedAt }) => (returnedAt ?? 0) - raisedAt === 3_000)).toBe(true);
  const figures = ruleFigures(done, at(0), at(120_000), benchmark);
  expect([figures.most.inChatterWindow, figures.fleeting]).toEqual([9, figures.activations]);
  const calm = await replayRule(
    { ...rule, onDelayMs: 5_000 },
    historyOf(reader, [temp], at(0), at(120_000)),
    at(0),
    at(120_000),
  );
  expect(calm.activations).toEqual([]);
});

test("the command shows a rule as it is beside what is tried", async () => {
  await using folder = await temporaryFolder();
  const [plant, data] = [join(folder.path, "plant.yaml"), join(folder.path, "data")];
  await writeFile(plant, plantYaml);
  await mkdir(join(data, "ingest"), { recursive: true });
  {
    const file = join(data, "ingest", "history.db");
    await using writer = await openEmbeddedWriter({ file, clock: systemClock, log: silentLog });
    const samples = Array.from({ length: 600 }, (_, s) => sample(s, s % 20 < 4 ? 81 : 79));
    await writer.write([{ name: null, samples }]);
  }
  const root = fileURLToPath(new URL("../..", import.meta.url));
  const run = (...args: string[]) =>
    promisify(execFile)(
      process.execPath,
      ["pilotline.ts", "alarms", "replay", "--plant", plant, "--data", data, ...args],
      {
        cwd: root,
      },
    );
  const range = ["--rule", "chem/hot", "--from", "2026-10-01T00:00Z", "--to", "2026-10-01T00:10Z"];
  const { stdout } = await run(...range, "--deadband", "0", "--on-delay", "5000");
  expect(stdout).toMatch(/activations +1 +0$/m);
  expect(stdout).toMatch(/2026-10-01 08:00:00 to 2026-10-01 08:10:00 \(Asia\/Shanghai\)/);
  const report = JSON.parse((await run(...range, "--deadband", "0", "--json")).stdout);
  expect([report.planned.figures.activations, report.tried.figures.activations]).toEqual([1, 30]);
  expect(report.tried.figures).toMatchObject({ chatters: true, most: { inChatterWindow: 3 } });
  await expect(run("--rule", "chem/none")).rejects.toMatchObject({
    code: 2,
    stderr: expect.stringContaining("chem/hot"),
  });
  await expect(run(...range, "--deadband", "-1")).rejects.toMatchObject({ code: 2 });
});

test("no alarm may be shelved for longer than the audit of shelving takes for too long", () => {
  expect(Math.max(...Object.values(testPlant().shelving))).toBe(benchmark.shelvingMaxHours);
});
