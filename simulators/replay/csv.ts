import { byteOrderMark, readCsv } from "#shared/kit/csv.ts";
import { CodedError } from "#shared/model/errors.ts";

/** A table as text: the cells of the header and of each row, with the row's line in the file. */
export interface Table {
  readonly header: readonly string[];
  readonly rows: readonly { readonly line: number; readonly cells: readonly string[] }[];
}

/** Reads `;` or `,` separated text (RFC 4180: cells in quotes may hold the separator). Throws `CONFIG` with the line. */
export function parseCsv(text: string, file: string): Table {
  const content = text.startsWith(byteOrderMark) ? text.slice(1) : text;
  const separator = /^[^\n]*;/.test(content) ? ";" : ",";
  const { rows: all, unclosed } = readCsv(content, separator);
  if (unclosed !== undefined) throw new CodedError("CONFIG", `${file}:${unclosed}: the quote is not closed.`);
  const header = (all[0]?.cells ?? []).map((cell) => cell.trim());
  if (header.length < 2 || header.some((name) => name === "")) {
    throw new CodedError("CONFIG", `${file}:1: a header with a time column and at least one more is needed.`);
  }
  const twice = header.find((name, index) => header.indexOf(name) !== index);
  if (twice !== undefined) throw new CodedError("CONFIG", `${file}:1: there are two columns \`${twice}\`.`);
  const rows = all.slice(1).filter(({ cells }) => cells.length > 1 || cells[0]?.trim() !== "");
  for (const { line, cells } of rows) {
    if (cells.length === header.length) continue;
    throw new CodedError("CONFIG", `${file}:${line}: ${cells.length} cells, the header has ${header.length}.`);
  }
  return { header, rows };
}
