import type { IndicatorEntry } from "./entry.ts";

const declared = {
  version: "1.0.0",
  unit: "1",
  better: "higher",
  aggregation: "sum",
  basis: "event",
  sources: ["declared"],
  missing: "what is not verified scores 0 and is listed",
} as const;

/** Part E: what a person declares, with evidence; only what is verified scores. */
export const declaredEntries = {
  "P-01": {
    ...declared,
    zh: "服务外部单位数",
    en: "external organisations served",
    formula: "organisations; compared with the tenants of U-22",
    unit: "{organisation}",
  },
  "P-02": {
    ...declared,
    zh: "服务收入",
    en: "service income",
    formula: "income; compared with hours · published price",
    unit: "{CNY}",
  },
  "P-03": {
    ...declared,
    zh: "用户满意度",
    en: "satisfaction of users",
    formula: "Σ ratings / Σ largest ratings",
    aggregation: "ratio_of_sums",
  },
  "P-11": { ...declared, zh: "研发项目数", en: "research projects", formula: "projects", unit: "{project}" },
  "P-12": { ...declared, zh: "研发投入", en: "research spending", formula: "spending", unit: "{CNY}" },
  "P-13": {
    ...declared,
    zh: "专利与标准",
    en: "patents and standards",
    formula: "patents and standards",
    unit: "{item}",
  },
  "P-21": {
    ...declared,
    zh: "中试转化项目数",
    en: "pilot projects transferred",
    formula: "projects; compared with the batches of U-24",
    unit: "{project}",
  },
  "P-22": { ...declared, zh: "合同金额", en: "contract value", formula: "contract value", unit: "{CNY}" },
  "P-23": {
    ...declared,
    zh: "产业化产品与孵化企业",
    en: "products industrialised and firms hatched",
    formula: "products and firms",
    unit: "{item}",
  },
} as const satisfies Record<string, IndicatorEntry>;
