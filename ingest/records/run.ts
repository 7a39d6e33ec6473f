import { readFile } from "node:fs/promises";
import type { Clock } from "#shared/kit/clock.ts";
import type { Printed } from "#shared/kit/command.ts";
import { decodeTable } from "#shared/kit/csv.ts";
import { writeNewFile } from "#shared/kit/files.ts";
import { exitCodes } from "#shared/kit/process.ts";
import { timeOption } from "#shared/kit/timeOption.ts";
import { CodedError, messageOf } from "#shared/model/errors.ts";
import { type ImportResult, type RecordKind, recordKinds } from "#shared/model/recordKind.ts";
import { type EpochMs, instant } from "#shared/model/time.ts";
import { loadPlant } from "#shared/plant/load.ts";
import { knownNames } from "#shared/plant/recordChecks.ts";
import { readRecords } from "#shared/plant/recordTables.ts";
import { recordCsv } from "#shared/store/records/recordCsv.ts";
import { openRecordsReader } from "#shared/store/records/sqlite.ts";
import { importRecords } from "#shared/wire/command/recordImport.ts";
import { openIngestDesk } from "../ask.ts";
import { recordsFile } from "../core.ts";
import type { RecordsCommand } from "./command.ts";

/** Exports records, or has ingest import them. Throws `CONFIG` for a wrong command line. */
export async function runRecords({ options, positionals }: RecordsCommand, clock: Clock): Promise<Printed> {
  const [action = "", name = ""] = positionals;
  const kind = recordKinds.find((known) => known === name);
  if (!kind) throw new CodedError("CONFIG", `records: \`${name}\` is none of ${recordKinds.join(", ")}.`);
  if (action === "export") return exported(kind, options, clock.now());
  if (action === "import") return imported(kind, options, clock);
  throw new CodedError("CONFIG", `records: \`${action}\` is neither import nor export. See \`records --help\`.`);
}

type Options = RecordsCommand["options"];

async function exported(kind: RecordKind, options: Options, now: EpochMs): Promise<Printed> {
  const { csv, from, to } = options;
  const { platform } = await loadPlant(options.plant, process.env);
  await using records = await openRecordsReader(recordsFile(options.data));
  const table = recordCsv(kind, {
    records,
    from: from === undefined ? instant(0) : timeOption("from", from, now),
    to: to === undefined ? instant(Number.MAX_SAFE_INTEGER) : timeOption("to", to, now),
    timeZone: platform.timeZone,
  });
  if (csv === undefined) return { out: table, error: "", code: exitCodes.ok };
  await writeNewFile(csv, table);
  return { out: `${csv}: ${table.split("\r\n").length - 2} lines of ${kind}\n`, error: "", code: exitCodes.ok };
}

async function imported(kind: RecordKind, options: Options, clock: Clock): Promise<Printed> {
  const { csv, write } = options;
  if (csv === undefined) throw new CodedError("CONFIG", "records: name the table with --csv.");
  const text = decodeTable(await contentOf(csv));
  const plant = await loadPlant(options.plant, process.env);
  await using records = await openRecordsReader(recordsFile(options.data));
  const read = readRecords(kind, text, knownNames(plant, records, clock.now()));
  if (read.problems.length > 0) return refusal({ lines: read.rows.length, added: 0, problems: read.problems }, csv);
  try {
    await using desk = await openIngestDesk(options, clock);
    const result = await importRecords(read, !write, desk.ask);
    return result.problems.length > 0 ? refusal(result, csv) : summary(result, kind, write);
  } catch (error) {
    if (!(error instanceof CodedError) || error.code === "CONFIG") throw error;
    if (error.verdict !== "retry") return { out: "", error: `${error.detail}\n`, code: exitCodes.refused };
    const help = "Records are imported by ingest alone; start it, and try again.";
    const text = `Ingest does not answer at ${options.broker}: ${error.detail} ${help}\n`;
    return { out: "", error: text, code: exitCodes.failed };
  }
}

function refusal({ problems }: ImportResult, csv: string): Printed {
  const mistakes = problems.length === 1 ? "one mistake" : `${problems.length} mistakes`;
  const lines = problems.map(({ line, key, what }) => `${csv}:${line}: ${key}: ${what}\n`);
  return { out: "", error: `${lines.join("")}${mistakes}; nothing is imported\n`, code: exitCodes.refused };
}

function summary({ lines, added }: ImportResult, kind: RecordKind, write: boolean): Printed {
  const there = lines - added;
  const rest = there > 0 ? `, ${there} ${there === 1 ? "is" : "are"} there already` : "";
  const out = write
    ? `${added} ${kind} added${rest}\n`
    : `${added} ${kind} would be added${rest}\nnothing is imported yet: --write imports\n`;
  return { out, error: "", code: exitCodes.ok };
}

async function contentOf(file: string): Promise<Buffer> {
  try {
    return await readFile(file);
  } catch (error) {
    throw new CodedError("CONFIG", `records: ${file} cannot be read: ${messageOf(error)}`);
  }
}
