import type { Environment } from "../environment.ts";
import { parsePlant } from "../load.ts";
import type { Problem } from "../problem.ts";
import type { ReadText } from "../templates/catalogue.ts";
import { applyPlan } from "./applyPlan.ts";
import { type CellProblem, inTable, isConsequence } from "./cellProblems.ts";
import { fieldsOf } from "./fields.ts";
import { type Plan, planImport } from "./plan.ts";
import { readPlantRows } from "./plantRows.ts";
import { readTable, type TableRow } from "./readTable.ts";
import { differing } from "./verify.ts";

export interface ImportInput {
  readonly text: string;
  readonly file: string;
  readonly env: Environment;
  readonly readText: ReadText;
  readonly device: string;
  readonly table: { readonly text: string; readonly file: string };
  /** Tags of the device that the table does not name go. */
  readonly remove: boolean;
}

export interface ImportResult {
  readonly plan: Plan;
  /** Of the plant file as it is, of the table, and of the plant as it would be. Where there is one, nothing is written. */
  readonly problems: readonly Problem[];
  /** The plant file with the table imported. */
  readonly text: string;
}

/** Imports a table of a device's tags into the text of a plant file; every mistake of the table is named at its cell. */
export function importTable(input: ImportInput): ImportResult {
  const { text, file, env, readText, device, table } = input;
  const none: Plan = { added: [], changed: [], removed: [], kept: [], problems: [] };
  const before = parsePlant(text, file, env, readText);
  if (!before.plant) return { plan: none, problems: before.problems, text };
  const plant = readPlantRows(text, file, env, readText);
  const protocol = plant.devices.get(device);
  const fields = protocol ? fieldsOf(protocol) : [];
  const { rows, problems: misread, usable } = readTable(table.text, table.file, fields);
  if (!usable) return { plan: none, problems: misread, text };

  const first = judged(rows, input.remove && misread.length === 0);
  const mistakes = [...misread, ...first.plan.problems];
  const found: CellProblem[] = [...mistakes];
  add(first.problems);
  // References are checked once all values have their types: what is wrong already is left out, to hear of the rest.
  if (found.length > 0) add(judged(without(rows, first.problems), false).problems);
  if (found.length > 0) {
    return {
      plan: first.plan,
      problems: found.map(({ row: _row, field: _field, ...problem }) => problem).toSorted(byPlace),
      text,
    };
  }
  return { plan: first.plan, problems: differing(plant, first.plan, first.after, { file, device }), text: first.text };

  function judged(some: readonly TableRow[], remove: boolean) {
    const plan = planImport({ plant, device, fields, rows: some, remove });
    const changed = applyPlan(text, plan, plant, device, fields);
    const { problems } = parsePlant(changed, file, env, readText);
    const after = readPlantRows(changed, file, env, readText);
    const inCells = problems.map((problem) => inTable(problem, after, some, fields, device));
    return { plan, text: changed, after, problems: inCells };
  }

  function add(problems: readonly CellProblem[]): void {
    const earlier = [...found];
    found.push(...problems.filter((problem) => !earlier.some((other) => isConsequence(problem, other))));
  }
}

/** The rows without the cells that are wrong, and without rows in which a cell is missing. */
function without(rows: readonly TableRow[], problems: readonly CellProblem[]): readonly TableRow[] {
  return rows.flatMap((row): TableRow[] => {
    const own = problems.filter((problem) => problem.row && problem.line === row.placeOf("id").line);
    if (own.some(({ field }) => !field || row.values.get(field.key) === undefined)) return [];
    const wrong = new Set(own.map(({ field }) => field?.key));
    return [{ ...row, values: new Map([...row.values].filter(([key]) => !wrong.has(key))) }];
  });
}

const byPlace = (a: Problem, b: Problem): number =>
  a.file.localeCompare(b.file) || a.line - b.line || a.column - b.column;
