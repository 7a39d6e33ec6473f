import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { systemClock } from "#shared/kit/clock.ts";
import { parseCommand } from "#shared/kit/command.ts";
import { silentLog } from "#shared/kit/log.ts";
import { instant } from "#shared/model/time.ts";
import { openRecordsWriter } from "#shared/store/records/sqlite.ts";
import { readStoreOptions, storeOptionSpecs, stores } from "#shared/store/registry.ts";
import { temporaryFolder } from "../fakes/folder.ts";
import { influxAt } from "./influxStub.ts";
import { batch, good, tag } from "./samples.ts";

const parsed = (args: readonly string[], env: Record<string, string> = {}) => {
  const command = parseCommand({ name: "x", summary: "", options: storeOptionSpecs }, args, env);
  if (command === "help") throw new Error("help");
  return readStoreOptions(command.options, "data/history.db");
};

test("without options the store is the embedded one", async () => {
  expect(await parsed([])).toEqual({
    store: "embedded",
    historyFile: "data/history.db",
    influx: {
      url: "http://127.0.0.1:8086",
      database: "pilotline",
      org: "pilotline",
      token: null,
      version: null,
      gzip: false,
    },
  });
});

test("options and environment name an InfluxDB and its token", async () => {
  await using folder = await temporaryFolder();
  const file = join(folder.path, "token");
  await writeFile(file, "  abc\n");
  const found = await parsed(["--store", "influx", "--influx-token-file", file, "--influx-version", "2"], {
    PILOTLINE_INFLUX_URL: "https://i:1",
  });
  expect(found).toMatchObject({
    store: "influx",
    influx: { url: "https://i:1", token: "abc", version: "2", gzip: true },
  });
  await writeFile(file, "\n");
  await expect(parsed(["--influx-token-file", file])).rejects.toThrow(/CONFIG.*is empty/);
});

test.each([
  [["--store", "duckdb"], /--store takes embedded or influx, got `duckdb`/],
  [["--influx-url", "127.0.0.1:8086"], /--influx-url takes an http or https address/],
  [["--influx-version", "4"], /--influx-version takes 1, 2, 3 or detect, got `4`/],
  [["--influx-gzip", "yes"], /--influx-gzip takes on, off or auto, got `yes`/],
  [["--influx-token-file", "nowhere/token"], /--influx-token-file nowhere\/token cannot be read/],
])("%j is refused, and says why", async (args, refusal) => {
  await expect(parsed(args)).rejects.toThrow(refusal);
});

test("every registered store opens by its name", async () => {
  await using folder = await temporaryFolder();
  await using records = await openRecordsWriter(join(folder.path, "records.db"));
  const influx = influxAt("http://127.0.0.1:1");
  for (const [store, module] of Object.entries(stores)) {
    const options = { store: store as keyof typeof stores, historyFile: join(folder.path, "history.db"), influx };
    const env = { clock: systemClock, log: silentLog };
    await using writer = await module.openWriter(options, { ...env, records });
    await using reader = await module.openReader(options, env);
    expect(await writer.storedBatches()).toEqual(new Map());
    if (store !== "embedded") continue;
    await writer.write([batch([good(tag("a"), 5, 1)])]);
    expect(await reader.count(tag("a"), instant(0), instant(9))).toBe(1);
  }
});
