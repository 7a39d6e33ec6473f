import type { TSchema } from "typebox";
import type { Report } from "../problem.ts";
import type { EquipmentConfig, LineConfig, TagConfig } from "../schema.ts";

/** What a check of a rule sees: its tag and line, and where it stands in the file. */
export interface RuleContext {
  readonly line: LineConfig;
  /** By `<equipment>/<tag>`. */
  readonly tags: ReadonlyMap<string, TagConfig>;
  readonly equipment: EquipmentConfig;
  readonly tag: TagConfig;
  /** Key path of the rule. */
  readonly path: string;
  readonly report: Report;
}

/** What the plant model knows of a kind of rule; what it makes of samples lies in `ingest/alarms/kinds/`. */
export interface RuleKind<Rule> {
  readonly schema: TSchema;
  /** Tags that it looks at besides `tag`, as `<equipment>/<tag>`. */
  inputs?(rule: Rule): readonly string[];
  /** The limit as pages show it: a number in the tag's unit, else what is asked, in short. */
  limit(rule: Rule): number | string | null;
  check?(rule: Rule, context: RuleContext): void;
}

export const isNumeric = ({ type }: TagConfig): boolean => type === "float" || type === "int";

/** Whether the rule's tag is a number; takes down where it is not. */
export function needsNumber(kind: string, { tag, path, report }: RuleContext, name: string): boolean {
  if (isNumeric(tag)) return true;
  const what = `tag \`${name}\` is of type ${tag.type}, a ${kind} alarm needs a number`;
  report(`${path}.tag`, what, "name a tag of type float or int.");
  return false;
}
