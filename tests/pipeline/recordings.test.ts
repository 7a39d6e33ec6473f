// The real input: recordings of a test bench travel the whole chain, row by row, and their missing seconds are gaps.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { systemClock } from "#shared/kit/clock.ts";
import { silentLog } from "#shared/kit/log.ts";
import { silencesIn } from "#shared/model/silence.ts";
import { instant } from "#shared/model/time.ts";
import { loadPlant } from "#shared/plant/load.ts";
import { plantTags } from "#shared/plant/select.ts";
import { openEmbeddedReader } from "#shared/store/embedded/open.ts";
import { temporaryFolder } from "../fakes/folder.ts";
import { recordedColumns, recordingFile, recordingNames, recordingsMissing } from "../fakes/recordings.ts";
import { startChain, startReplay, writeReplayPlant } from "./chain.ts";

/** What the recording's own description says of each column, and so which tag it must become. */
const tagOfColumn: Readonly<Record<string, string>> = {
  Accelerometer1RMS: "pump/vibration1",
  Accelerometer2RMS: "pump/vibration2",
  Current: "motor/current",
  Pressure: "pump/pressure",
  Temperature: "motor/temperature",
  Thermocouple: "loop/temperature",
  Voltage: "motor/voltage",
  "Volume Flow RateRMS": "loop/flow",
  anomaly: "loop/anomaly",
  changepoint: "loop/changepoint",
};

describe.skipIf(recordingsMissing)(`recordings ${recordingsMissing ?? ""}`, () => {
  test.each(recordingNames)(
    "every row of %s is in the store with its value and time, none more, none less",
    async (name) => {
      await using folder = await temporaryFolder();
      const plantFile = join(folder.path, "recording.yaml");
      await writeReplayPlant(recordingFile(name), plantFile);
      await using replay = await startReplay(recordingFile(name), ["--speed", "0"]);
      await using chain = await startChain({
        folder: folder.path,
        plantYaml: await readFile(plantFile, "utf8"),
        env: replay.env,
      });

      const columns = recordedColumns(name);
      const plant = await loadPlant(plantFile, { ...process.env, ...replay.env });
      const tags = plantTags(plant);
      expect(tags.length).toBe(columns.size);
      const stored = [...columns].map(([column, recorded]) => {
        const tag = tags.find(({ id }) => id.endsWith(`/${tagOfColumn[column]}`));
        if (!tag) throw new Error(`${column} has no tag`);
        return { tag, recorded };
      });

      await using reader = await openEmbeddedReader({ file: chain.historyFile, clock: systemClock, log: silentLog });
      const [from, to] = [instant(0), instant(4e12)];
      const total = async () =>
        (await Promise.all(tags.map(({ id }) => reader.count(id, from, to)))).reduce((sum, n) => sum + n, 0);
      const rows = stored.reduce((sum, { recorded }) => sum + recorded.length, 0);
      await expect.poll(total, { timeout: 120_000, interval: 250 }).toBe(rows);

      for (const { tag, recorded } of stored) {
        const { samples } = await reader.range(tag.id, from, to, 1_000_000);
        expect(samples.map(({ at, value, quality }) => ({ at, value, quality }))).toEqual(
          recorded.map(({ atMs, value }) => ({ at: atMs, value, quality: "good" })),
        );
        const missing = silencesIn(
          recorded.map(({ atMs }) => atMs),
          1_000,
        );
        expect(missing.length).toBeGreaterThan(0);
        expect(
          silencesIn(
            samples.map(({ at }) => at),
            tag.info.gapAfterMs,
          ),
        ).toEqual(missing);
      }
    },
    240_000,
  );
});
