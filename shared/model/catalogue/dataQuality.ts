import type { IndicatorEntry } from "./entry.ts";

const ofSamples = {
  version: "1.0.0",
  unit: "1",
  better: "higher",
  aggregation: "ratio_of_sums",
  basis: "in_service",
  sources: ["measured"],
  missing: "what is missing is what is measured",
} as const;
const ofRecords = { ...ofSamples, basis: "calendar", sources: ["records"] } as const;

/** Part D: data quality and audit. */
export const dataQualityEntries = {
  "D-01": {
    ...ofSamples,
    zh: "覆盖率",
    en: "coverage",
    formula: "valid / expected slots or time",
    parts: { completeness: "1" },
  },
  "D-02": {
    ...ofSamples,
    zh: "及时率",
    en: "timeliness",
    formula: "samples in time / samples",
    parts: { p50: "s", p95: "s" },
  },
  "D-03": { ...ofSamples, zh: "有效率", en: "validity", formula: "valid / received slots" },
  "D-04": {
    ...ofSamples,
    zh: "时钟偏差",
    en: "clock skew",
    formula: "samples not beyond 5 s in the future / samples",
    parts: { offset: "s" },
  },
  "D-05": {
    ...ofSamples,
    zh: "一致性",
    en: "consistency",
    formula: "(main − Σ sub) / main",
    parts: { residual: "kW.h" },
    better: "lower",
  },
  "D-06": {
    ...ofRecords,
    zh: "可追溯率",
    en: "traceability",
    formula: "figures with complete lineage / figures",
  },
  "D-07": {
    ...ofRecords,
    zh: "关账后更正",
    en: "amendments after closing",
    formula: "amendments",
    unit: "{amendment}",
    better: "lower",
    aggregation: "sum",
  },
  "D-08": {
    ...ofRecords,
    zh: "链完整性",
    en: "chain integrity",
    formula: "chain and signature verify",
    aggregation: "all",
  },
} as const satisfies Record<string, IndicatorEntry>;
