import { execFile } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { systemClock } from "#shared/kit/clock.ts";
import { silentLog } from "#shared/kit/log.ts";
import { alarmBenchmarks } from "#shared/model/alarmBenchmarks.ts";
import { tagId } from "#shared/model/sample.ts";
import { inForce } from "#shared/model/standard.ts";
import { instant } from "#shared/model/time.ts";
import { openEmbeddedWriter } from "#shared/store/embedded/open.ts";
import { connectionHistory } from "../../ingest/alarms/replay/connection.ts";
import { ruleFigures } from "../../ingest/alarms/replay/figures.ts";
import { historyOf } from "../../ingest/alarms/replay/history.ts";
import { replayRule } from "../../ingest/alarms/replay/replayRule.ts";
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

test("rules over several tags, time and connections are replayed from the store and the gap ledger", async () => {
  const reader = memoryReader();
  const [a, b] = [temp, tagId({ platform: "demo", line: "chem", equipment: "r101", tag: "power" })];
  reader.write([good("chem/r101/power", at(-100), 50)]);
  reader.write(Array.from({ length: 300 }, (_, s) => sample(s, s >= 100 && s < 160 ? 60 : 51)));
  reader.write([good("chem/r101/power", at(130), 60)]);
  const deviation = ruleOf({ kind: "deviation", setPointTag: "e/sp", limit: 5, side: "both", deadband: 0 });
  const off = await replayRule(deviation, historyOf(reader, [a, b], at(0), at(300)), at(0), at(300));
  expect(off.activations).toEqual([
    { raisedAt: at(100), returnedAt: at(130) },
    { raisedAt: at(160), returnedAt: null },
  ]);
  const stale = ruleOf({ kind: "stale", afterMs: 60_000 });
  const silent = await replayRule(stale, historyOf(reader, [b], at(-60), at(300)), at(0), at(300));
  expect(silent).toMatchObject({ stoodBefore: true, activations: [{ raisedAt: at(190), returnedAt: null }] });

  const gap = (cause: "device_lost" | "gateway_lost" | "source_silent", from: number, to: number) =>
    ({ tag: a, cause, from: at(from), to: at(to), lost: null }) as const;
  const gaps = [gap("gateway_lost", 200, 220), gap("device_lost", 10, 40), gap("source_silent", 50, 60)];
  const lost = async (of: "device" | "gateway") => {
    async function* once() {
      yield connectionHistory(gaps, of);
    }
    const rule = ruleOf({ kind: "lost", of, onDelayMs: 5_000 });
    return (await replayRule(rule, once(), at(0), at(300))).activations.map(({ raisedAt }) => raisedAt);
  };
  expect(await lost("device")).toEqual([at(15), at(205)]);
  expect(await lost("gateway")).toEqual([at(205)]);
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
  const slow = JSON.parse((await run(...range, "--set", "onDelayMs=5000,deadband=0", "--json")).stdout);
  expect(slow.tried.figures.activations).toBe(0);
  await expect(run(...range, "--set", "windowMs=5")).rejects.toMatchObject({
    code: 2,
    stderr: expect.stringContaining(
      "A rule of kind high has no setting `windowMs`; it has limit, deadband, onDelayMs, offDelayMs",
    ),
  });
  await expect(run(...range, "--deadband", "-1")).rejects.toMatchObject({ code: 2 });
});

test("no alarm may be shelved for longer than the audit of shelving takes for too long", () => {
  expect(Math.max(...Object.values(testPlant().shelving))).toBe(benchmark.shelvingMaxHours);
});
