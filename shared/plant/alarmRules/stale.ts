import { type Static, Type } from "typebox";
import { staleAfterMsOf } from "../staleness.ts";
import { ruleSchema } from "./common.ts";
import type { RuleContext, RuleKind } from "./kind.ts";

const Schema = ruleSchema("stale", "Raised when no usable value has come for too long, whatever the reason.", {
  afterMs: Type.Integer({
    minimum: 1_000,
    maximum: 86_400_000,
    description: "The newest good or uncertain value may be so old, in milliseconds.",
  }),
});
export type StaleRule = Static<typeof Schema>;

/** An unchanged value comes again with the heartbeat only. */
function check({ afterMs }: StaleRule, { tag, path, report }: RuleContext): void {
  if (afterMs > tag.heartbeatMs) return;
  const what = `an unchanged value comes every ${tag.heartbeatMs} ms only, so the alarm would come and go`;
  report(`${path}.afterMs`, what, `use more than that, for example ${staleAfterMsOf(tag)}, or a shorter heartbeatMs.`);
}

export const stale = {
  schema: Schema,
  limit: ({ afterMs }: StaleRule) => `> ${afterMs / 1_000} s`,
  check,
} satisfies RuleKind<StaleRule>;
