import { CodedError } from "#shared/model/errors.ts";

/** A table as text: the cells of the header and of each row, with the row's line in the file. */
export interface Table {
  readonly header: readonly string[];
  readonly rows: readonly { readonly line: number; readonly cells: readonly string[] }[];
}

/** Reads `;` or `,` separated text (RFC 4180: cells in quotes may hold the separator). Throws `CONFIG` with the line. */
export function parseCsv(text: string, file: string): Table {
  const lines = text.replace(/^\uFEFF/, "").split(/\r?\n/);
  const [first = ""] = lines;
  const separator = first.includes(";") ? ";" : ",";
  const header = cellsOf(first, separator).map((cell) => cell.trim());
  if (header.length < 2 || header.some((name) => name === "")) {
    throw new CodedError("CONFIG", `${file}:1: a header with a time column and at least one more is needed.`);
  }
  const twice = header.find((name, index) => header.indexOf(name) !== index);
  if (twice !== undefined) throw new CodedError("CONFIG", `${file}:1: there are two columns \`${twice}\`.`);
  const rows = lines.flatMap((content, index) => {
    if (index === 0 || content.trim() === "") return [];
    const cells = cellsOf(content, separator);
    if (cells.length !== header.length) {
      throw new CodedError("CONFIG", `${file}:${index + 1}: ${cells.length} cells, the header has ${header.length}.`);
    }
    return [{ line: index + 1, cells }];
  });
  return { header, rows };
}

function cellsOf(line: string, separator: string): string[] {
  if (!line.includes('"')) return line.split(separator);
  const cells: string[] = [];
  let cell = "";
  let quoted = false;
  for (let i = 0; i < line.length; i++) {
    const character = line[i];
    if (character === '"' && quoted && line[i + 1] === '"') {
      cell += '"';
      i++;
    } else if (character === '"') quoted = !quoted;
    else if (character === separator && !quoted) {
      cells.push(cell);
      cell = "";
    } else cell += character;
  }
  return [...cells, cell];
}
