import { type Static, Type } from "typebox";
import { ruleSchema } from "./common.ts";
import type { RuleKind } from "./kind.ts";

const Schema = ruleSchema("lost", "Raised while the connection to the device that delivers the tag is lost.", {
  of: Type.Enum(["device", "gateway"], {
    default: "device",
    description: "device: the gateway has lost it, or is lost itself. gateway: the gateway itself is lost.",
  }),
});
export type LostRule = Static<typeof Schema>;

export const lost = { schema: Schema, limit: () => null } satisfies RuleKind<LostRule>;
