import { byteOrderMark, readCsv, separatorOf } from "#shared/kit/csv.ts";
import { suggest } from "../nearest.ts";
import type { Problem } from "../problem.ts";
import { type CellMistake, isMistakes, textOf, type Value, valueIn } from "./cells.ts";
import type { Field } from "./fields.ts";
import type { Place } from "./plantRows.ts";
import { placeTitles } from "./titles.ts";

/** Where a cell stands; columns are counted in cells, as a spreadsheet counts them. */
export interface CellPlace {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** One row of the file. */
export interface TableRow extends Place {
  /** What the `template` column says; undefined where there is no such column. */
  readonly origin: string | undefined;
  /** By field; undefined is an empty cell. Fields without columns are not in it. */
  readonly values: ReadonlyMap<string, Value | undefined>;
  placeOf(title: string): CellPlace;
}

export interface Table {
  readonly rows: readonly TableRow[];
  readonly problems: readonly Problem[];
  /** False where the titles are wrong: nothing is known of the rows then. */
  readonly usable: boolean;
}

/** Reads a table of tags; `fields` are those of the device's protocol. Every mistake of the file's form is a problem. */
export function readTable(content: string, file: string, fields: readonly Field[]): Table {
  const text = content.startsWith(byteOrderMark) ? content.slice(1) : content;
  const separator = separatorOf(text);
  const { rows, unclosed } = readCsv(text, separator);
  const problems: Problem[] = [];
  const problem = (line: number, column: number, key: string, what: string, remedy: string) =>
    void problems.push({ file, line, column, key, what, remedy });
  if (unclosed !== undefined)
    problem(unclosed, 1, "table", "a quote is never closed", "close it, or double it inside a cell.");
  const titles = (rows[0]?.cells ?? []).map((cell) => cell.trim());
  const columns = new Map<string, number>();
  const known = [...placeTitles, ...fields.flatMap((field) => field.titles)];
  for (const [c, title] of titles.entries()) {
    const at = (what: string, remedy: string) => problem(1, c + 1, title === "" ? "title" : title, what, remedy);
    if (title === "" && rows.every(({ cells }) => (cells[c] ?? "").trim() === "")) continue;
    if (!known.includes(title))
      at(
        `there is no column \`${title}\``,
        suggest(
          title,
          known.filter((name) => !titles.includes(name)),
          "columns",
        ),
      );
    else if (columns.has(title)) at(`there are two columns \`${title}\``, "remove one of the two.");
    else columns.set(title, c);
  }
  for (const title of ["line", "equipment", "id"]) {
    if (!columns.has(title))
      problem(1, 1, title, `column \`${title}\` is missing`, "take the titles of an exported file.");
  }
  const present = fields.filter(({ titles: own }) => own.some((title) => columns.has(title)));
  for (const { titles: own } of present) {
    const [missing] = own.filter((title) => !columns.has(title));
    if (missing !== undefined)
      problem(1, 1, missing, `column \`${missing}\` is missing`, `${own.join(" and ")} belong together.`);
  }
  if (problems.length > 0) return { rows: [], problems, usable: false };

  const found = rows.slice(1).flatMap(({ line, cells }): TableRow[] => {
    const cell = (title: string) => cells[columns.get(title) ?? -1] ?? "";
    const placeOf = (title: string) => ({ file, line, column: (columns.get(title) ?? 0) + 1 });
    if (cells.every((text) => text.trim() === "") || cell("line").startsWith("#")) return [];
    const excess = cells.findIndex((text, c) => c >= titles.length && text.trim() !== "");
    if (excess !== -1) {
      problem(
        line,
        excess + 1,
        "table",
        "the row has more cells than there are titles",
        "put cells that hold the separator in quotes.",
      );
      return [];
    }
    const mistaken = (titlesOfCells: readonly string[], mistakes: readonly CellMistake[]) => {
      for (const { cell: i, what, remedy } of mistakes) {
        const title = titlesOfCells[i] ?? "";
        problem(line, placeOf(title).column, title, what, remedy);
      }
    };
    const values = new Map<string, Value | undefined>();
    for (const field of present) {
      const value = valueIn(field, field.titles.map(cell));
      if (isMistakes(value)) mistaken(field.titles, value);
      else values.set(field.key, value);
    }
    const place = { line: textOf(cell("line")), equipment: textOf(cell("equipment")), id: textOf(cell("id")) };
    const before = problems.length;
    for (const [title, text] of Object.entries(place)) {
      const damaged = valueIn({ key: title, path: [], kind: "text", shape: {}, titles: [title] }, [cell(title)]);
      if (isMistakes(damaged)) mistaken([title], damaged);
      else if (text === "")
        problem(line, placeOf(title).column, title, "is empty", "fill it in, or empty the whole row.");
    }
    if (problems.length > before) return [];
    const origin = columns.has("template") ? textOf(cell("template")) : undefined;
    return [{ ...place, origin, values, placeOf }];
  });
  return { rows: found, problems, usable: true };
}
