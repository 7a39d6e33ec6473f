import { csvCell } from "../trend/csv.ts";

/** What a chart shows, as a table and as a file: the same numbers, none left out. */
export interface ChartTable {
  readonly columns: readonly {
    readonly title: string /** Of numbers; text where absent. */;
    readonly decimals?: number;
  }[];
  readonly rows: readonly (readonly (string | number | null)[])[];
}

/** UTF-8 with a byte order mark, so that Excel reads Chinese; numbers whole, what is not known empty. */
export function tableCsv({ columns, rows }: ChartTable, about: readonly (readonly [string, string])[]): string {
  const text = (cell: string | number | null): string =>
    cell === null ? "" : typeof cell === "number" ? String(Number(cell.toPrecision(12))) : cell;
  const lines = [
    ...about.map(([key, value]) => [`# ${key}`, value]),
    columns.map(({ title }) => title),
    ...rows.map((row) => row.map(text)),
  ];
  return `\uFEFF${lines.map((line) => line.map(csvCell).join(",")).join("\r\n")}\r\n`;
}
