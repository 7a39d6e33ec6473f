import type { EpochMs } from "./time.ts";

export const coverageStatuses = ["ok", "low_coverage", "insufficient"] as const;
export type CoverageStatus = (typeof coverageStatuses)[number];

/** Coverage thresholds of the indicator catalogue, 0.3. */
export function coverageStatus(coverage: number): CoverageStatus {
  if (coverage >= 0.95) return "ok";
  return coverage >= 0.75 ? "low_coverage" : "insufficient";
}

/** One figure over one period (indicator catalogue, 0.7). A null value carries its reason. */
export interface IndicatorResult {
  /** Catalogue id, for example `U-02`. */
  readonly indicator: string;
  readonly definitionVersion: string;
  /** `<platform>/<line>`, or `<platform>/<line>/<equipment>`. */
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
  readonly origin: "measured" | "derived" | "declared";
}
