import { finite, notNegative } from "./checks.ts";

/** Two sums and their quotient: over time and equipment the sums add up, the quotient never does (catalogue 0.2). */
export interface Ratio {
  readonly numerator: number;
  readonly denominator: number;
  /** null where the denominator is 0: no value, not 0 and not infinity. */
  readonly value: number | null;
}

export const ratio = (numerator: number, denominator: number): number | null =>
  denominator > 0 ? numerator / denominator : null;

export const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

/** Sums the numerators, sums the denominators, divides once. */
export function ratioOfSums(parts: readonly { readonly numerator: number; readonly denominator: number }[]): Ratio {
  const numerator = sum(parts.map((part, i) => finite(part.numerator, `numerator of item ${i}`)));
  const denominator = sum(parts.map((part, i) => notNegative(part.denominator, `denominator of item ${i}`)));
  return { numerator, denominator, value: ratio(numerator, denominator) };
}

/** Percentile by nearest rank, the `ceil(p·n)`-th smallest (catalogue 0.6); null of nothing. `share` is above 0, at most 1. */
export function nearestRank(values: ArrayLike<number>, share: number): number | null {
  const rank = Math.ceil(share * values.length - 1e-9);
  return Float64Array.from(values).sort()[Math.max(1, rank) - 1] ?? null;
}
