import { each, finite, notNegative, positive } from "#shared/model/checks.ts";
import { CodedError } from "#shared/model/errors.ts";

export interface TimedValue {
  readonly atS: number;
  readonly value: number;
}

/** Why a value is not valid (D-03). */
export type Rejection = "range" | "rate";

/**
 * D-03: values inside the range whose rate of change against the last accepted value is possible; both limits are
 * kept. Identical samples are one.
 */
export function validValues(
  samples: readonly TimedValue[],
  limits: { readonly min: number; readonly max: number; readonly maxRatePerS: number },
): {
  readonly accepted: readonly TimedValue[];
  readonly rejected: readonly (TimedValue & { readonly why: Rejection })[];
} {
  if (finite(limits.min, "least value") > finite(limits.max, "largest value"))
    throw new CodedError("OUT_OF_RANGE", `The range from ${limits.min} to ${limits.max} is empty.`);
  notNegative(limits.maxRatePerS, "largest rate per s");
  const accepted: TimedValue[] = [];
  const rejected: (TimedValue & { why: Rejection })[] = [];
  const sorted = samples.toSorted((a, b) => finite(a.atS, "time of a sample") - finite(b.atS, "time of a sample"));
  for (const sample of sorted) {
    const last = accepted.at(-1);
    const value = finite(sample.value, `value at ${sample.atS} s`);
    if (last && last.atS === sample.atS && last.value === value) continue;
    const change = last ? Math.abs(value - last.value) : 0;
    if (value < limits.min || value > limits.max) rejected.push({ ...sample, why: "range" });
    else if (last && change > limits.maxRatePerS * (sample.atS - last.atS)) rejected.push({ ...sample, why: "rate" });
    else accepted.push(sample);
  }
  return { accepted, rejected };
}

/**
 * D-03 flat line: stretches `[from, to)` in s in which a value, each valid for `intervalS`, stayed the same for at least
 * the limit; the whole stretch is suspect until the next change.
 */
export function flatLines(
  values: readonly number[],
  intervalS: number,
  flatLimitS: number,
): readonly (readonly [fromS: number, toS: number])[] {
  positive(intervalS, "interval in s");
  positive(flatLimitS, "flat-line limit in s");
  each(values, finite, "value");
  const starts = values.flatMap((value, i) => (i === 0 || value !== values[i - 1] ? [i] : []));
  return starts
    .map((start, i) => [start * intervalS, (starts[i + 1] ?? values.length) * intervalS] as const)
    .filter(([from, to]) => to - from >= flatLimitS);
}
