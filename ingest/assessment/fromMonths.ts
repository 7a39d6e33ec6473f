import type { AssessedFigure } from "#shared/model/assessment.ts";
import type { Period } from "#shared/model/calendar.ts";
import { indicatorCatalogue, isIndicatorId } from "#shared/model/catalogue/catalogue.ts";
import type { Aggregation } from "#shared/model/catalogue/entry.ts";
import { coverageStatus } from "#shared/model/indicator.ts";
import { ratio, sum } from "#shared/model/ratio.ts";
import { instant } from "#shared/model/time.ts";

const keyOf = ({ indicator, scope }: AssessedFigure): string => `${indicator} ${scope}`;

/** Time that a month's figure does not know, in the unit of its denominator, out of its bounds (catalogue 0.4). */
function unknownOf({ numerator, denominator, lower, upper }: AssessedFigure): number | null {
  if (numerator === null || denominator === null || lower === null || upper === null) return null;
  if (lower === upper) return 0;
  if (lower > 0) return Math.max(0, numerator / lower - denominator);
  return upper < 1 ? Math.max(0, (upper * denominator - numerator) / (1 - upper)) : null;
}

interface Sums {
  readonly value: number | null;
  readonly numerator: number | null;
  readonly denominator: number | null;
  readonly lower: number | null;
  readonly upper: number | null;
}

const nothing: Sums = { value: null, numerator: null, denominator: null, lower: null, upper: null };

const numbers = (parts: readonly AssessedFigure[], key: "value" | "numerator" | "denominator" | "lower" | "upper") =>
  parts.flatMap((part) => part[key] ?? []);
const sumOf = (parts: readonly AssessedFigure[], key: Parameters<typeof numbers>[1]): number | null => {
  const found = numbers(parts, key);
  return found.length === parts.length ? sum(found) : null;
};

function ratioSums(parts: readonly AssessedFigure[]): Sums {
  const numerator = sum(numbers(parts, "numerator"));
  const denominator = sum(numbers(parts, "denominator"));
  const unknowns = parts.map(unknownOf);
  const unknown = unknowns.includes(null) ? null : sum(unknowns as number[]);
  return {
    value: ratio(numerator, denominator),
    numerator,
    denominator,
    lower: unknown === null ? null : ratio(numerator, denominator + unknown),
    upper: unknown === null ? null : ratio(numerator + unknown, denominator + unknown),
  };
}

/** How months become one by the catalogue's rule; undefined where only the facts of the whole period can tell. */
function combined(parts: readonly AssessedFigure[], aggregation: Aggregation): Sums | undefined {
  const known = parts.filter(({ value }) => value !== null);
  if (known.length === 0) return nothing;
  switch (aggregation) {
    case "ratio_of_sums":
    case "time_weighted_mean":
      return known.every(({ numerator, denominator }) => numerator !== null && denominator !== null)
        ? ratioSums(known)
        : undefined;
    case "sum":
      return {
        value: sum(numbers(known, "value")),
        numerator: sumOf(known, "numerator"),
        denominator: null,
        lower: sumOf(known, "lower"),
        upper: sumOf(known, "upper"),
      };
    case "maximum":
    case "maximum_of_simultaneous_sum":
      return { ...nothing, value: Math.max(...numbers(known, "value")) };
    case "all":
      return { ...nothing, value: Math.min(...numbers(known, "value")) };
  }
}

const isSame = (a: number | null, b: number | null): boolean =>
  a === b || (a !== null && b !== null && Math.abs(a - b) <= 1e-9 * Math.max(Math.abs(a), Math.abs(b)));

/**
 * The figures of a quarter or year out of the official versions of its months (catalogue 0.1, D-07): summed numerators
 * and denominators, divided once. `whole` is what the stored facts of the whole period give; it brings what months
 * cannot: further figures of an indicator, and medians. Where it differs from the months, for data came late and was
 * not made official, the months hold, the flag `official_months` says so, and the further figures are left out.
 */
export function fromMonths(
  period: Period,
  months: readonly (readonly AssessedFigure[])[],
  whole: readonly AssessedFigure[],
): readonly AssessedFigure[] {
  const parts = new Map<string, AssessedFigure[]>();
  for (const figure of months.flat()) parts.set(keyOf(figure), [...(parts.get(keyOf(figure)) ?? []), figure]);
  const lengthMs = period.to - period.from;
  return whole.map((figure) => {
    const found = parts.get(keyOf(figure)) ?? [];
    const sums = isIndicatorId(figure.indicator)
      ? combined(found, indicatorCatalogue[figure.indicator].aggregation)
      : undefined;
    if (!sums) return figure;
    const coverage = Math.min(1, sum(found.map((part) => part.coverage * (part.to - part.from))) / lengthMs);
    const isAgreed = isSame(sums.value, figure.value);
    const flags = [
      ...new Set([...found.flatMap((part) => part.flags), ...(isAgreed ? [] : ["official_months"])]),
    ].sort();
    return {
      ...figure,
      ...sums,
      until: instant(Math.max(period.from, ...found.map((part) => part.until))),
      coverage,
      status: coverageStatus(coverage),
      reason: sums.value === null ? (found[0]?.reason ?? "no_data") : null,
      flags,
      parts: isAgreed ? figure.parts : Object.fromEntries(Object.keys(figure.parts).map((name) => [name, null])),
      factorIds: [...new Set(found.flatMap((part) => part.factorIds))].sort(),
    };
  });
}
