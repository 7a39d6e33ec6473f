import type { AssessedFigure, AssessmentDocument, SealManifest } from "#shared/model/assessment.ts";
import { inLocale } from "#shared/model/text.ts";
import { wallClock } from "#shared/model/wallClock.ts";
import { totalEffect } from "../document.ts";
import { escapeHtml, type HtmlCell, htmlTable } from "./html.ts";
import { barChart } from "./reportCharts.ts";
import { reportStyle } from "./reportStyle.ts";
import { isShare, nameOf, numberText, unitOf, valueText, words } from "./words.ts";

const { columns, status, kind: kinds, veto, origin } = words.zh;
const number = (text: string): HtmlCell => ({ text, class: "number" });
const wide = (text: string): HtmlCell => ({ text, class: "wide" });
const scoreText = (score: number | null): string => (score === null ? "–" : score.toFixed(2));
const percent = (share: number): string => `${numberText(share * 100, 1)} %`;
const valueWithUnit = ({ value, indicator, unit }: AssessedFigure): string =>
  value === null || isShare(indicator, unit)
    ? valueText(value, indicator, unit)
    : `${valueText(value, indicator, unit)} ${unitOf(unit, "zh")}`;

type Seal = Pick<SealManifest, "sealedAt" | "sealedBy" | "lastHash"> | null;

/**
 * The report of an assessment in Chinese, as one HTML file without scripts or outside references: a browser prints it on
 * A4. `seal` is null while it is provisional.
 */
export function reportHtml(document: AssessmentDocument, seal: Seal): string {
  const title = `${inLocale(document.platform.name, "zh-CN")} ${periodText(document.period)}运行评价报告`;
  const sections = [
    cover(document, seal, title),
    scoreSection(document),
    chartSection(document),
    figureSection(document),
    declaredSection(document),
    amendmentSection(document),
    methodSection(document),
    verifySection(document, seal),
  ];
  return `<!doctype html>
<html lang="zh-CN"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${escapeHtml(title)}</title><style>${reportStyle}</style></head>
<body>${sections.join("\n")}</body></html>
`;
}

function periodText(period: string): string {
  const quarter = /^(\d{4})-Q([1-4])$/.exec(period);
  if (quarter) return `${quarter[1]} 年第 ${quarter[2]} 季度`;
  const month = /^(\d{4})-(\d{2})$/.exec(period);
  return month ? `${month[1]} 年 ${Number(month[2])} 月` : `${period} 年`;
}

/** `2026-11-01 00:00` on the platform's clock. */
const clockText = (timeZone: string) => {
  const { wall } = wallClock(timeZone);
  return (at: number): string => new Date(wall(at)).toISOString().slice(0, 16).replace("T", " ");
};

const facts = (pairs: readonly (readonly [string, string])[]): string =>
  `<dl>${pairs.map(([name, text]) => `<dt>${escapeHtml(name)}</dt><dd>${escapeHtml(text)}</dd>`).join("")}</dl>`;

function cover(document: AssessmentDocument, seal: Seal, title: string): string {
  const at = clockText(document.timeZone);
  const state = seal ? `${words.zh.state.sealed}，第 ${document.version} 版` : words.zh.state.provisional;
  return `<h1>${escapeHtml(title)}</h1><p><span class="state${seal ? "" : " provisional"}">${state}</span></p>${facts([
    ["评价周期", `${document.period}（${at(document.from)} 至 ${at(document.to)}，${document.timeZone}）`],
    ["数据截至", at(document.frozenAt)],
    ["截止接收迟到数据", at(document.closesAt)],
    ...(seal
      ? ([
          ["封存", `${at(seal.sealedAt)}，${seal.sealedBy}`],
          ["链末哈希", seal.lastHash],
        ] as const)
      : []),
    ...document.months.map((month) => ["所用月度评价", `${month.period} 第 ${month.version} 版`] as const),
  ])}`;
}

function scoreSection({ score, scoring }: AssessmentDocument): string {
  const three = [
    ["总分", scoreText(score.total)],
    ["监测部分", scoreText(score.measured)],
    ["填报部分", scoreText(score.declared)],
    ["等级", score.grade ?? "–"],
  ] as const;
  const notices = [
    ...score.vetoes.map((one) => `一票否决：${veto[one.kind]}。${one.reason}`),
    ...(score.measuredCoverage < 0.75
      ? [`监测部分覆盖率 ${percent(score.measuredCoverage)}，低于 75 %，等级最高为合格。`]
      : []),
    ...(score.missing.length > 0 ? [`缺项或未审核，计 0 分：${score.missing.join("、")}。`] : []),
  ];
  const bars = score.groups.map((group) => ({
    label: `${group.id}（${group.weight}）`,
    share: (group.score ?? 0) / 100,
    text: `${scoreText(group.score)} · ${kinds[group.kind]}`,
  }));
  const rows = score.groups.flatMap((group) =>
    group.items.map((item) => [
      group.id,
      item.figure === null ? item.indicator : `${item.indicator} · ${item.figure}`,
      nameOf(item.indicator, "zh"),
      number(item.value === null ? "–" : numberText(item.value)),
      number(String(item.weight)),
      number(item.points === null ? "–" : scoreText(item.points)),
      status[item.status],
      wide(item.reason ?? ""),
    ]),
  );
  return `<h2>一、综合得分</h2><div class="three">${three
    .map(([name, text]) => `<div>${name}<strong>${escapeHtml(text)}</strong></div>`)
    .join("")}</div>${notices.map((text) => `<p class="notice">${escapeHtml(text)}</p>`).join("")}
<p>评分方案：${escapeHtml(`${scoring.zh}（${scoring.name}，${scoring.profile}）`)}</p>
${barChart("各类别得分（括号内为权重）", bars)}
${htmlTable(["类别", columns.indicator, columns.name, columns.value, "权重", "得分", columns.status, columns.reason], rows)}`;
}

/** The figures that a reader looks for first, line by line. */
const charted = ["U-02", "G-01", "S-01"] as const;

function chartSection({ figures, platform }: AssessmentDocument): string {
  const charts = charted.flatMap((indicator) => {
    const ofLines = figures.filter(
      (figure) => figure.indicator === indicator && figure.scope.split("/").length === 2 && figure.value !== null,
    );
    if (ofLines.length === 0) return [];
    const largest = Math.max(...ofLines.map(({ value, upper }) => upper ?? value ?? 0));
    const full = isShare(indicator, ofLines[0]?.unit ?? "") ? 1 : largest || 1;
    const bars = ofLines.map((figure) => ({
      label: figure.scope.slice(platform.id.length + 1),
      share: (figure.value ?? 0) / full,
      text: valueWithUnit(figure),
      isWeak: figure.status === "insufficient",
      ...(figure.lower !== null && figure.upper !== null
        ? { bounds: [figure.lower / full, figure.upper / full] as const }
        : {}),
    }));
    return [barChart(`${indicator} ${nameOf(indicator, "zh")}，按产线（细线为上下界，斜纹为数据不足）`, bars)];
  });
  return charts.length === 0 ? "" : `<h2>二、各产线对比</h2>${charts.join("")}`;
}

function figureRows(figures: readonly AssessedFigure[]) {
  return figures.map((figure) => [
    figure.indicator,
    nameOf(figure.indicator, "zh"),
    number(valueWithUnit(figure)),
    number(figure.numerator === null ? "–" : numberText(figure.numerator, 2)),
    number(figure.denominator === null ? "–" : numberText(figure.denominator, 2)),
    number(
      figure.lower === null || figure.upper === null
        ? "–"
        : `${valueText(figure.lower, figure.indicator, figure.unit)} … ${valueText(figure.upper, figure.indicator, figure.unit)}`,
    ),
    number(percent(figure.coverage)),
    status[figure.status],
    wide([origin[figure.origin], figure.reason ?? "", ...figure.flags].filter(Boolean).join("；")),
  ]);
}

function figureSection({ figures, platform }: AssessmentDocument): string {
  const head = [columns.indicator, columns.name, columns.value, columns.numerator, columns.denominator];
  const more = ["上下界", columns.coverage, columns.status, "来源与说明"];
  const scopes = [...new Set(figures.map(({ scope }) => scope))].filter((scope) => scope.split("/").length <= 2);
  const tables = scopes.map((scope) => {
    const of = figures.filter((figure) => figure.scope === scope);
    const given = scope === platform.id ? of : of.filter(({ value }) => value !== null);
    const left = of.length - given.length;
    const note = left > 0 ? `<p class="muted">另有 ${left} 项没有数据，见 figures.xlsx。</p>` : "";
    const name = scope === platform.id ? "平台" : `产线 ${scope.slice(platform.id.length + 1)}`;
    return `<h3>${escapeHtml(name)}</h3>${htmlTable([...head, ...more], figureRows(given))}${note}`;
  });
  return `<h2>三、指标</h2><p class="muted">各设备的指标见 figures.xlsx 与 figures.csv。</p>${tables.join("")}`;
}

function declaredSection({ declared }: AssessmentDocument): string {
  if (declared.length === 0) return "<h2>四、填报项</h2><p>本周期没有填报项。</p>";
  const states = { draft: "草稿", submitted: "已提交", verified: "已审核", rejected: "已退回" } as const;
  const rows = declared.map((one) => [
    one.indicator,
    nameOf(one.indicator, "zh"),
    number(`${numberText(one.value)} ${unitOf(one.unit, "zh")}`),
    states[one.state],
    one.declaredBy,
    one.verifiedBy ?? "–",
    wide(one.evidenceSha256 ?? "无证明材料"),
  ]);
  const head = [columns.indicator, columns.name, columns.value, "状态", "填报人", "审核人", "证明材料 SHA-256"];
  return `<h2>四、填报项</h2><p class="muted">仅已审核的计分。</p>${htmlTable(head, rows)}`;
}

function amendmentSection({ amendment }: AssessmentDocument): string {
  if (!amendment) return "";
  const rows = amendment.effects.map(({ indicator, figure, scope, before, after }) => [
    indicator === totalEffect ? "总分" : figure === null ? indicator : `${indicator} · ${figure}`,
    scope,
    number(before === null ? "–" : numberText(before, 6)),
    number(after === null ? "–" : numberText(after, 6)),
  ]);
  return `<h2>更正</h2>${facts([
    ["原因", amendment.reason],
    ["提出人", amendment.author],
  ])}${htmlTable([columns.indicator, columns.scope, "原版本", "本版本"], rows)}`;
}

function methodSection({ definitions, factors, scoring }: AssessmentDocument): string {
  const points = (indicator: string): string =>
    (scoring.breakpoints[indicator] ?? []).map(([x, score]) => `${x}→${score}`).join("，");
  const excused = scoring.notApplicable.map((one) => [
    one.indicator,
    nameOf(one.indicator, "zh"),
    wide(one.reason),
    one.approvedBy,
    one.approvedOn,
  ]);
  const platform = scoring.platform
    ? `平台评分文件 ${scoring.platform.version}：${scoring.platform.source}`
    : "平台没有自己的评分文件；填报项没有评分点，已审核的也计 0 分。";
  return `<h2>五、方法</h2><p>${escapeHtml(platform)}</p>
<p>评分方案来源：${escapeHtml(scoring.source)}</p>
${scoring.breakpointSources.map((source) => `<p class="muted">评分点：${escapeHtml(source)}</p>`).join("")}
<h3>评分点（值→分，其间线性）</h3>
${htmlTable(
  [columns.indicator, columns.name, "评分点"],
  Object.keys(scoring.breakpoints).map((id) => [id, nameOf(id, "zh"), points(id)]),
)}
${excused.length > 0 ? `<h3>不适用</h3>${htmlTable([columns.indicator, columns.name, "原因", "批准人", "日期"], excused)}` : ""}
<h3>指标定义</h3>
${htmlTable(
  [columns.indicator, columns.name, "定义", columns.unit, columns.version],
  definitions.map((one) => [one.indicator, one.zh, wide(one.formula), unitOf(one.unit, "zh"), one.version]),
)}
<h3>系数与依据</h3>
${
  factors.length === 0
    ? "<p>没有使用系数。</p>"
    : htmlTable(
        ["编号", "来源", "证据", "有效期"],
        factors.map((one) => [
          one.id,
          wide(one.source),
          wide(one.evidence),
          one.validFrom === null && one.validTo === null
            ? "未注明"
            : `${one.validFrom ?? "…"} 至 ${one.validTo ?? "…"}`,
        ]),
      )
}`;
}

function verifySection(document: AssessmentDocument, seal: Seal): string {
  if (!seal) return "<h2>六、核验</h2><p>本报告为暂定，未封存，数值仍会变化。</p>";
  return `<h2>六、核验</h2><p>本报告是证据包的一部分；包内 HOW-TO-VERIFY.zh.txt 说明如何离线核验链与签名，以及如何由原始数据重新计算。</p>
<p>第 ${document.version} 版链末哈希：<br><code>${seal.lastHash}</code></p>`;
}
