import type { AlarmRuleConfig } from "../alarmRules/registry.ts";
import { suggest } from "../nearest.ts";
import type { Report } from "../problem.ts";
import type { LineConfig } from "../schema.ts";

/** What suppresses a rule: equipment with a state, alarms of the line that are not suppressed by it in turn. */
export function checkSuppression(rule: AlarmRuleConfig, line: LineConfig, path: string, report: Report): void {
  const { suppress } = rule;
  if (!suppress) return;
  const at = `${path}.suppress`;
  const { states, alarms, group } = suppress;
  if (states.length === 0 && alarms.length === 0 && group === undefined) {
    report(at, "nothing suppresses it", "name states, alarms or a group, or remove it.");
  }
  if (states.length > 0 || suppress.equipment !== undefined) {
    const name = suppress.equipment ?? rule.tag.split("/")[0];
    const equipment = line.equipment.find(({ id }) => id === name);
    if (!equipment && suppress.equipment !== undefined) {
      const known = line.equipment.map(({ id }) => id);
      report(`${at}.equipment`, `the line has no equipment \`${name}\``, suggest(name ?? "", known, "equipment"));
    } else if (equipment && !equipment.state) {
      report(`${at}.states`, `equipment \`${equipment.id}\` has no state`, "name one with `state`, by `equipment`.");
    }
  }
  const known = line.alarms.map(({ id }) => id).filter((id) => id !== rule.id);
  for (const [i, id] of alarms.entries()) {
    if (!known.includes(id)) {
      report(`${at}.alarms[${i}]`, `the line has no other alarm \`${id}\``, suggest(id, known, "its alarms"));
    } else if (reaches(line, id, rule.id)) {
      const what = `\`${id}\` is suppressed by \`${rule.id}\` in turn`;
      report(`${at}.alarms[${i}]`, what, "remove it from one of both: each would hide the other.");
    }
  }
}

/** Whether `to` suppresses `from`, at once or by others between. */
function reaches(line: LineConfig, from: string, to: string): boolean {
  const seen = new Set<string>();
  const left = [from];
  for (let id = left.pop(); id !== undefined; id = left.pop()) {
    if (id === to) return true;
    if (seen.has(id)) continue;
    seen.add(id);
    left.push(...(line.alarms.find((rule) => rule.id === id)?.suppress?.alarms ?? []));
  }
  return false;
}
