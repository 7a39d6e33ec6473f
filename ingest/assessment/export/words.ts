import type { AssessedFigure, AssessmentDocument, vetoKinds } from "#shared/model/assessment.ts";
import { indicatorCatalogue, isIndicatorId } from "#shared/model/catalogue/catalogue.ts";
import { inLocale } from "#shared/model/text.ts";
import { unitSymbol } from "#shared/model/units.ts";

/** A language of the exports. */
export type Language = "zh" | "en";

const localeOf = { zh: "zh-CN", en: "en" } as const;

/** Words of the exports in both languages: what the report, the sheets and the tables have in common. */
export const words = {
  zh: {
    status: {
      ok: "数据完整",
      low_coverage: "覆盖率偏低",
      insufficient: "数据不足",
      missing: "缺项",
      unverified: "未核验",
      not_applicable: "不适用",
    },
    origin: { measured: "实测", derived: "推算", declared: "申报" },
    kind: { measured: "监测", derived: "推算", declared: "申报" },
    declaredState: { draft: "草稿", submitted: "已提交", verified: "已核验", rejected: "已退回" },
    columns: {
      indicator: "编号",
      name: "名称",
      scope: "范围",
      value: "数值",
      unit: "单位",
      numerator: "分子",
      denominator: "分母",
      lower: "下界",
      upper: "上界",
      coverage: "覆盖率",
      status: "状态",
      reason: "原因",
      flags: "标志",
      origin: "来源",
      version: "定义版本",
      factors: "系数与依据",
      digest: "输入摘要 SHA-256",
    },
    score: {
      total: "总分",
      measured: "监测部分",
      declared: "申报部分",
      grade: "等级",
      group: "类别",
      weight: "权重",
      points: "得分",
    },
    state: { provisional: "暂定，未封存", sealed: "已封存" },
    veto: { major_accident: "重大事故", environmental_violation: "严重环境违法", data_falsification: "数据造假" },
    sheets: { figures: "指标", score: "评分", declared: "申报项", about: "说明" },
  },
  en: {
    status: {
      ok: "complete",
      low_coverage: "low coverage",
      insufficient: "insufficient data",
      missing: "missing",
      unverified: "not verified",
      not_applicable: "not applicable",
    },
    origin: { measured: "measured", derived: "derived", declared: "declared" },
    kind: { measured: "measured", derived: "derived", declared: "declared" },
    declaredState: { draft: "draft", submitted: "submitted", verified: "verified", rejected: "rejected" },
    columns: {
      indicator: "Indicator",
      name: "Name",
      scope: "Scope",
      value: "Value",
      unit: "Unit",
      numerator: "Numerator",
      denominator: "Denominator",
      lower: "Lower bound",
      upper: "Upper bound",
      coverage: "Coverage",
      status: "Status",
      reason: "Reason",
      flags: "Flags",
      origin: "Origin",
      version: "Definition version",
      factors: "Factors and sources",
      digest: "Input digest SHA-256",
    },
    score: {
      total: "Total",
      measured: "Measured part",
      declared: "Declared part",
      grade: "Grade",
      group: "Group",
      weight: "Weight",
      points: "Points",
    },
    state: { provisional: "provisional, not sealed", sealed: "sealed" },
    veto: {
      major_accident: "major accident",
      environmental_violation: "serious environmental violation",
      data_falsification: "falsified data",
    },
    sheets: { figures: "Figures", score: "Score", declared: "Declared", about: "About" },
  },
} as const satisfies Record<
  Language,
  { veto: Record<(typeof vetoKinds)[number], string>; readonly [part: string]: unknown }
>;

export const nameOf = (indicator: string, language: Language): string =>
  isIndicatorId(indicator) ? indicatorCatalogue[indicator][language] : indicator;

/** The symbol of a UCUM unit; empty for a plain number. */
export function unitOf(unit: string, language: Language): string {
  if (unit === "1") return "";
  // Of alarms: a bare `1/h` behind a number reads like a part of it.
  if (unit === "/h") return language === "zh" ? "条/h" : "per hour";
  return unitSymbol(unit, localeOf[language]);
}

/** Shares are shown as percent. */
export const isShare = (indicator: string, unit: string): boolean =>
  unit === "1" && isIndicatorId(indicator) && indicatorCatalogue[indicator].aggregation === "ratio_of_sums";

/** A number for people who read Chinese: at most four decimals, thousands apart, beyond a thousand millions in 亿. */
export function numberText(value: number, decimals = 4): string {
  if (Math.abs(value) >= 1e9) return `${(value / 1e8).toLocaleString("en-US", { maximumFractionDigits: 2 })} 亿`;
  return value.toLocaleString("en-US", { maximumFractionDigits: Math.abs(value) >= 1_000 ? 1 : decimals });
}

export const valueText = (value: number | null, indicator: string, unit: string): string => {
  if (value === null) return "–";
  return isShare(indicator, unit) ? `${numberText(value * 100, 2)} %` : numberText(value);
};

/** A value with its unit, for people who read Chinese. */
export const valueWithUnit = ({ value, indicator, unit }: AssessedFigure): string =>
  value === null || isShare(indicator, unit)
    ? valueText(value, indicator, unit)
    : `${valueText(value, indicator, unit)} ${unitOf(unit, "zh")}`.trim();

/** A line by its name, an equipment by that of its line and its id. */
export function scopeName(
  { platform, lines }: Pick<AssessmentDocument, "platform" | "lines">,
  scope: string,
  language: Language = "zh",
): string {
  if (scope === platform.id) return language === "zh" ? "平台" : "platform";
  const line = lines.find((one) => scope === one.scope || scope.startsWith(`${one.scope}/`));
  if (!line) return scope;
  const rest = scope.slice(line.scope.length + 1);
  const name = inLocale(line.name, localeOf[language]);
  return rest === "" ? name : `${name} / ${rest}`;
}
