import type { AlarmPriority } from "#shared/model/alarm.ts";
import type { Plant } from "../plant.ts";
import type { Report } from "../problem.ts";

const asked: readonly AlarmPriority[] = ["critical", "high"];
const parts = ["cause", "consequence", "response", "timeToRespondMinutes"] as const;

/** Rules of the upper priorities say why they are there and what to do (ISA-18.2, 6.2). No mistakes: a plant runs without. */
export function warnOfMissingGuidance({ lines }: Plant, warn: Report): void {
  for (const [l, line] of lines.entries()) {
    for (const [a, rule] of line.alarms.entries()) {
      const missing = parts.filter((part) => rule[part] === undefined);
      if (missing.length === 0 || !asked.includes(rule.priority)) continue;
      const what = `alarm \`${rule.id}\` of priority ${rule.priority} lacks ${missing.join(", ")}`;
      warn(`lines[${l}].alarms[${a}]`, what, "write down what the operator must know, or lower the priority.");
    }
  }
}
