import { finite, notNegative } from "#shared/model/checks.ts";
import { CodedError } from "#shared/model/errors.ts";
import { ratio, sum } from "#shared/model/ratio.ts";

/** Score at a value: `[value, points]`, linear between neighbours, clamped at both ends. */
export type Breakpoints = readonly (readonly [x: number, score: number])[];

function ascending(points: Breakpoints): Breakpoints {
  const sorted = points
    .map(([x, score]) => [finite(x, "x of a breakpoint"), finite(score, "score of a breakpoint")] as const)
    .toSorted(([a], [b]) => a - b);
  if (sorted.length === 0) throw new CodedError("CONFIG", "There are no breakpoints to score by.");
  const twice = sorted.find(([x], i) => x === sorted[i + 1]?.[0]);
  if (twice) throw new CodedError("CONFIG", `Two breakpoints lie at ${twice[0]}; a value has one score.`);
  return sorted;
}

/** Points of a value; falling breakpoints where lower is better. */
export function scoreAt(points: Breakpoints, x: number): number {
  const sorted = ascending(points);
  finite(x, "value to score");
  const above = sorted.findIndex(([at]) => at >= x);
  const upper = sorted[above] ?? sorted.at(-1);
  const lower = sorted[above - 1];
  if (!upper) return 0;
  if (!lower || above < 0 || upper[0] === x) return upper[1];
  return lower[1] + ((upper[1] - lower[1]) * (x - lower[0])) / (upper[0] - lower[0]);
}

export const itemStatuses = ["ok", "low_coverage", "insufficient", "missing", "unverified", "not_applicable"] as const;
export type ItemStatus = (typeof itemStatuses)[number];

export interface ScoredItem {
  readonly id: string;
  readonly weight: number;
  readonly status: ItemStatus;
  /** Points given, or a value and how it is scored; null where there is none. */
  readonly result: { readonly score: number } | { readonly x: number; readonly points: Breakpoints } | null;
}

/** What instruments measured or the system derived from its records, and what a person declared. */
export const scoreKinds = ["measured", "derived", "declared"] as const;
export type ScoreKind = (typeof scoreKinds)[number];

export interface ScoreGroup {
  readonly id: string;
  readonly weight: number;
  readonly kind: ScoreKind;
  readonly items: readonly ScoredItem[];
}

/** The three numbers of an assessment; each is null where nothing of it applies. */
export interface CompositeScore {
  /** By group; null where no item applies. */
  readonly groups: readonly { readonly id: string; readonly score: number | null }[];
  readonly total: number | null;
  /** Of the groups that are not declared. */
  readonly measured: number | null;
  readonly declared: number | null;
  /** Items that applied and scored 0 because there was nothing to score. */
  readonly missing: readonly string[];
}

function isScored({ id, status, result }: ScoredItem): boolean {
  if (!itemStatuses.includes(status))
    throw new CodedError("OUT_OF_RANGE", `Item ${id} is \`${status}\`; a status is one of ${itemStatuses.join(", ")}.`);
  return (status === "ok" || status === "low_coverage") && result !== null;
}

const isApplicable = ({ status }: ScoredItem): boolean => status !== "not_applicable";

function pointsOf(item: ScoredItem): number {
  const { result } = item;
  if (!isScored(item) || result === null) return 0;
  return "score" in result ? finite(result.score, `score of ${item.id}`) : scoreAt(result.points, result.x);
}

interface Weighted {
  readonly weight: number;
  readonly score: number;
}
const weightedMean = (parts: readonly Weighted[]): number | null =>
  ratio(sum(parts.map(({ weight, score }) => weight * score)), sum(parts.map(({ weight }) => weight)));

/** Composite score (catalogue E.1): what does not apply leaves the denominator, what is missing scores 0 and is listed. */
export function compositeScore(groups: readonly ScoreGroup[]): CompositeScore {
  const scored = groups.map(({ id, weight, kind, items }) => ({
    id,
    kind,
    weight: notNegative(weight, `weight of group ${id}`),
    score: weightedMean(
      items
        .filter(isApplicable)
        .map((item) => ({ weight: notNegative(item.weight, `weight of ${item.id}`), score: pointsOf(item) })),
    ),
  }));
  const applicable = scored.flatMap(({ kind, weight, score }) => (score === null ? [] : [{ kind, weight, score }]));
  return {
    groups: scored.map(({ id, score }) => ({ id, score })),
    total: weightedMean(applicable),
    measured: weightedMean(applicable.filter(({ kind }) => kind !== "declared")),
    declared: weightedMean(applicable.filter(({ kind }) => kind === "declared")),
    missing: groups.flatMap(({ items }) =>
      items.filter((item) => isApplicable(item) && !isScored(item)).map(({ id }) => id),
    ),
  };
}
