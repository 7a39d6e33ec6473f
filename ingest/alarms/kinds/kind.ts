import type { AlarmPriority } from "#shared/model/alarm.ts";
import type { EquipmentState } from "#shared/model/equipment.ts";
import type { Quality, TagValue } from "#shared/model/sample.ts";
import type { EpochMs } from "#shared/model/time.ts";
import type { ValueType } from "#shared/plant/expression/expression.ts";

/** News of one of the tags that a rule looks at. */
export interface Reading {
  /** Which of the rule's tags; 0 is its own. */
  readonly input: number;
  readonly quality: Quality;
  /** null where the quality is bad. */
  readonly value: TagValue | null;
}

/**
 * The condition of one rule, pure. `Evidence` is immutable data: all that it remembers of what came. Readings come in
 * the order of source time; `at` never runs back.
 */
export interface Condition<Evidence = unknown> {
  readonly start: Evidence;
  use(evidence: Evidence, at: EpochMs, reading: Reading): Evidence;
  /** Takes note of time, after all readings of an instant and whenever it wakes. */
  settle?(evidence: Evidence, at: EpochMs): Evidence;
  /** Evidence where a tag has never been heard since `now`. */
  unheard?(now: EpochMs): Evidence;
  /** Whether it is there at `at`, delays aside, given whether it `was`; null where nobody can tell: it stays. */
  judge(evidence: Evidence, at: EpochMs, was: boolean): boolean | null;
  /** The next instant after `at` at which time alone may change what `judge` says; absent where only readings do. */
  wakes?(evidence: Evidence, at: EpochMs): EpochMs | null;
  /** Priority of what is active, where the source gives it. */
  priority?(evidence: Evidence): AlarmPriority | null;
  /** Its reading is no sample but whether the connection is lost, which the host knows. */
  readonly watchesConnection?: true;
  /** How far back, in ms, readings matter for `evidence`, beyond the newest of each tag. */
  readonly reachMs: number;
}

/** What a condition must know of the plant besides its rule. */
export interface RuleFacts {
  /** `<equipment>/<tag>` of the rule's inputs, its own tag first. */
  readonly inputs: readonly string[];
  /** Longer silence of the rule's tag is a gap, in ms. */
  readonly gapAfterMs: number;
  /** What a tag of the line is in an expression, by `<equipment>/<tag>`. */
  typeOf(tag: string): ValueType | undefined;
  /** From the values of the tag to the states of its equipment, where it is its state tag. */
  readonly stateMap: Readonly<Record<string, EquipmentState>> | null;
}

/** Makes the condition of a rule. Beyond plant.yaml's check nothing is wrong with a rule. */
export type MakeCondition<Rule, Evidence = unknown> = (rule: Rule, facts: RuleFacts) => Condition<Evidence>;
