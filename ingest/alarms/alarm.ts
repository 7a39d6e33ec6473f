import type { AlarmGuidance, AlarmStatus } from "#shared/model/alarm.ts";
import type { TagValue } from "#shared/model/sample.ts";
import type { LocalText } from "#shared/model/text.ts";
import { type DurationMs, type EpochMs, instant } from "#shared/model/time.ts";
import { kindOf } from "#shared/plant/alarmRules/registry.ts";
import type { PlantAlarm } from "#shared/plant/plant.ts";
import type { AlarmCommand } from "./command.ts";
import { Holdback } from "./holdback.ts";
import type { RestoredAlarm } from "./restore.ts";
import { type AlarmRule, alarmRuleOf } from "./rule.ts";
import { type AlarmChange, type AlarmMemory, quietMemory } from "./step.ts";

/** One alarm as the engine runs it. */
export interface Alarm {
  readonly plant: PlantAlarm;
  readonly rule: AlarmRule;
  memory: AlarmMemory;
  status: AlarmStatus;
  /** Monotonic time at which the newest sample arrived. */
  receivedAt: DurationMs;
  /** Newest value of the rule's own tag. */
  value: TagValue | null;
  /** Where the rule looks at several tags. */
  readonly holdback: Holdback | null;
  /** Source times of the oldest and the newest sample that came behind newer ones and is not looked at yet. */
  late: { readonly from: EpochMs; readonly to: EpochMs } | null;
  /** Why the design suppresses it. */
  suppressedBecause: LocalText | null;
}

const guidanceOf = ({ cause, consequence, response, timeToRespondMinutes }: PlantAlarm["rule"]): AlarmGuidance => ({
  ...(cause ? { cause } : {}),
  ...(consequence ? { consequence } : {}),
  ...(response ? { response } : {}),
  ...(timeToRespondMinutes === undefined ? {} : { timeToRespondMinutes }),
});

/** What pages see of an alarm: the rule as plant.yaml has it, and how it stood. */
export function initialStatus({ id, line, tag, rule }: PlantAlarm, was: AlarmStatus | undefined): AlarmStatus {
  return {
    alarm: id,
    line: line.id,
    equipment: tag.equipment.id,
    tag: tag.id,
    name: rule.name,
    kind: rule.kind,
    guidance: guidanceOf(rule),
    priority: rule.priority,
    state: was?.state ?? "NORM",
    limit: kindOf(rule).limit(rule),
    unit: tag.info.unit,
    value: was?.value ?? null,
    since: was?.since ?? null,
    hiddenBy: was?.hiddenBy ?? [],
    shelvedUntil: was?.shelvedUntil ?? null,
    acknowledgedBy: was?.acknowledgedBy ?? null,
    acknowledgedAt: was?.acknowledgedAt ?? null,
  };
}

export function createAlarm(plant: PlantAlarm, was: RestoredAlarm | undefined, now: DurationMs): Alarm {
  const rule = alarmRuleOf(plant);
  return {
    plant,
    rule,
    memory: was?.memory ?? quietMemory(rule),
    status: initialStatus(plant, was?.status),
    receivedAt: now,
    value: was?.status?.value ?? null,
    holdback: plant.inputs.length > 1 ? new Holdback(plant.inputs.length) : null,
    late: null,
    suppressedBecause: null,
  };
}

/** Takes down that samples of this time came behind newer ones. */
export function noteLate(alarm: Alarm, from: EpochMs, to: EpochMs): void {
  const { late } = alarm;
  alarm.late = late ? { from: instant(Math.min(late.from, from)), to: instant(Math.max(late.to, to)) } : { from, to };
}

/** The status after a change, with the value then, by whom where a person made it. */
export function statusAfter(
  { plant, rule, status, suppressedBecause }: Alarm,
  { transition, at, annunciation, memory }: AlarmChange,
  value: TagValue | null,
  command: AlarmCommand | null,
): AlarmStatus {
  const { state, since, hiddenBy, shelvedUntil, condition } = memory;
  const acknowledged =
    annunciation === "annunciated"
      ? { acknowledgedBy: null, acknowledgedAt: null }
      : transition === "acknowledged" && command && { acknowledgedBy: command.user, acknowledgedAt: command.at };
  const hiding = { since: at, user: command?.user ?? null, reason: command?.comment ?? null };
  const logic = transition === "suppressed" && suppressedBecause ? { logic: suppressedBecause } : {};
  // Shelved anew, it is hidden by whoever did so last.
  const kept = status.hiddenBy.filter((one) => transition !== "shelved" || one.state !== "SHLVD");
  const priority =
    transition === "raised"
      ? { priority: rule.condition.priority?.(condition.evidence) ?? plant.rule.priority }
      : undefined;
  return {
    ...status,
    ...{ state, since, shelvedUntil, value, ...acknowledged, ...priority },
    hiddenBy: hiddenBy.map(
      (by) => kept.find((one) => one.state === by) ?? { state: by, ...hiding, ...(by === "DSUPR" ? logic : {}) },
    ),
  };
}
