import { execFile } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";
import { recordsFile, type SampleStore } from "../../ingest/core.ts";
import { command } from "../../ingest/deadletter/command.ts";
import { runDeadLetter } from "../../ingest/deadletter/run.ts";
import { createDeadLetters, letterLimits } from "../../ingest/host/deadLetters.ts";
import { systemClock } from "../../shared/kit/clock.ts";
import { parseCommand } from "../../shared/kit/command.ts";
import { silentLog } from "../../shared/kit/log.ts";
import { createMetrics } from "../../shared/kit/metrics.ts";
import type { Sample } from "../../shared/model/sample.ts";
import { instant, minutes } from "../../shared/model/time.ts";
import type { SampleWriter } from "../../shared/store/port.ts";
import { openRecordsWriter } from "../../shared/store/records/sqlite.ts";
import { RefusedSamplesError } from "../../shared/store/refused.ts";
import { encodePayload } from "../../shared/wire/sparkplug/encode.ts";
import { datatypes } from "../../shared/wire/sparkplug/types.ts";
import { ManualClock } from "../fakes/clock.ts";
import { temporaryFolder } from "../fakes/folder.ts";
import { eventually } from "./eventually.ts";
import { plantYaml } from "./plantFixture.ts";
import { embeddedStore, type Rig, startRig } from "./rig.ts";
import { good, tag } from "./samples.ts";

const temp = "chem/r101/temp";
const script = fileURLToPath(new URL("../../ingest/deadletter/main.ts", import.meta.url));

/** The command line, without a process of its own. */
async function deadletter(args: readonly string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const parsed = parseCommand(command, args, {});
  if (parsed === "help") throw new Error("no help wanted");
  const { code, out, error } = await runDeadLetter(parsed, systemClock);
  return { code, stdout: out, stderr: error };
}

/** A store that refuses values above a limit, until it is told otherwise. */
function pickyStore(data: string): { store: SampleStore; limit: { value: number } } {
  const limit = { value: 100 };
  const isRefused = ({ value }: Sample) => typeof value === "number" && value > limit.value;
  const wrap = (writer: SampleWriter): SampleWriter => ({
    ...writer,
    write: async (batches, keepRefused) => {
      const refused = batches
        .flatMap(({ samples }) => samples.filter(isRefused))
        .map((sample) => ({ sample, why: "too high" }));
      if (refused.length > 0) keepRefused?.(refused);
      await writer.write(
        batches.map(({ name, samples }) => ({ name, samples: samples.filter((one) => !isRefused(one)) })),
      );
      if (refused.length > 0) throw new RefusedSamplesError(refused);
    },
    [Symbol.asyncDispose]: () => writer[Symbol.asyncDispose](),
  });
  return { store: embeddedStore(data, wrap), limit };
}

async function values(rig: Rig): Promise<unknown[]> {
  await using reader = await rig.reader();
  const { samples } = await reader.range(tag(temp), instant(0), instant(Date.now() + 60_000), 100);
  return samples.map(({ value }) => value);
}

describe("dead letters on the command line", () => {
  test("a refused sample is listed, shown, replayed once it can be stored, and its gap goes with it", async () => {
    await using folder = await temporaryFolder();
    const data = join(folder.path, "data");
    const plant = join(folder.path, "plant.yaml");
    await writeFile(plant, plantYaml);
    const { store, limit } = pickyStore(data);
    await using rig = await startRig(folder.path, { store });
    await using records = await rig.records();
    await using node = await rig.node();
    node.birth();
    await eventually(() => node.acks > 0, "answer to the birth");
    const now = Date.now();
    node.data("plc", 1, [good(temp, now, 50), good(temp, now + 1, 500), good(temp, now + 2, 501)]);
    await node.ackOf(1);
    const gaps = () =>
      records.gaps(tag(temp), instant(now), instant(now + 1_000)).map(({ cause, from }) => [cause, from]);
    expect(gaps()).toEqual([
      ["rejected", now + 1],
      ["rejected", now + 2],
    ]);

    const online = ["--data", data, "--plant", plant, "--broker", rig.broker.url, "--user", "wang"];
    const list = await deadletter(["list", "--data", data, "--topic", temp]);
    expect(list.stdout).toContain(`sample demo/${temp}  too high`);
    expect(list.stdout).toContain("2 letters for 2 refusals");
    const shown = await deadletter(["show", "1", "--data", data]);
    expect(shown.stdout).toContain(`"value":500`);

    const tooEarly = await deadletter(["replay", "1", ...online]);
    expect([tooEarly.code, tooEarly.stderr]).toEqual([1, "0 of 1 letters replayed. Kept: 1: too high\n"]);
    limit.value = 1_000;
    const replayed = await deadletter(["replay", "1", ...online]);
    expect([replayed.code, replayed.stdout, replayed.stderr]).toEqual([0, "1 of 1 letters replayed.\n", ""]);
    const twice = await deadletter(["replay", "1", ...online]);
    expect(twice.stdout).toBe("0 of 1 letters replayed, 1 are not there any more.\n");
    expect(await values(rig)).toEqual([50, 500]);
    expect(gaps()).toEqual([["rejected", now + 2]]);

    const dropped = await deadletter(["drop", "--all", "--reason", "too high", ...online]);
    expect(dropped.stdout).toBe("1 of 1 letters dropped.\n");
    expect(records.deadLetterTotals()).toMatchObject({ letters: 0, gone: { replayed: 1, dropped: 1 } });
    expect(await values(rig)).toEqual([50, 500]);
  });

  test("a replay never replaces a value that came meanwhile; data with names is replayed, with aliases it is not", async () => {
    await using folder = await temporaryFolder();
    const data = join(folder.path, "data");
    const plant = join(folder.path, "plant.yaml");
    await writeFile(plant, plantYaml);
    const { store, limit } = pickyStore(data);
    await using rig = await startRig(folder.path, { store });
    await using node = await rig.node();
    node.birth();
    await eventually(() => node.acks > 0, "answer to the birth");
    const now = Date.now();
    node.data("plc", 1, [good(temp, now, 500)]);
    node.data("plc", 2, [good(temp, now, 60)]);
    await node.ackOf(2);
    limit.value = 1_000;
    const online = ["--data", data, "--plant", plant, "--broker", rig.broker.url];
    const conflict = await deadletter(["replay", "1", ...online]);
    expect(conflict.code).toBe(1);
    expect(conflict.stderr).toContain("has another value");
    expect(await values(rig)).toEqual([60]);

    await rig.ingest.stop();
    const alone = await deadletter(["replay", "1", ...online.slice(0, 4), "--broker", "mqtt://127.0.0.1:1"]);
    expect([alone.code, await values(rig)]).toEqual([3, [60]]);
    expect(alone.stderr).toContain("start it");
    const writer = await openRecordsWriter(recordsFile(data));
    const letter = (topic: string, metric: object) => ({
      receivedAt: instant(now),
      topic,
      reason: "MALFORMED: of an older version",
      payload: encodePayload({ timestamp: now, seq: 1, metrics: [{ timestamp: now + 5, value: 70, ...metric }] }),
    });
    writer.appendDeadLetters([
      letter("spBv1.0/demo/DDATA/edge-1/plc", { name: temp, datatype: datatypes.Double }),
      letter("spBv1.0/demo/DDATA/edge-1/plc", { alias: 3 }),
      letter("spBv1.0/demo/DBIRTH/edge-1/plc", { name: temp, datatype: datatypes.Double }),
    ]);
    await writer[Symbol.asyncDispose]();
    await rig.restart(store);
    const mixed = await deadletter(["replay", "2-4", ...online]);
    expect(mixed.code).toBe(1);
    expect(mixed.stderr).toContain("1 of 3 letters replayed. Kept: 3: CONFLICT: its metrics have aliases");
    expect(await values(rig)).toEqual([60, 70]);
  });

  test("wrong ids, a wrong action, a letter that is not there", async () => {
    await using folder = await temporaryFolder();
    const args = ["--data", folder.path];
    expect(await deadletter(["list", ...args])).toMatchObject({
      code: 0,
      stdout: expect.stringContaining("0 letters"),
    });
    expect(await deadletter(["show", "7", ...args])).toMatchObject({ code: 1 });
    await expect(deadletter(["replay", "x", ...args])).rejects.toThrow("CONFIG");
    await expect(deadletter(["replay", ...args])).rejects.toThrow("Name ids");
    await expect(deadletter(["burn", ...args])).rejects.toThrow("list, show, replay or drop");
    const { stdout } = await promisify(execFile)(process.execPath, [script, "list", ...args]);
    expect(stdout).toContain("0 letters for 0 refusals");
  });
});

describe("the dead letter", () => {
  test("is bounded by age and room, and says how much lies there", async () => {
    await using folder = await temporaryFolder();
    await using records = await openRecordsWriter(join(folder.path, "records.db"));
    const clock = new ManualClock(instant(letterLimits.maxAge));
    const metrics = createMetrics();
    const letters = createDeadLetters(records, clock, silentLog, metrics);
    const megabyte = (n: number) => new Uint8Array(1 << 20).fill(n);
    letters.put("t", Uint8Array.of(1), "old", instant(0));
    letters.flush();
    expect(records.deadLetterTotals().letters).toBe(1);
    await clock.advance(minutes(2));
    for (let n = 0; n < 70; n++) {
      letters.put("t", megabyte(n), "broken", clock.now());
      letters.flush();
    }
    await clock.advance(minutes(2));
    letters.flush();
    const totals = records.deadLetterTotals();
    expect(totals.bytes).toBeLessThanOrEqual(letterLimits.maxBytes);
    expect(totals).toMatchObject({ letters: 64, gone: { expired: 1, crowded_out: 6 } });
    expect(metrics.gauge("ingest_dead_letters", "").value()).toBe(64);
  });

  test("what waits while the records cannot be written is bounded, and counted beyond", () => {
    const state = { isBroken: true, letters: 0 };
    const metrics = createMetrics();
    const totals = { letters: 0, times: 0, bytes: 0, gone: { replayed: 0, dropped: 0, expired: 0, crowded_out: 0 } };
    const records = {
      appendDeadLetters: (letters: readonly unknown[]) => {
        if (state.isBroken) throw new Error("disk full");
        state.letters += letters.length;
      },
      pruneDeadLetters: () => 0,
      deadLetterTotals: () => totals,
    };
    const letters = createDeadLetters(records, new ManualClock(), silentLog, metrics);
    for (let n = 0; n < 10; n++) letters.put("t", new Uint8Array(1 << 20), "broken", instant(n));
    letters.flush();
    state.isBroken = false;
    letters.flush();
    letters.flush();
    const counted = metrics.counter("ingest_messages_refused_total", "");
    expect([state.letters, counted.value({ outcome: "kept" }), counted.value({ outcome: "lost" })]).toEqual([8, 8, 2]);
  });
});
