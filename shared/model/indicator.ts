import { isAtLeast } from "./threshold.ts";
import type { EpochMs } from "./time.ts";

export const coverageStatuses = ["ok", "low_coverage", "insufficient"] as const;
export type CoverageStatus = (typeof coverageStatuses)[number];

/** From here on a figure is as good as complete (indicator catalogue 0.3). */
export const fullCoverage = 0.95;
/** Below this a figure is shown but not scored. */
export const coverageFloor = 0.75;

export function coverageStatus(coverage: number): CoverageStatus {
  if (isAtLeast(coverage, fullCoverage)) return "ok";
  return isAtLeast(coverage, coverageFloor) ? "low_coverage" : "insufficient";
}

/** One figure over one period (indicator catalogue, 0.7). A null value carries its reason. */
export interface IndicatorResult {
  /** Catalogue id, for example `U-02`. */
  readonly indicator: string;
  readonly definitionVersion: string;
  /** `<platform>`, `<platform>/<line>` or `<platform>/<line>/<equipment>`. */
  readonly scope: string;
  /** Local period, for example `2026-11-23`. */
  readonly period: string;
  readonly from: EpochMs;
  readonly to: EpochMs;
  /** The figure covers `from` up to here while the period runs. */
  readonly until: EpochMs;
  readonly value: number | null;
  readonly unit: string;
  readonly numerator: number | null;
  readonly denominator: number | null;
  readonly lower: number | null;
  readonly upper: number | null;
  /** Known time over expected time, 0 to 1. */
  readonly coverage: number;
  readonly status: CoverageStatus;
  readonly reason: string | null;
  readonly flags: readonly string[];
  /** Further figures under the same id, by the names that the catalogue gives them, in its units. */
  readonly parts: Readonly<Record<string, number | null>>;
  /** Factors, tariffs, limits and baselines that were used, ascending; empty where the figure needs none. */
  readonly factorIds: readonly string[];
  /** SHA-256 in hex of the facts that the figure rests on; null for a momentary figure that nobody computes again. */
  readonly inputDigest: string | null;
  readonly origin: "measured" | "derived" | "declared";
}
