import { finite } from "../checks.ts";
import { CodedError } from "../errors.ts";
import { fullCoverage } from "../indicator.ts";
import { ratio, sum } from "../ratio.ts";
import { isAtLeast } from "../threshold.ts";

/** A month: what drives the energy (batches, kg or PRD hours), the energy, and how complete both are. */
export interface DriverMonth {
  readonly x: number;
  readonly kwh: number;
  readonly coverage: number;
}

/** Baseline E = intercept + slope · x. Frozen with its data; a change of products needs a new one. */
export interface EnergyBaseline {
  readonly intercept: number;
  readonly slope: number;
  /** null where all energies are equal. */
  readonly r2: number | null;
}

const complete = (months: readonly DriverMonth[]): readonly DriverMonth[] =>
  months.filter(({ coverage }) => isAtLeast(finite(coverage, "coverage of a month"), fullCoverage));

/** Least squares over the months that are complete. */
export function fitBaseline(months: readonly DriverMonth[]): EnergyBaseline {
  const used = complete(months);
  const xs = used.map(({ x }, i) => finite(x, `driver of baseline month ${i}`));
  const ys = used.map(({ kwh }, i) => finite(kwh, `energy of baseline month ${i}`));
  const meanX = sum(xs) / xs.length;
  const meanY = sum(ys) / ys.length;
  const sxx = sum(xs.map((x) => (x - meanX) ** 2));
  if (used.length < 2 || sxx === 0)
    throw new CodedError("OUT_OF_RANGE", "A baseline needs at least two complete months whose drivers differ.");
  const slope = sum(xs.map((x, i) => (x - meanX) * ((ys[i] ?? meanY) - meanY))) / sxx;
  const intercept = meanY - slope * meanX;
  const residual = sum(xs.map((x, i) => ((ys[i] ?? 0) - intercept - slope * x) ** 2));
  const spread = sum(ys.map((y) => (y - meanY) ** 2));
  return { intercept, slope, r2: spread > 0 ? 1 - residual / spread : null };
}

/** G-10 against a baseline; below 1 is better. */
export interface EnergyPerformance {
  readonly predicted: readonly number[];
  /** Predicted − actual. */
  readonly savings: readonly number[];
  readonly cusum: readonly number[];
  /** Σ actual / Σ predicted. */
  readonly enpi: number | null;
}

export function energyPerformance(
  { intercept, slope }: EnergyBaseline,
  months: readonly DriverMonth[],
): EnergyPerformance {
  const used = complete(months);
  const actual = used.map(({ kwh }, i) => finite(kwh, `energy of month ${i}`));
  const predicted = used.map(({ x }, i) => intercept + slope * finite(x, `driver of month ${i}`));
  const savings = predicted.map((value, i) => value - (actual[i] ?? 0));
  let running = 0;
  const cusum = savings.map((saving) => (running += saving));
  return { predicted, savings, cusum, enpi: ratio(sum(actual), sum(predicted)) };
}
