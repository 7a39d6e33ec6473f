import type { RuleFacts } from "../../ingest/alarms/kinds/kind.ts";
import { conditionOf } from "../../ingest/alarms/kinds/registry.ts";
import type { AlarmRule } from "../../ingest/alarms/rule.ts";
import type { SampleInput } from "../../ingest/alarms/step.ts";
import type { AlarmKind } from "../../shared/model/alarm.ts";
import type { Quality, TagValue } from "../../shared/model/sample.ts";
import type { EpochMs } from "../../shared/model/time.ts";
import { type AlarmRuleConfig, inputsOf, type RuleOf } from "../../shared/plant/alarmRules/registry.ts";

type Own<Kind extends AlarmKind> = Omit<RuleOf<Kind>, Exclude<keyof RuleOf<"lost">, "of" | "kind">>;
type Common = Partial<Pick<AlarmRule, "onDelayMs" | "offDelayMs" | "latching">>;

/** A rule of `line/e/t`, in the words of plant.yaml; `facts` is what it knows of its tag. */
export function ruleOf<Kind extends AlarmKind>(
  own: Own<Kind> & { readonly kind: Kind } & Common,
  facts: Partial<RuleFacts> = {},
): AlarmRule {
  const rule = { id: "a", name: { zh: "a" }, tag: "e/t", priority: "medium", ...own } as unknown as AlarmRuleConfig;
  const { onDelayMs = 0, offDelayMs = 0, latching = false } = own;
  const condition = conditionOf(rule, {
    inputs: inputsOf(rule),
    gapAfterMs: Number.MAX_SAFE_INTEGER,
    stateMap: null,
    typeOf: () => "number",
    ...facts,
  });
  return { condition, onDelayMs, offDelayMs, latching };
}

/** A sample of one of the rule's tags. */
export const sampleInput = (
  at: EpochMs,
  value: TagValue | null,
  input = 0,
  quality: Quality = value === null ? "bad" : "good",
): SampleInput => ({ kind: "sample", at, readings: [{ input, quality, value }] });
