import type { AssessmentDocument } from "#shared/model/assessment.ts";
import { escapeHtml, htmlTable, wide } from "./html.ts";
import { nameOf, unitOf, words } from "./words.ts";

const { columns } = words.zh;

/** With what was scored and computed: breakpoints, what does not apply, definitions, factors, each with its source. */
export function methodSection({ definitions, factors, scoring }: AssessmentDocument): string {
  const points = (indicator: string): string =>
    (scoring.breakpoints[indicator] ?? []).map(([x, score]) => `${x} → ${score}`).join("，");
  const platform = scoring.platform
    ? `平台评分文件 ${scoring.platform.version}：${scoring.platform.source}`
    : "平台没有自己的评分文件；申报项没有评分点，已核验的也计 0 分。";
  const scored = Object.keys(scoring.breakpoints).map((id) => [id, nameOf(id, "zh"), wide(points(id))]);
  const excused = scoring.notApplicable.map((one) => [
    one.indicator,
    nameOf(one.indicator, "zh"),
    wide(one.reason),
    one.approvedBy,
    one.approvedOn,
  ]);
  const defined = definitions.map((one) => [
    one.indicator,
    one.zh,
    wide(one.formula),
    unitOf(one.unit, "zh"),
    one.version,
  ]);
  const used = factors.map((one) => [
    wide(one.id),
    wide(one.source),
    wide(one.evidence),
    one.validFrom === null && one.validTo === null ? "未注明" : `${one.validFrom ?? "…"} 至 ${one.validTo ?? "…"}`,
  ]);
  return `<h2>方法与依据</h2><p>${escapeHtml(platform)}</p>
<p>评分方案来源：${escapeHtml(scoring.source)}</p>
${scoring.breakpointSources.map((source) => `<p class="muted">评分点来源：${escapeHtml(source)}</p>`).join("")}
<h3>评分点（值 → 分，其间线性）</h3>
${htmlTable([columns.indicator, columns.name, "评分点"], scored, [15, 62, 105])}
${excused.length > 0 ? `<h3>不适用</h3>${htmlTable([columns.indicator, columns.name, "原因", "批准人", "日期"], excused)}` : ""}
<h3>指标定义</h3>
${htmlTable([columns.indicator, columns.name, "定义", columns.unit, "版本"], defined, [15, 40, 88, 22, 17])}
<h3>系数与依据</h3>
${factors.length === 0 ? "<p>没有使用系数。</p>" : htmlTable(["编号", "来源", "证据", "有效期"], used, [38, 82, 32, 30])}`;
}
