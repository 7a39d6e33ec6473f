import { suggest } from "../nearest.ts";
import type { Plant } from "../plant.ts";
import type { Report } from "../problem.ts";
import type { AlarmRuleConfig, LineConfig, TagConfig } from "../schema.ts";

/** Alarm rules: the tag exists and is a number, the limit can be reached and left again. */
export function checkAlarms({ lines }: Plant, report: Report): void {
  for (const [l, line] of lines.entries()) {
    const tags = new Map<string, TagConfig>(
      line.equipment.flatMap(({ id, tags }) => tags.map((tag): [string, TagConfig] => [`${id}/${tag.id}`, tag])),
    );
    for (const [a, rule] of line.alarms.entries()) {
      const path = `lines[${l}].alarms[${a}]`;
      const tag = tags.get(rule.tag);
      if (tag) checkRule(rule, tag, path, report);
      else {
        const remedy = suggest(rule.tag, [...tags.keys()], "tags of the line");
        report(`${path}.tag`, `line \`${line.id}\` has no tag \`${rule.tag}\``, remedy);
      }
    }
    checkOrder(line, `lines[${l}]`, report);
  }
}

function checkRule(rule: AlarmRuleConfig, tag: TagConfig, path: string, report: Report): void {
  if (tag.type !== "float" && tag.type !== "int") {
    const what = `tag \`${rule.tag}\` is of type ${tag.type}, a ${rule.kind} alarm needs a number`;
    report(`${path}.tag`, what, "name a tag of type float or int.");
    return;
  }
  const [low, high] = tag.range ?? [];
  if (low === undefined || high === undefined || low >= high) return;
  const { kind, limit, deadband } = rule;
  if (limit < low || limit > high) {
    report(
      `${path}.limit`,
      `${limit} is outside the tag's range [${low}, ${high}]`,
      "correct the limit, or the range of the tag.",
    );
    return;
  }
  const backAt = kind === "high" ? limit - deadband : limit + deadband;
  if (backAt < low || backAt > high) {
    const what = `the alarm would return at ${backAt}, outside the tag's range [${low}, ${high}]`;
    report(`${path}.deadband`, what, "use a smaller deadband.");
  }
}

/** Where a low limit is not below a high limit of the same tag, one of both always stands. */
function checkOrder(line: LineConfig, path: string, report: Report): void {
  for (const [a, low] of line.alarms.entries()) {
    if (low.kind !== "low") continue;
    const high = line.alarms.find(({ kind, tag, limit }) => kind === "high" && tag === low.tag && limit <= low.limit);
    if (!high) continue;
    const what = `low alarm at ${low.limit} is not below the high alarm \`${high.id}\` at ${high.limit}`;
    report(`${path}.alarms[${a}].limit`, what, "one of the two would always stand: correct a limit or a kind.");
  }
}
