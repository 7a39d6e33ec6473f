import { readCsv } from "#shared/kit/csv.ts";
import { bookingStates } from "#shared/model/booking.ts";
import { runKinds, runStates } from "#shared/model/run.ts";
import { relations } from "#shared/model/tenant.ts";
import { type EpochMs, instant } from "#shared/model/time.ts";
import {
  bookingProblems,
  declarationProblems,
  type KnownNames,
  type RecordProblem,
  runProblems,
} from "./recordChecks.ts";

/** A mistake in one line of a file. */
export interface LineProblem extends RecordProblem {
  readonly line: number;
}

export interface ReadTable<Row> {
  readonly rows: readonly { readonly line: number; readonly row: Row }[];
  readonly problems: readonly LineProblem[];
}

/** The cells of one line by their column; reading one notes what is wrong with it. */
class Cells {
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

  number(key: string): number | null {
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

function readTable<Row>(
  text: string,
  wanted: readonly string[],
  read: (cells: Cells) => Row,
  check: (row: Row) => readonly RecordProblem[],
): ReadTable<Row> {
  const { rows: lines, unclosed } = readCsv(text.replace(/^\uFEFF/, ""), ",");
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

/** Runs of a file as it is exported. */
export const readRuns = (text: string, known: KnownNames) =>
  readTable(
    text,
    ["line", "equipment", "from"],
    (cells) => {
      const [planned, produced, good] = [cells.number("planned"), cells.number("produced"), cells.number("good")];
      const hasAmount = planned !== null || produced !== null || good !== null;
      const to = cells.maybeTime("to");
      return {
        line: cells.text("line"),
        equipment: cells.text("equipment").split("+"),
        project: cells.optional("project"),
        tenant: cells.optional("tenant"),
        kind: cells.oneOf("kind", runKinds, "other"),
        batch: cells.optional("batch"),
        recipe: cells.optional("recipe"),
        lot: cells.optional("lot"),
        quantities: hasAmount ? { unit: cells.optional("unit") ?? "1", planned, produced, good } : null,
        plannedSecondsPerUnit: null,
        note: cells.optional("note"),
        from: cells.time("from"),
        to,
        state: cells.oneOf(
          "state",
          runStates.filter((state) => state !== "voided"),
          to === null ? "running" : "completed",
        ),
        reason: cells.optional("reason"),
      };
    },
    (run) => runProblems(run, known),
  );

export const readBookings = (text: string, known: KnownNames) =>
  readTable(
    text,
    ["line", "equipment", "from", "to", "tenant"],
    (cells) => ({
      line: cells.text("line"),
      equipment: cells.text("equipment"),
      from: cells.time("from"),
      to: cells.time("to"),
      tenant: cells.text("tenant"),
      project: cells.optional("project"),
      state: cells.oneOf(
        "state",
        bookingStates.filter((state) => state !== "cancelled"),
        "requested",
      ),
      note: cells.optional("note"),
    }),
    (booking) => bookingProblems(booking, known),
  );

const idPattern = /^[A-Za-z0-9][A-Za-z0-9_-]{0,62}$/;

export const readTenants = (text: string) =>
  readTable(
    text,
    ["id", "name", "relation"],
    (cells) => ({
      id: cells.text("id"),
      tenant: {
        name: cells.text("name"),
        relation: cells.oneOf("relation", relations),
        creditCode: cells.optional("creditCode"),
        contact: cells.optional("contact"),
        active: cells.oneOf("active", ["yes", "no"], "yes") === "yes",
      },
    }),
    ({ id, tenant: { creditCode } }) => [
      ...(idPattern.test(id) ? [] : [{ key: "id", what: `\`${id}\` is no id: letters, digits, _ and -` }]),
      ...(creditCode === null || /^[0-9A-Z]{18}$/.test(creditCode)
        ? []
        : [{ key: "creditCode", what: `\`${creditCode}\` has not 18 digits and capital letters` }]),
    ],
  );

const periodPattern = /^[1-9]\d{3}(-(Q[1-4]|0[1-9]|1[0-2]))?$/;

export const readDeclared = (text: string, known: Pick<KnownNames, "lines">) =>
  readTable(
    text,
    ["item", "period", "value"],
    (cells) => ({
      item: cells.text("item"),
      period: cells.text("period"),
      equipment: cells.optional("equipment"),
      value: cells.text("value") === "" ? 0 : (cells.number("value") ?? 0),
      evidence: null,
      note: cells.optional("note"),
    }),
    (declaration) => [
      ...(periodPattern.test(declaration.period)
        ? []
        : [{ key: "period", what: `\`${declaration.period}\` is no period; write 2026, 2026-Q4 or 2026-11` }]),
      ...declarationProblems(declaration, known),
    ],
  );
