import { textTable } from "#shared/kit/table.ts";
import { type Explanation, explanations, type HourCount } from "./reconcile.ts";

export interface Totals {
  readonly tagHours: number;
  readonly accepted: number;
  readonly stored: number;
  readonly missing: Readonly<Record<Explanation, number>>;
}

export function totalsOf(counts: readonly HourCount[]): Totals {
  const sum = (of: (count: HourCount) => number): number => counts.reduce((total, count) => total + of(count), 0);
  const missing = Object.fromEntries(explanations.map((why) => [why, sum((count) => count.missing[why] ?? 0)]));
  return {
    tagHours: counts.length,
    accepted: sum(({ accepted }) => accepted),
    stored: sum(({ stored }) => stored),
    missing: missing as Totals["missing"],
  };
}

const isShort = ({ missing }: HourCount): boolean => Object.keys(missing).length > 0;

/** The hours that lack samples, and what everything adds up to. */
export function reconcileText(counts: readonly HourCount[]): string {
  const short = counts.filter(isShort);
  const { tagHours, accepted, stored, missing } = totalsOf(counts);
  const table = textTable([
    ["tag", "hour", "accepted", "stored", ...explanations],
    ...short.map((count) => [
      count.tag,
      new Date(count.hour).toISOString().slice(0, 16),
      String(count.accepted),
      String(count.stored),
      ...explanations.map((why) => String(count.missing[why] ?? "")),
    ]),
  ]);
  const lacks = explanations.map((why) => `${missing[why]} ${why}`).join(", ");
  const verdict = missing.unexplained === 0 ? "Every difference is explained." : "NOT every difference is explained.";
  return [
    ...(short.length > 0 ? [table, ""] : []),
    `${tagHours} hours of tags: ${accepted} samples accepted by gateways, ${stored} stored; missing: ${lacks}.`,
    verdict,
    "",
  ].join("\n");
}

export const reconcileJson = (counts: readonly HourCount[]): string =>
  `${JSON.stringify({ totals: totalsOf(counts), hours: counts.filter(isShort) }, null, 2)}\n`;
