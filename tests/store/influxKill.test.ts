import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { systemClock } from "#shared/kit/clock.ts";
import { inRanges, noRanges } from "#shared/model/ranges.ts";
import { instant, millis } from "#shared/model/time.ts";
import { openInfluxWriter } from "#shared/store/influx/open.ts";
import { openInfluxReader } from "#shared/store/influx/reader.ts";
import { openRecordsWriter } from "#shared/store/records/sqlite.ts";
import { influxMissing, startInflux } from "../bench/influx.ts";
import { temporaryFolder } from "../fakes/folder.ts";
import { childBatch, childSamples, childTag } from "./influxChildBatch.ts";
import { influxAt } from "./influxStub.ts";

const always = instant(Date.UTC(2100, 0, 1));

describe.skipIf(influxMissing)(`samples first, then the names of their batches ${influxMissing ?? ""}`.trim(), () => {
  const opened = new AsyncDisposableStack();
  let url: string;
  let folder: string;
  let tests = 0;
  let database: string;

  beforeAll(async () => {
    folder = opened.use(await temporaryFolder()).path;
    url = opened.use(await startInflux(folder)).url;
  });
  beforeEach(async () => {
    database = `kill${++tests}`;
    await fetch(`${url}/query?q=${encodeURIComponent(`CREATE DATABASE ${database}`)}`, { method: "POST" });
  });
  afterAll(() => opened.disposeAsync());

  const recordsFile = () => join(folder, `${database}.db`);

  /** Runs the child until it has acknowledged `kills` batches more, or kills itself at `point`. */
  async function runChild(first: number, point: "before" | "after" | "", kills = Number.POSITIVE_INFINITY) {
    const script = fileURLToPath(new URL("./influxChild.ts", import.meta.url));
    const child = spawn(process.execPath, [script, url, database, recordsFile(), String(first), point], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const ended = once(child, "exit");
    const acknowledged: number[] = [];
    for await (const line of createInterface({ input: child.stdout })) {
      acknowledged.push(Number(line));
      if (acknowledged.length >= kills) child.kill("SIGKILL");
    }
    expect((await ended)[1]).toBe("SIGKILL");
    return acknowledged;
  }

  /** What the store holds: numbers that have a name, and numbers whose samples are all there. */
  async function stored(upTo: number) {
    await using names = await openRecordsWriter(recordsFile());
    await using reader = await openInfluxReader({ ...influxAt(url, { database }), clock: systemClock });
    const ranges = names.storedBatches().get("q") ?? noRanges;
    const { samples } = await reader.range(childTag, instant(0), always, 1e7);
    const found = new Map(samples.map((sample) => [sample.at, sample]));
    const numbers = Array.from({ length: upTo }, (_, i) => i + 1);
    return {
      named: numbers.filter((number) => inRanges(ranges, number)),
      whole: numbers.filter((number) =>
        childBatch(number).samples.every((one) => found.get(one.at)?.value === one.value),
      ),
      count: samples.length,
    };
  }

  /** Hands over again what the gateway would: all that was not acknowledged. */
  async function sendAgain(numbers: readonly number[]) {
    await using names = await openRecordsWriter(recordsFile());
    await using writer = await openInfluxWriter(
      { ...influxAt(url, { database }), clock: systemClock, records: names },
      { groupWait: millis(1) },
    );
    await Promise.all(numbers.map((number) => writer.write([childBatch(number)])));
  }

  test("killed between the two writes: samples without a name, sent again, are there once", async () => {
    expect(await runChild(1, "before")).toEqual([]);
    const killed = await stored(4);
    expect(killed.named).toEqual([]);
    expect(killed.whole.length).toBeGreaterThan(0);
    await sendAgain([1, 2, 3, 4]);
    expect(await stored(4)).toEqual({ named: [1, 2, 3, 4], whole: [1, 2, 3, 4], count: 4 * childSamples });
  });

  test("killed behind both writes, before the acknowledgement: sent again, nothing changes", async () => {
    expect(await runChild(1, "after")).toEqual([]);
    const killed = await stored(4);
    expect(killed.named.length).toBeGreaterThan(0);
    expect(killed.whole).toEqual(killed.named);
    await sendAgain([1, 2, 3, 4]);
    expect(await stored(4)).toEqual({ named: [1, 2, 3, 4], whole: [1, 2, 3, 4], count: 4 * childSamples });
  });

  test("killed at any moment: no acknowledged batch is lost, and no name is without its samples", async () => {
    const acknowledged: number[] = [];
    for (let round = 0; round < 5; round++)
      acknowledged.push(...(await runChild(round * 1_000 + 1, "", 3 + round * 5)));
    const { named, whole } = await stored(5_000);
    expect(acknowledged.filter((number) => !named.includes(number))).toEqual([]);
    expect(named.filter((number) => !whole.includes(number))).toEqual([]);
    const missing = Array.from({ length: 5 }, (_, round) => [1, 2, 3, 4].map((i) => round * 1_000 + i)).flat();
    await sendAgain(missing);
    const all = new Set([...named, ...missing, ...whole]);
    expect((await stored(5_000)).count).toBe(all.size * childSamples);
  }, 60_000);
});
