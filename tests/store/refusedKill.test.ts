// A sample that only the store finds out to be beyond it: wherever ingest dies, the batch counts as stored only where the
// sample lies in the dead letter.
import { execFile } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { systemClock } from "#shared/kit/clock.ts";
import { silentLog } from "#shared/kit/log.ts";
import { hours, instant } from "#shared/model/time.ts";
import { groupOf } from "#shared/store/embedded/group.ts";
import { HistoryFile } from "#shared/store/embedded/historyFile.ts";
import { openEmbeddedWriter } from "#shared/store/embedded/open.ts";
import { openRecordsWriter } from "#shared/store/records/sqlite.ts";
import { influxMissing, startInflux } from "../bench/influx.ts";
import { temporaryFolder } from "../fakes/folder.ts";
import { refusedBatch, refusedTag } from "./refusedBatch.ts";
import { batch, good } from "./samples.ts";

const child = fileURLToPath(new URL("./refusedChild.ts", import.meta.url));
const newest = Date.now() - 60_000;

const live = (args: readonly string[], point: string) =>
  new Promise<{ signal: string | undefined; out: string }>((resolve) => {
    const env = { ...process.env, PILOTLINE_FAILPOINT: point };
    execFile(process.execPath, [child, ...args], { env }, (error, stdout, stderr) =>
      resolve({ signal: error?.signal, out: `${stdout}${stderr}` }),
    );
  });

async function letters(file: string): Promise<unknown[]> {
  await using records = await openRecordsWriter(file);
  return records.deadLetters(9).map(({ tag, at }) => [tag, at]);
}
const letter = [refusedTag, refusedBatch(newest).samples[0]?.at];

test.each(["", "embedded.committed"])("embedded store, killed at %j", async (point) => {
  await using folder = await temporaryFolder();
  const [recordsFile, history] = [join(folder.path, "records.db"), join(folder.path, "history.db")];
  const rawDay = { rawDays: 1, minuteDays: 1, rollUpDays: null };
  {
    using file = new HistoryFile(
      history,
      { grace: hours(0), maxHotPoints: 0 },
      { byTag: new Map(), others: rawDay },
      (error) => {
        throw error;
      },
    );
    file.commit(groupOf([batch([good(refusedTag, newest - 1, 0)])]));
    for (const step of [file.seal(instant(newest)), file.retain(instant(newest))]) Array.from(step);
  }
  const args = [recordsFile, "embedded", history, "", String(newest)];
  const storedNames = async () => {
    await using writer = await openEmbeddedWriter({ file: history, clock: systemClock, log: silentLog });
    return [...(await writer.storedBatches()).keys()];
  };
  expect(await live(args, point)).toEqual(
    point === "" ? { signal: undefined, out: "refused 1\n" } : { signal: "SIGKILL", out: "" },
  );
  expect([await storedNames(), await letters(recordsFile)]).toEqual([["q"], [letter]]);
});

describe.skipIf(influxMissing)(`InfluxDB ${influxMissing ?? ""}`.trim(), () => {
  test("killed before and behind the names of batches, sent again", async () => {
    await using stack = new AsyncDisposableStack();
    const folder = stack.use(await temporaryFolder()).path;
    const { url } = stack.use(await startInflux(folder));
    const query = encodeURIComponent("CREATE DATABASE day WITH DURATION 1d");
    await fetch(`${url}/query?q=${query}`, { method: "POST" });
    for (const [point, names] of [
      ["influx.unnamed", []],
      ["influx.named", ["q"]],
    ] as const) {
      const recordsFile = join(folder, `${point}.db`);
      const args = [recordsFile, "influx", url, "day", String(newest)];
      const storedNames = async () => {
        await using records = await openRecordsWriter(recordsFile);
        return [...records.storedBatches().keys()];
      };
      expect(await live(args, point)).toEqual({ signal: "SIGKILL", out: "" });
      expect([await storedNames(), await letters(recordsFile)]).toEqual([names, [letter]]);
      expect((await live(args, "")).signal).toBeUndefined();
      expect([await storedNames(), await letters(recordsFile)]).toEqual([["q"], [letter]]);
    }
  }, 60_000);
});
