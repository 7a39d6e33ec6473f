import { type Static, Type } from "typebox";
import { ruleSchema } from "./common.ts";
import type { RuleContext, RuleKind } from "./kind.ts";

const Schema = ruleSchema(
  "event",
  "Raised while a condition of an OPC UA server is active, by the tag of its events.",
  {
    sources: Type.Array(Type.String({ minLength: 1, maxLength: 200 }), {
      default: ["*"],
      minItems: 1,
      description:
        "Conditions whose source, or source and name as `Source/Name`, match one of these; `*` and `?` as in `match`.",
    }),
    priorityBySeverity: Type.Boolean({
      default: true,
      description:
        "The priority is that of the highest severity that is active: low 1–333, medium 334–666, high 667–1000.",
    }),
  },
);
export type EventRule = Static<typeof Schema>;

function check({ tag: name }: EventRule, { tag, path, report }: RuleContext): void {
  if (Object.hasOwn(tag.address, "events")) return;
  const remedy = "name a tag whose address has `events`: docs/opcua-events.md.";
  report(`${path}.tag`, `tag \`${name}\` carries no events of an OPC UA server`, remedy);
}

export const event = {
  schema: Schema,
  limit: ({ sources }: EventRule) => (sources.includes("*") ? null : sources.join(", ")),
  check,
} satisfies RuleKind<EventRule>;
