import { readFile } from "node:fs/promises";
import { CodedError, messageOf } from "#shared/model/errors.ts";
import { plantFileText } from "../plantFile/plantFile.ts";
import { type ColumnMap, parseColumnMap } from "./columnMap.ts";
import { parseCsv, type Table } from "./csv.ts";
import { plainMap, type Recording, recordingOf } from "./recording.ts";

const builtIn = new URL("maps/testBench.yaml", import.meta.url);

/** Reads a recording; without `mapFile` a known kind of recording is recognised by its columns. */
export async function readRecording(csvFile: string, mapFile: string | undefined): Promise<Recording> {
  const table = parseCsv(await textOf(csvFile), csvFile);
  const map = mapFile === undefined ? await recognise(table) : parseColumnMap(await textOf(mapFile), mapFile);
  return recordingOf(table, map, csvFile);
}

async function recognise(table: Table): Promise<ColumnMap> {
  const known = parseColumnMap(await readFile(builtIn, "utf8"), "testBench.yaml");
  const fits = [...known.columns].every(([name, { optional }]) => optional || table.header.includes(name));
  return fits ? known : plainMap(table);
}

async function textOf(file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    throw new CodedError("CONFIG", `${file} cannot be read: ${messageOf(error)}.`);
  }
}

/** Silence of the bench's one-second rows that counts as a gap. */
const gapAfterMs = 1_500;

/** The plant file that fits a recording: every row is reported, missing seconds are gaps. */
export const recordingPlantFile = ({ facts, signals, timeZone }: Recording): string =>
  plantFileText({
    header: [
      "录制数据回放。 | A recording, served by `npm run pilotline -- simulate replay <csv>`.",
      "Every row is kept (`report: every`), and seconds that the recording lacks show as gaps.",
    ],
    platform: { id: "demo", name: { zh: "示范中试平台", en: "Demonstration platform" }, timeZone },
    gateway: { id: "edge-1", name: { zh: "一号边缘网关", en: "Edge gateway 1" } },
    lines: [facts],
    signals,
    alarmTemplates: null,
    everyRow: { gapAfterMs },
  });
