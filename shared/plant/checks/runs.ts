import { suggest } from "../nearest.ts";
import type { Plant } from "../plant.ts";
import type { Report } from "../problem.ts";
import type { LineConfig } from "../schema.ts";

/** Run rules: their tags and equipment exist, and no value means two things. */
export function checkRuns({ lines }: Plant, report: Report): void {
  for (const [l, line] of lines.entries()) {
    const tags = line.equipment.flatMap(({ id, tags }) => tags.map((tag) => `${id}/${tag.id}`));
    for (const [r, rule] of line.runs.entries()) {
      const path = `lines[${l}].runs[${r}]`;
      for (const key of ["tag", "batch", "project"] as const) {
        const name = rule[key];
        if (name === undefined || tags.includes(name)) continue;
        report(`${path}.${key}`, `line \`${line.id}\` has no tag \`${name}\``, suggest(name, tags, "tags of the line"));
      }
      checkEquipmentOf(line, rule.equipment, `${path}.equipment`, report);
      checkValues(rule, path, report);
    }
  }
}

function checkEquipmentOf(line: LineConfig, held: readonly string[], path: string, report: Report): void {
  const known = line.equipment.map(({ id }) => id);
  for (const [i, id] of held.entries()) {
    if (!known.includes(id))
      report(`${path}[${i}]`, `line \`${line.id}\` has no equipment \`${id}\``, suggest(id, known, "its equipment"));
    else if (held.indexOf(id) !== i) report(`${path}[${i}]`, `equipment \`${id}\` stands there twice`, "remove one.");
  }
}

function checkValues(rule: LineConfig["runs"][number], path: string, report: Report): void {
  const lists = { running: rule.running ?? [], held: rule.held, aborted: rule.aborted };
  const seen = new Map<string, string>();
  for (const [key, values] of Object.entries(lists)) {
    for (const [i, value] of values.entries()) {
      const earlier = seen.get(value);
      if (earlier === undefined) seen.set(value, `${key}[${i}]`);
      else report(`${path}.${key}[${i}]`, `value \`${value}\` stands in ${earlier} too`, "a value means one thing.");
    }
  }
}
