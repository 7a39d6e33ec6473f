import type { Sample } from "#shared/model/sample.ts";
import { type DurationMs, instant } from "#shared/model/time.ts";

export interface ReportRule {
  readonly report: "change" | "every";
  /** In the tag's unit; a change up to this is not reported. */
  readonly deadband: number;
  readonly heartbeatMs: number;
}

/**
 * Whether `sample` is reported after `last`, the one reported before it. A change of quality or reason always is;
 * `every` takes each new source time, `change` a change beyond the deadband or an age of one heartbeat.
 */
export function isNews(rule: ReportRule, last: Sample | undefined, sample: Sample): boolean {
  if (!last || last.quality !== sample.quality || last.reason !== sample.reason) return true;
  if (rule.report === "every") return sample.at !== last.at;
  if (sample.at - last.at >= rule.heartbeatMs) return true;
  if (typeof sample.value === "number" && typeof last.value === "number") {
    return Math.abs(sample.value - last.value) > rule.deadband;
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
