import { join } from "node:path";
import { expect, test } from "vitest";
import { command } from "../../ingest/gaps/command.ts";
import { gapReport } from "../../ingest/gaps/report.ts";
import { checkGaps } from "../../ingest/host/gapCheck.ts";
import { GapLedger } from "../../ingest/host/gapLedger.ts";
import { parseCommand } from "../../shared/kit/command.ts";
import { silentLog } from "../../shared/kit/log.ts";
import { timeOption } from "../../shared/kit/timeOption.ts";
import type { Gap, GapCause } from "../../shared/model/sample.ts";
import { instant } from "../../shared/model/time.ts";
import { openRecordsReader, openRecordsWriter } from "../../shared/store/records/sqlite.ts";
import { temporaryFolder } from "../fakes/folder.ts";
import { good, tag } from "./samples.ts";

const now = Date.parse("2026-03-08T12:00:00Z");
const minute = 60_000;
const gap = (path: string, from: number, to: number | null, cause: GapCause, lost: number | null = null): Gap => ({
  tag: tag(path),
  from: instant(now - from * minute),
  to: to === null ? null : instant(now - to * minute),
  cause,
  lost,
});

async function report(...args: string[]): Promise<string> {
  const parsed = parseCommand(command, args, {});
  if (parsed === "help") throw new Error("no help wanted");
  await using folder = await temporaryFolder();
  const file = join(folder.path, "records.db");
  await using writer = await openRecordsWriter(file);
  writer.saveGaps([
    gap("chem/r101/temp", 90, 30, "outbox_full", 1_200),
    gap("chem/r101/mode", 20, null, "device_lost"),
    gap("ferment/f1/ph", 60 * 24 * 30, 60 * 24 * 29, "gateway_lost"),
  ]);
  await using reader = await openRecordsReader(file);
  return gapReport(reader, parsed, instant(now));
}

test("the ledger as a table, with what lasts and what it adds up to", async () => {
  expect(await report()).toBe(
    [
      "tag                  from                      to                        lasts   cause        lost",
      "demo/chem/r101/mode  2026-03-08T11:40:00.000Z  still                     20 min  device_lost",
      "demo/chem/r101/temp  2026-03-08T10:30:00.000Z  2026-03-08T11:30:00.000Z  60 min  outbox_full  1200",
      "",
      "2 gaps of 2 tags (device_lost 1, outbox_full 1); 1200 samples counted as lost.",
      "",
    ].join("\n"),
  );
});

test("by tag, line, cause and time, as JSON and CSV", async () => {
  const causes = async (...args: string[]) => JSON.parse(await report("--json", ...args)).map((one: Gap) => one.cause);
  expect(await causes("--tag", "r101/temp")).toEqual(["outbox_full"]);
  expect(await causes("--tag", "emp")).toEqual([]);
  expect(await causes("--line", "ferment", "--from", "2026-01-01")).toEqual(["gateway_lost"]);
  expect(await causes("--cause", "device_lost")).toEqual(["device_lost"]);
  expect(await causes("--to", "1h")).toEqual(["outbox_full"]);
  expect(await causes("--from", "25m")).toEqual(["device_lost"]);
  expect(await report("--csv", "--cause", "device_lost")).toBe(
    "tag,from,to,cause,lost\r\ndemo/chem/r101/mode,2026-03-08T11:40:00.000Z,,device_lost,\r\n",
  );
  expect(await report("--line", "other")).toBe("No gaps.\n");
  await expect(report("--cause", "weather")).rejects.toThrow("device_lost");
  await expect(report("--from", "yesterday")).rejects.toThrow("--from takes an instant");
});

test("times of the command line", () => {
  const at = (text: string) => new Date(timeOption("from", text, instant(now))).toISOString();
  expect(at("90m")).toBe("2026-03-08T10:30:00.000Z");
  expect(at("2026-03-01")).toBe("2026-03-01T00:00:00.000Z");
  expect(at("2026-03-01T08:00+08:00")).toBe("2026-03-01T00:00:00.000Z");
  expect(at("2026-03-01T08:00:01.5Z")).toBe("2026-03-01T08:00:01.500Z");
  expect(() => at("2026-13-01")).toThrow("CONFIG");
});

test("after a kill the ledger is compared with the store: what is there is no gap", async () => {
  const saved = new Map<string, Gap>();
  const records = {
    saveGaps: (put: readonly Gap[], remove: readonly Gap[] = []) => {
      for (const { tag, from } of remove) saved.delete(`${tag} ${from}`);
      for (const one of put) saved.set(`${one.tag} ${one.from}`, one);
    },
  };
  const temp = "chem/r101/temp";
  const known = [
    gap(temp, 100, 50, "undelivered"),
    gap(temp, 40, null, "gateway_lost"),
    gap(temp, 99, 98, "outbox_full", 3),
  ];
  for (const one of known) saved.set(`${one.tag} ${one.from}`, one);
  const newest = instant(now - 10 * minute);
  const ledger = new GapLedger([{ tag: tag(temp), newest, gapAfterMs: 2 * minute }], known, records, silentLog);
  const inStore = [...Array.from({ length: 26 }, (_, i) => 99 - i), 30, 29, 10].map((ago) =>
    good(temp, now - ago * minute, 1),
  );
  const reader = {
    range: async (_: unknown, from: number, to: number, limit: number) => {
      const samples = inStore.filter(({ at }) => at >= from && at < to);
      return { samples: samples.slice(0, limit), more: samples.length > limit };
    },
  };
  await checkGaps(known, reader, ledger, silentLog, new AbortController().signal);
  expect([...saved.values()].sort((a, b) => a.from - b.from)).toEqual([
    gap(temp, 99, 98, "outbox_full", 3),
    gap(temp, 74, 50, "undelivered"),
    gap(temp, 40, 30, "gateway_lost"),
  ]);
});
