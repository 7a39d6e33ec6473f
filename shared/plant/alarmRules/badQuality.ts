import { type Static, Type } from "typebox";
import { ruleSchema } from "./common.ts";
import type { RuleKind } from "./kind.ts";

const Schema = ruleSchema("badQuality", "Raised while the instrument says that it has no usable value.", {
  uncertain: Type.Boolean({ default: false, description: "Uncertain values count as bad, too." }),
});
export type BadQualityRule = Static<typeof Schema>;

export const badQuality = { schema: Schema, limit: () => null } satisfies RuleKind<BadQualityRule>;
