import { readFileSync } from "node:fs";
import { decodeTable } from "#shared/kit/csv.ts";
import { parsePlant } from "#shared/plant/load.ts";
import { formatProblem } from "#shared/plant/problem.ts";
import { exportTable } from "#shared/plant/tagTable/exportTable.ts";
import { type ImportResult, importTable } from "#shared/plant/tagTable/importTable.ts";
import { readPlantRows } from "#shared/plant/tagTable/plantRows.ts";
import { planLines } from "#shared/plant/tagTable/report.ts";

const readText = (path: string) => readFileSync(path, "utf8");

/** The table of a device, without the mark that says UTF-8 to a spreadsheet. */
export const exported = (text: string, device: string): string =>
  exportTable(readPlantRows(text, "plant.yaml", {}, readText), device).replace(/^\uFEFF/, "");

export interface Given {
  readonly text: string;
  readonly device: string;
  readonly table: string | Uint8Array;
  readonly remove?: boolean;
}

export const imported = ({ text, device, table, remove = false }: Given): ImportResult =>
  importTable({
    text,
    file: "plant.yaml",
    env: {},
    readText,
    device,
    remove,
    table: { file: "t.csv", text: typeof table === "string" ? table : decodeTable(table) },
  });

/** What an import says: its mistakes, or what it does. */
export function outcome(given: Given): readonly string[] {
  const { problems, plan } = imported(given);
  return problems.length > 0 ? problems.map(formatProblem) : planLines(plan);
}

/** The plant file after an import that must succeed. */
export function afterImport(given: Given): string {
  const { problems, text } = imported(given);
  if (problems.length > 0) throw new Error(problems.map(formatProblem).join("\n"));
  const { plant } = parsePlant(text, "plant.yaml", {}, readText);
  if (!plant) throw new Error("the result is no plant");
  return text;
}

/** A table with these cells under the titles that it needs. */
export function tableOf(...rows: readonly Readonly<Record<string, string>>[]): string {
  const titles = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  const cell = (text: string) => `"${text.replaceAll('"', '""')}"`;
  return [titles, ...rows.map((row) => titles.map((title) => row[title] ?? ""))]
    .map((cells) => `${cells.map(cell).join(",")}\r\n`)
    .join("");
}

/** Changes one cell of a table: of the row of this tag, under this title. */
export function withCell(table: string, id: string, title: string, value: string): string {
  const lines = table.split("\r\n");
  const titles = (lines[0] ?? "").split(",");
  return lines
    .map((line) => {
      const cells = line.split(",");
      if (cells[titles.indexOf("id")] !== id) return line;
      cells[titles.indexOf(title)] = value;
      return cells.join(",");
    })
    .join("\r\n");
}
