import { CodedError } from "#shared/model/errors.ts";
import { fits } from "#shared/plant/alarmRules/fits.ts";
import { type AlarmRuleConfig, kindOf } from "#shared/plant/alarmRules/registry.ts";
import { shapeOf } from "#shared/plant/shape.ts";

/** What decides when a rule is raised, by the keys of plant.yaml. */
export type Settings = Readonly<Record<string, unknown>>;

/** Keys of a rule that change nothing of when it is raised. */
const told: readonly string[] = [
  ...["id", "name", "tag", "priority", "latching", "suppress"],
  ...["cause", "consequence", "response", "timeToRespondMinutes"],
];

export const settingsOf = (rule: AlarmRuleConfig): Settings =>
  Object.fromEntries(Object.entries(rule).filter(([key]) => !told.includes(key)));

/** A value as the command line has it: a number, true or false, or text. */
function read(text: string): unknown {
  if (text === "true" || text === "false") return text === "true";
  return text.trim() !== "" && Number.isFinite(Number(text)) ? Number(text) : text;
}

/** The rule with other settings; `set` by keys of the rule. Throws `CONFIG` for what plant.yaml would refuse, too. */
export function tried(rule: AlarmRuleConfig, set: ReadonlyMap<string, string>): AlarmRuleConfig {
  const { schema } = kindOf(rule);
  const shapes = shapeOf(schema).properties ?? {};
  const changed: Record<string, unknown> = { ...rule };
  for (const [key, text] of set) {
    const shape = shapes[key];
    if (!shape || told.includes(key) || key === "kind") {
      const known = Object.keys(shapes).filter((name) => !told.includes(name) && name !== "kind");
      throw new CodedError(
        "CONFIG",
        `A rule of kind ${rule.kind} has no setting \`${key}\`; it has ${known.join(", ")}.`,
      );
    }
    changed[key] = shape.type === "string" ? text : read(text);
    if (!fits(rule, changed)) {
      throw new CodedError(
        "CONFIG",
        `\`${text}\` is no value of \`${key}\`: ${shape.description ?? "see docs/plant-reference.md."}`,
      );
    }
  }
  return changed as unknown as AlarmRuleConfig;
}
