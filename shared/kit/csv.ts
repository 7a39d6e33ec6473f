/** One record of separated text: its cells, and the line of the file on which it begins. */
export interface CsvRow {
  readonly line: number;
  readonly cells: readonly string[];
}

export interface CsvText {
  readonly rows: readonly CsvRow[];
  /** Line of a quote that is never closed; what follows it is one cell. */
  readonly unclosed: number | undefined;
}

/**
 * Reads separated text by RFC 4180: a cell in quotes may hold the separator, line ends and doubled quotes. A quote
 * inside a cell that does not begin with one is a character like any other. An empty line is a row of one empty cell.
 */
export function readCsv(text: string, separator: string): CsvText {
  const rows: CsvRow[] = [];
  let unclosed: number | undefined;
  let line = 1;
  for (let at = 0; at < text.length; line++) {
    const end = lineEnd(text, at);
    const content = text.slice(at, text[end - 1] === "\r" && end > at ? end - 1 : end);
    if (!content.includes('"')) {
      rows.push({ line, cells: content.split(separator) });
      at = end + 1;
      continue;
    }
    const record = readRecord(text, at, separator);
    rows.push({ line, cells: record.cells });
    if (record.open !== undefined) unclosed = line + linesIn(text, at, record.open);
    line += linesIn(text, at, record.end);
    at = record.end + 1;
  }
  return { rows, unclosed };
}

const lineEnd = (text: string, from: number): number => {
  const end = text.indexOf("\n", from);
  return end === -1 ? text.length : end;
};

const linesIn = (text: string, from: number, to: number): number => text.slice(from, to).split("\n").length - 1;

/** The record from `from` on; `end` is the line end behind it, `open` the quote that is never closed. */
function readRecord(text: string, from: number, separator: string): { cells: string[]; end: number; open?: number } {
  const cells: string[] = [];
  let at = from;
  for (;;) {
    let cell = "";
    if (text[at] === '"') {
      const open = at++;
      for (;;) {
        const quote = text.indexOf('"', at);
        if (quote === -1) return { cells: [...cells, cell + text.slice(at)], end: text.length, open };
        cell += text.slice(at, quote);
        at = quote + 1;
        if (text[at] !== '"') break;
        cell += '"';
        at++;
      }
    }
    const end = lineEnd(text, at);
    const next = text.indexOf(separator, at);
    if (next !== -1 && next < end) {
      cells.push(cell + text.slice(at, next));
      at = next + separator.length;
      continue;
    }
    cells.push(cell + text.slice(at, text[end - 1] === "\r" && end > at ? end - 1 : end));
    return { cells, end };
  }
}

/** A cell with commas between cells (RFC 4180). */
export const csvCell = (text: string): string => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

/** A spreadsheet would run a cell that begins like this as a formula. */
export const beginsFormula = (text: string): boolean => /^[=+\-@\t\r]/.test(text);

/** A cell for a spreadsheet: a text that it would run as a formula is made harmless by an apostrophe. */
export function csvField(value: number | boolean | string | null): string {
  if (value === null) return "";
  if (typeof value !== "string") return String(value);
  return csvCell(beginsFormula(value) ? `'${value}` : value);
}

/** Excel and WPS take a file for UTF-8 only when it begins like this. */
export const byteOrderMark = "\uFEFF";

/** The text of a file as Excel and WPS save it: UTF-8, UTF-16 ("Unicode text"), or the Chinese code page. */
export function decodeTable(bytes: Uint8Array): string {
  const [first, second] = bytes;
  if (first === 0xff && second === 0xfe) return new TextDecoder("utf-16le").decode(bytes);
  if (first === 0xfe && second === 0xff) return new TextDecoder("utf-16be").decode(bytes);
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    // The one way to ask: a TypeError says that these bytes are no UTF-8.
    return new TextDecoder("gb18030").decode(bytes);
  }
}

const separators = [",", ";", "\t"];

/** What stands between the cells of the first line. */
export function separatorOf(text: string): string {
  const first = /^[^\n]*/.exec(text)?.[0] ?? "";
  const count = (separator: string) => first.split(separator).length;
  return separators.toSorted((a, b) => count(b) - count(a))[0] ?? ",";
}
