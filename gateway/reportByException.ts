import type { Sample } from "#shared/model/sample.ts";
import { type DurationMs, instant } from "#shared/model/time.ts";
import type { TagConfig } from "#shared/plant/schema.ts";

export interface ReportRule {
  readonly report: "change" | "every";
  /** In the tag's unit; a change up to this is not reported. */
  readonly deadband: number;
  readonly heartbeatMs: number;
  /** A changing value is not reported more often. */
  readonly minIntervalMs: number;
}

const percent = 100;

/** The rule of a tag; a deadband in percent is one of its range. */
export function ruleOf(config: TagConfig): ReportRule {
  const { report, heartbeatMs, minIntervalMs, deadbandPercent, range } = config;
  const [low = 0, high = 0] = range ?? [];
  const deadband = deadbandPercent === undefined ? config.deadband : ((high - low) * deadbandPercent) / percent;
  return { report, deadband, heartbeatMs, minIntervalMs };
}

/**
 * What becomes of `sample` after `last`, the one reported before it. `now`: it is reported. `held`: it is a change that
 * comes too soon after `last`. `same`: it says nothing new. `beat`: only its age makes it worth reporting.
 *
 * A change of quality or reason is reported always; `every` takes each new source time, and a correction of the value at
 * the same one, `change` a change beyond the deadband or an age of one heartbeat.
 */
export function judge(rule: ReportRule, last: Sample | undefined, sample: Sample): "now" | "held" | "same" | "beat" {
  if (!last || last.quality !== sample.quality || last.reason !== sample.reason) return "now";
  if (rule.report === "every") return sample.at !== last.at || sample.value !== last.value ? "now" : "same";
  const age = sample.at - last.at;
  if (isChange(rule, last, sample)) return age >= rule.minIntervalMs || age < 0 ? "now" : "held";
  return age >= rule.heartbeatMs ? "beat" : "same";
}

function isChange({ deadband }: ReportRule, last: Sample, sample: Sample): boolean {
  if (typeof sample.value === "number" && typeof last.value === "number") {
    return Math.abs(sample.value - last.value) > deadband;
  }
  return sample.value !== last.value;
}

/**
 * For sources that send changes only: the newest value again once a heartbeat has passed since the last report, or
 * undefined. `sinceReceived` is the age of `newest`, and moves its time on in the source's own clock. `every` has no
 * heartbeat: there, no new source time means no news.
 */
export function heartbeat(
  rule: ReportRule,
  reported: Sample,
  newest: Sample,
  sinceReceived: DurationMs,
): Sample | undefined {
  const at = instant(newest.at + Math.max(0, Math.round(sinceReceived)));
  if (rule.report === "every" || at - reported.at < rule.heartbeatMs) return undefined;
  return { ...newest, at };
}
