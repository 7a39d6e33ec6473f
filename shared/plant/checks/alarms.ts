import { isUpper, type LimitRule } from "../alarmRules/limits.ts";
import { type AlarmRuleConfig, kindOf } from "../alarmRules/registry.ts";
import { suggest } from "../nearest.ts";
import type { Plant } from "../plant.ts";
import type { Report } from "../problem.ts";
import type { EquipmentConfig, LineConfig, TagConfig } from "../schema.ts";
import { checkSuppression } from "./suppression.ts";

/** Alarm rules: the tag exists and fits the kind, limits can be reached and left, what suppresses them exists. */
export function checkAlarms({ lines }: Plant, report: Report): void {
  for (const [l, line] of lines.entries()) {
    const owners = new Map<string, readonly [EquipmentConfig, TagConfig]>(
      line.equipment.flatMap((equipment) =>
        equipment.tags.map((tag): [string, [EquipmentConfig, TagConfig]] => [
          `${equipment.id}/${tag.id}`,
          [equipment, tag],
        ]),
      ),
    );
    const tags = new Map([...owners].map(([name, [, tag]]) => [name, tag]));
    for (const [a, rule] of line.alarms.entries()) {
      const path = `lines[${l}].alarms[${a}]`;
      const [equipment, tag] = owners.get(rule.tag) ?? [];
      if (equipment && tag) kindOf(rule).check?.(rule, { line, tags, equipment, tag, path, report });
      else {
        const remedy = suggest(rule.tag, [...tags.keys()], "tags of the line");
        report(`${path}.tag`, `line \`${line.id}\` has no tag \`${rule.tag}\``, remedy);
      }
      checkSuppression(rule, line, path, report);
    }
    checkOrder(line, `lines[${l}]`, report);
  }
}

const isLimit = (rule: AlarmRuleConfig): rule is LimitRule =>
  rule.kind === "high" || rule.kind === "low" || rule.kind === "highHigh" || rule.kind === "lowLow";

/** Where a lower limit is not below an upper limit of the same tag, one of both always stands. */
function checkOrder(line: LineConfig, path: string, report: Report): void {
  const limits = line.alarms.flatMap((rule, a) => (isLimit(rule) ? [{ rule, a }] : []));
  for (const { rule: low, a } of limits.filter(({ rule }) => !isUpper(rule))) {
    const high = limits.find(({ rule }) => isUpper(rule) && rule.tag === low.tag && rule.limit <= low.limit)?.rule;
    if (!high) continue;
    const what = `${low.kind} alarm at ${low.limit} is not below the ${high.kind} alarm \`${high.id}\` at ${high.limit}`;
    report(`${path}.alarms[${a}].limit`, what, "one of the two would always stand: correct a limit or a kind.");
  }
  const isBeyond = { highHigh: (a: number, b: number) => a > b, lowLow: (a: number, b: number) => a < b } as const;
  for (const { rule: outer, a } of limits) {
    if (outer.kind !== "highHigh" && outer.kind !== "lowLow") continue;
    const inner = outer.kind === "highHigh" ? "high" : "low";
    const other = limits.find(({ rule }) => rule.kind === inner && rule.tag === outer.tag)?.rule;
    if (!other || isBeyond[outer.kind](outer.limit, other.limit)) continue;
    const what = `${outer.kind} alarm at ${outer.limit} is not beyond the ${inner} alarm \`${other.id}\` at ${other.limit}`;
    report(`${path}.alarms[${a}].limit`, what, "correct a limit or a kind.");
  }
}
