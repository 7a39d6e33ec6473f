import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** Where recordings of a real test bench lie, if this machine has them. They are no part of the project. */
export const recordingsFolder: string =
  process.env.PILOTLINE_RECORDINGS ?? fileURLToPath(new URL("../../../shared/recordings", import.meta.url));

export const recordingNames = ["valve1-0", "valve1-3", "valve2-1", "anomaly-free"] as const;

export const recordingFile = (name: string): string => join(recordingsFolder, `${name}.csv`);

/** Why the recordings cannot be used here, or undefined. */
export const recordingsMissing: string | undefined = recordingNames.every((name) => existsSync(recordingFile(name)))
  ? undefined
  : `no recordings in ${recordingsFolder} (PILOTLINE_RECORDINGS names the folder)`;

/** One column of a recording as the file says it, read without any code of the product. */
export function recordedColumns(name: string): Map<string, { atMs: number; value: number }[]> {
  const [head = "", ...rows] = readFileSync(recordingFile(name), "utf8").trim().split(/\r?\n/);
  const columns = head.split(";").slice(1);
  const samples = new Map(columns.map((column): [string, { atMs: number; value: number }[]] => [column, []]));
  for (const row of rows) {
    const [time = "", ...cells] = row.split(";");
    const atMs = Date.parse(`${time.replace(" ", "T")}+08:00`);
    columns.forEach((column, i) => {
      samples.get(column)?.push({ atMs, value: Number(cells[i]) });
    });
  }
  return samples;
}
