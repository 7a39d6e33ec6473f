import type { AlarmBenchmark } from "#shared/model/alarmBenchmarks.ts";
import { count, each, finite, notNegative } from "#shared/model/checks.ts";
import { CodedError } from "#shared/model/errors.ts";
import { ratio, sum } from "#shared/model/ratio.ts";
import { isAtMost } from "#shared/model/threshold.ts";

/** S-01 per operating position; null where no position was staffed. */
export interface AlarmRate {
  readonly perHour: number | null;
  readonly per10Min: number | null;
  readonly perDay: number | null;
  readonly rating: "acceptable" | "manageable" | "overloaded" | null;
}

/** `positionHours` is staffed positions integrated over the monitored time. */
export function alarmRate(
  annunciated: number,
  positionHours: number,
  benchmark: Pick<AlarmBenchmark, "acceptablePerDay" | "manageablePerDay">,
): AlarmRate {
  const per = (hours: number) =>
    ratio(count(annunciated, "annunciations") * hours, notNegative(positionHours, "position-hours"));
  const perDay = per(24);
  return { perHour: per(1), per10Min: per(1 / 6), perDay, rating: perDay === null ? null : rate(perDay) };

  function rate(alarms: number) {
    if (isAtMost(alarms, benchmark.acceptablePerDay)) return "acceptable";
    return isAtMost(alarms, benchmark.manageablePerDay) ? "manageable" : "overloaded";
  }
}

/** S-07: share of the tags with most annunciations. */
export function topContribution(
  tagCounts: readonly number[],
  { topTags }: Pick<AlarmBenchmark, "topTags">,
): {
  readonly total: number;
  readonly top: number;
  readonly value: number | null;
  readonly flags: readonly "few_tags"[];
} {
  const counts = each(tagCounts, count, "annunciations of tag").toSorted((a, b) => b - a);
  const total = sum(counts);
  const top = sum(counts.slice(0, topTags));
  return { total, top, value: ratio(top, total), flags: counts.length <= topTags ? ["few_tags"] : [] };
}

/** S-08: share of each priority, and half the sum of the distances from the target shares; null without alarms. */
export function priorityDistribution(
  counts: Readonly<Record<string, number>>,
  target: Readonly<Record<string, number>>,
): { readonly share: Readonly<Record<string, number>> | null; readonly distance: number | null } {
  const wanted = sum(Object.entries(target).map(([priority, share]) => notNegative(share, `target of ${priority}`)));
  if (Math.abs(wanted - 1) > 1e-6)
    throw new CodedError("OUT_OF_RANGE", `The target shares of priorities add up to ${wanted}; they must add up to 1.`);
  const priorities = [...new Set([...Object.keys(counts), ...Object.keys(target)])];
  const countOf = (priority: string) => count(counts[priority] ?? 0, `annunciations of ${priority}`);
  const total = sum(priorities.map(countOf));
  if (total === 0) return { share: null, distance: null };
  const share = Object.fromEntries(priorities.map((priority) => [priority, countOf(priority) / total]));
  const distances = priorities.map((priority) => Math.abs((share[priority] ?? 0) - (target[priority] ?? 0)));
  return { share, distance: sum(distances) / 2 };
}

/** Chattering tags (S-06): tags with so many activations within a rolling half-open window. Instants in s, any order. */
export function chatteringTags(
  activationsS: Readonly<Record<string, readonly number[]>>,
  windowS: number,
  minActivations: number,
): readonly string[] {
  notNegative(windowS, "window in s");
  if (count(minActivations, "least activations") < 1)
    throw new CodedError("OUT_OF_RANGE", "The least number of activations is 0; it must be at least 1.");
  return Object.entries(activationsS)
    .filter(([tag, instants]) => {
      const sorted = each(instants, finite, `activations of ${tag}`).toSorted((a, b) => a - b);
      return sorted.some((first, i) => (sorted[i + minActivations - 1] ?? Number.POSITIVE_INFINITY) - first < windowS);
    })
    .map(([tag]) => tag)
    .sort();
}
