import { type Static, Type } from "typebox";
import { suggest } from "../nearest.ts";
import { Deadband, ruleSchema } from "./common.ts";
import { isNumeric, needsNumber, type RuleContext, type RuleKind } from "./kind.ts";

const sides = ["both", "above", "below"] as const;

const Schema = ruleSchema("deviation", "Raised when the value is too far from its set point.", {
  setPoint: Type.Optional(Type.Number({ description: "Fixed set point, in the tag's unit." })),
  setPointTag: Type.Optional(
    Type.String({ description: "<equipment>/<tag> of this line that has the set point, in place of `setPoint`." }),
  ),
  limit: Type.Number({ exclusiveMinimum: 0, description: "Raised at and beyond this distance, in the tag's unit." }),
  side: Type.Enum([...sides], { default: "both", description: "On which side of the set point." }),
  deadband: Deadband,
});
export type DeviationRule = Static<typeof Schema>;

function check(rule: DeviationRule, context: RuleContext): void {
  const { path, report, tags, tag } = context;
  if (!needsNumber(rule.kind, context, rule.tag)) return;
  if ((rule.setPoint === undefined) === (rule.setPointTag === undefined)) {
    const what = rule.setPoint === undefined ? "no set point is named" : "two set points are named";
    report(path, what, "write either `setPoint` or `setPointTag`.");
  }
  if (rule.deadband >= rule.limit) {
    const what = `the alarm would return at a distance of ${rule.limit - rule.deadband}`;
    report(`${path}.deadband`, what, "use a deadband below the limit.");
  }
  if (rule.setPointTag === undefined) return;
  const other = tags.get(rule.setPointTag);
  const at = `${path}.setPointTag`;
  if (!other) {
    report(
      at,
      `the line has no tag \`${rule.setPointTag}\``,
      suggest(rule.setPointTag, [...tags.keys()], "tags of the line"),
    );
  } else if (!isNumeric(other)) {
    report(at, `tag \`${rule.setPointTag}\` is of type ${other.type}`, "name a tag of type float or int.");
  } else if (other.unit !== tag.unit) {
    report(at, `it is in \`${other.unit}\`, the value in \`${tag.unit}\``, "name a tag of the same unit.");
  }
}

const signs = { both: "±", above: "+", below: "−" } as const satisfies Record<(typeof sides)[number], string>;

export const deviation = {
  schema: Schema,
  inputs: ({ setPointTag }: DeviationRule) => (setPointTag === undefined ? [] : [setPointTag]),
  limit: ({ setPoint, limit, side }: DeviationRule) => `${setPoint ?? "SP"} ${signs[side]} ${limit}`,
  check,
} satisfies RuleKind<DeviationRule>;
