import { count, finite, notNegative, positive } from "#shared/model/checks.ts";
import { CodedError } from "#shared/model/errors.ts";
import { type CoverageStatus, coverageFloor, coverageStatus } from "#shared/model/indicator.ts";
import { type Ratio, ratio, ratioOfSums } from "#shared/model/ratio.ts";
import { isAtLeast, isAtMost } from "#shared/model/threshold.ts";

/** The status of a coverage that came from outside; throws for what is none. */
export function statusOf(coverage: number): CoverageStatus {
  if (!isAtMost(notNegative(coverage, "coverage"), 1))
    throw new CodedError("OUT_OF_RANGE", `Coverage is ${coverage}; it is at most 1.`);
  return coverageStatus(coverage);
}

/** Known time over expected time, which counts only while the equipment is in service. Any one unit of time. */
export interface CoverageItem {
  readonly known: number;
  readonly expected: number;
}

/** D-01 over equipment and time; nothing expected is no coverage. */
export function coverageOf(items: readonly CoverageItem[]): Ratio & { readonly status: CoverageStatus } {
  const total = ratioOfSums(
    items.map(({ known, expected }, i) => {
      notNegative(known, `known time of item ${i}`);
      if (!isAtMost(known, notNegative(expected, `expected time of item ${i}`)))
        throw new CodedError("OUT_OF_RANGE", `Item ${i} is known for ${known} of ${expected} expected.`);
      return { numerator: known, denominator: expected };
    }),
  );
  return { ...total, status: coverageStatus(total.value ?? 0) };
}

/** One equipment's part of a ratio, with its coverage. */
export interface CoveredRatio extends CoverageItem {
  readonly equipment: string;
  readonly numerator: number;
  readonly denominator: number;
}

/** A ratio over equipment (catalogue 0.3): all known hours stay in the sums; who is below the floor is named. */
export function coveredRatio(items: readonly CoveredRatio[]): {
  readonly ratio: Ratio;
  readonly coverage: number | null;
  readonly status: CoverageStatus;
  readonly belowFloor: readonly string[];
} {
  const { value: coverage, status } = coverageOf(items);
  const belowFloor = items
    .filter(({ known, expected }) => expected > 0 && !isAtLeast(known / expected, coverageFloor))
    .map(({ equipment }) => equipment);
  return { ratio: ratioOfSums(items), coverage, status, belowFloor };
}

/** A received sample, in s after the start of the first slot. */
export interface SlotSample {
  readonly atS: number;
  readonly isGood: boolean;
}

/** D-01 and D-03 of a polled signal. */
export interface SlotCoverage {
  readonly expected: number;
  /** Slots with any sample. */
  readonly received: number;
  /** Slots with a good one. */
  readonly valid: number;
  readonly completeness: number | null;
  readonly validity: number | null;
  readonly coverage: number | null;
  readonly status: CoverageStatus;
}

/** Slots `[k·slotS, (k+1)·slotS)`: several samples of a slot are one, and one good sample makes it valid. */
export function slotCoverage(samples: readonly SlotSample[], slotS: number, slots: number): SlotCoverage {
  positive(slotS, "slot in s");
  const expected = count(slots, "slots");
  const indexes = (some: readonly SlotSample[]) =>
    new Set(
      some
        .map(({ atS }, i) => Math.floor(finite(atS, `time of sample ${i}`) / slotS))
        .filter((index) => index >= 0 && index < slots),
    ).size;
  const received = indexes(samples);
  const valid = indexes(samples.filter(({ isGood }) => isGood));
  const coverage = ratio(valid, expected);
  return {
    expected,
    received,
    valid,
    completeness: ratio(received, expected),
    validity: ratio(valid, received),
    coverage,
    status: coverageStatus(coverage ?? 0),
  };
}
