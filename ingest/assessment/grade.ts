import { finite } from "#shared/model/checks.ts";
import { CodedError } from "#shared/model/errors.ts";
import { coverageFloor } from "#shared/model/indicator.ts";
import type { Standard } from "#shared/model/standard.ts";
import { isAtLeast } from "#shared/model/threshold.ts";
import { rounded, roundedDecimal } from "../indicators/rounding.ts";
import scales from "./grades.json" with { type: "json" };

/** Grades from the best down, each from so many points on. */
export interface GradeScale {
  readonly bands: readonly { readonly grade: string; readonly from: number }[];
  /** The best grade where too little was measured. */
  readonly cappedGrade: string;
  readonly vetoGrade: string;
}
export const gradeScales: readonly Standard<GradeScale>[] = scales;

function bandOf(points: number, { bands }: GradeScale): string {
  const band = bands.find(({ from }) => points >= from);
  if (!band) throw new CodedError("OUT_OF_RANGE", `${points} points lie below every grade.`);
  return band.grade;
}

/** Points rounded half-even to two decimals, and the grade of what was rounded. A decimal text is rounded exactly. */
export function gradeOf(
  points: number | string,
  scale: GradeScale,
): { readonly rounded: number; readonly grade: string } {
  const value =
    typeof points === "string"
      ? roundedDecimal(points, 2, "half_even")
      : rounded(finite(points, "points"), 2, "half_even");
  return { rounded: value, grade: bandOf(value, scale) };
}

/**
 * The grade after vetoes (catalogue E.1, rule 6): any veto fails; too little measured caps it. The score stays as it is,
 * and is shown. A broken hash chain withholds the result: null.
 */
export function finalGrade(
  score: number,
  evidence: {
    readonly vetoes: readonly string[];
    /** Coverage of the measured part, 0 to 1. */
    readonly measuredCoverage: number;
    readonly isChainIntact: boolean;
  },
  scale: GradeScale,
): string | null {
  const { grade } = gradeOf(score, scale);
  if (!evidence.isChainIntact) return null;
  if (evidence.vetoes.length > 0) return scale.vetoGrade;
  if (isAtLeast(finite(evidence.measuredCoverage, "measured coverage"), coverageFloor)) return grade;
  const rank = (name: string) => scale.bands.findIndex((band) => band.grade === name);
  return rank(grade) < rank(scale.cappedGrade) ? scale.cappedGrade : grade;
}
