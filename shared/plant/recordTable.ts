import { byteOrderMark, readCsv, separatorOf } from "#shared/kit/csv.ts";
import type { LineProblem } from "#shared/model/recordKind.ts";
import { type EpochMs, instant } from "#shared/model/time.ts";
import type { RecordProblem } from "./recordChecks.ts";

/** What a file says, and what is wrong in it. */
export interface ReadTable<Row> {
  readonly rows: readonly { readonly line: number; readonly row: Row }[];
  readonly problems: readonly LineProblem[];
}

/** The cells of one line by their column; reading one notes what is wrong with it. */
export class Cells {
  readonly problems: RecordProblem[] = [];
  readonly #cells: ReadonlyMap<string, string>;

  constructor(cells: ReadonlyMap<string, string>) {
    this.#cells = cells;
  }

  /** A text that an export has made harmless with an apostrophe is as it was. */
  optional(key: string): string | null {
    const text = (this.#cells.get(key) ?? "").trim().replace(/^'(?=[=+\-@\t\r])/, "");
    return text === "" ? null : text;
  }

  text(key: string): string {
    const text = this.optional(key);
    if (text === null) this.problems.push({ key, what: "the cell is empty" });
    return text ?? "";
  }

  oneOf<Word extends string>(key: string, words: readonly Word[], otherwise?: Word): Word {
    const text = this.optional(key) ?? otherwise ?? "";
    const found = words.find((word) => word === text);
    if (!found) this.problems.push({ key, what: `\`${text}\` is none of ${words.join(", ")}` });
    return found ?? (words[0] as Word);
  }

  /** A number of at least 0. */
  amount(key: string): number | null {
    const text = this.optional(key);
    if (text === null) return null;
    const value = Number(text);
    if (!(value >= 0)) this.problems.push({ key, what: `\`${text}\` is no number of at least 0` });
    return value;
  }

  maybeTime(key: string): EpochMs | null {
    const text = this.optional(key);
    if (text === null) return null;
    const at = /(?:Z|[+-]\d\d:\d\d)$/.test(text) ? Date.parse(text) : Number.NaN;
    if (Number.isNaN(at)) this.problems.push({ key, what: `\`${text}\` is no time; write 2026-11-26T08:00:00+08:00` });
    return instant(at);
  }

  time(key: string): EpochMs {
    this.text(key);
    return this.maybeTime(key) ?? instant(0);
  }
}

/** Reads a file with a heading line; lines that begin with `#` and empty ones are left out. */
export function readTable<Row>(
  text: string,
  wanted: readonly string[],
  read: (cells: Cells) => Row,
  check: (row: Row) => readonly RecordProblem[],
): ReadTable<Row> {
  const plain = text.startsWith(byteOrderMark) ? text.slice(1) : text;
  const { rows: lines, unclosed } = readCsv(plain, separatorOf(plain));
  const content = lines.filter(({ cells }) => cells.some((cell) => cell.trim() !== "") && !cells[0]?.startsWith("#"));
  const [head, ...body] = content;
  const columns = (head?.cells ?? []).map((cell) => cell.trim());
  const missing = wanted.filter((key) => !columns.includes(key));
  if (unclosed !== undefined)
    return { rows: [], problems: [{ line: unclosed, key: "file", what: "a quote is never closed" }] };
  if (missing.length > 0)
    return {
      rows: [],
      problems: missing.map((key) => ({ line: head?.line ?? 1, key, what: "the column is missing" })),
    };
  const rows: { line: number; row: Row }[] = [];
  const problems: LineProblem[] = [];
  for (const { line, cells: values } of body) {
    const cells = new Cells(new Map(columns.map((key, i) => [key, values[i] ?? ""])));
    const row = read(cells);
    const found = cells.problems.length > 0 ? cells.problems : check(row);
    problems.push(...found.map((problem) => ({ line, ...problem })));
    if (found.length === 0) rows.push({ line, row });
  }
  return { rows, problems };
}
