import type { Problem } from "../problem.ts";
import type { Field } from "./fields.ts";
import { type PlantRows, placeText } from "./plantRows.ts";
import type { TableRow } from "./readTable.ts";

/** A problem of the plant as it would be; with the row and the field that make it, where the table does. */
export interface CellProblem extends Problem {
  readonly row?: TableRow;
  readonly field?: Field | undefined;
}

/** A mistake in the plant as it would be, at the cell that makes it; else at the place that it would have. */
export function inTable(
  problem: Problem,
  after: PlantRows,
  rows: readonly TableRow[],
  fields: readonly Field[],
  device: string,
): CellProblem {
  const at = problem.at ?? "";
  const tag = after.rows.find(({ path }) => at === path || at.startsWith(`${path}.`));
  const row = tag?.device === device && rows.find((other) => placeText(other) === placeText(tag));
  if (!tag || !row) return { ...problem, file: `${problem.file} (with the table imported)` };
  const rest = at.slice(tag.path.length + 1);
  const field = fieldAt(
    problem,
    rest,
    fields.filter(({ key }) => row.values.has(key)),
  );
  const title = field?.titles[Number(/\[(\d)\]$/.exec(rest)?.[1] ?? 0)] ?? field?.titles[0];
  const [what, remedy] = [named(problem.what, after), named(problem.remedy, after)];
  return { ...row.placeOf(title ?? "id"), key: title ?? "id", what, remedy, row, field };
}

/** Other tags by their names, since who reads a table does not see the plant file's keys. */
const named = (text: string, { rows }: PlantRows): string =>
  text.replaceAll(/lines\[\d+\]\.equipment\[\d+\]\.tags\[\d+\]/g, (at) => {
    const tag = rows.find(({ path }) => path === at);
    return tag ? placeText(tag) : at;
  });

/** The field that a mistake is about: the one at the path, the one that is missing below it, or the first below it. */
function fieldAt({ what }: Problem, rest: string, fields: readonly Field[]): Field | undefined {
  const key = rest.replace(/\[\d+\]$/, "");
  const missing = /^key `(\w+)` is missing/.exec(what)?.[1];
  const wanted = missing === undefined ? key : [key, missing].filter(Boolean).join(".");
  return (
    fields.find((field) => field.key === wanted) ??
    fields.find((field) => wanted !== "" && field.key.startsWith(`${wanted}.`)) ??
    fields.find((field) => key !== "" && field.key.startsWith(`${key}.`))
  );
}

/** What the check says of a row of which a cell of the same object was not understood. */
export const isConsequence = (problem: Problem, { file, line, key }: Problem): boolean =>
  problem.file === file && problem.line === line && problem.key.split(".")[0] === key.split(".")[0];
