import type { AssessedFigure, AssessmentDocument, ScoredPoint } from "#shared/model/assessment.ts";
import { figureNameText, reasonText } from "#shared/model/catalogue/figureWords.ts";
import { bodiesTable, escapeHtml, type HtmlCell, number, wide } from "./html.ts";
import { barChart } from "./reportCharts.ts";
import { isShare, nameOf, numberText, scopeName, valueText, valueWithUnit, words } from "./words.ts";

const { columns, status, kind: kinds, veto } = words.zh;
const scoreText = (score: number | null): string => (score === null ? "–" : score.toFixed(2));

/** Sentences that a reader must not miss. */
function noticesOf({ score }: AssessmentDocument): readonly string[] {
  const names = score.missing.map((id) => `${id} ${nameOf(id, "zh")}`);
  return [
    ...score.vetoes.map((one) => `一票否决：${veto[one.kind]}。${one.reason}`),
    ...(score.measuredCoverage < 0.75
      ? [`监测部分覆盖率 ${numberText(score.measuredCoverage * 100, 1)} %，低于 75 %，等级最高为合格。`]
      : []),
    ...(names.length > 0 ? [`缺项、数据不足或未核验的 ${names.length} 项计 0 分：${names.join("、")}。`] : []),
  ];
}

/** The composite score: three numbers and the grade, then group by group, item by item. */
export function scoreSection(document: AssessmentDocument): string {
  const { score, scoring, definitions } = document;
  const units = new Map(definitions.map(({ indicator, unit }) => [indicator, unit]));
  const shownOf = ({ indicator, figure, value }: ScoredPoint): string => {
    if (value === null) return "–";
    return figure === null ? valueText(value, indicator, units.get(indicator) ?? "1") : numberText(value);
  };
  const four = [
    ["总分", scoreText(score.total)],
    ["监测部分", scoreText(score.measured)],
    ["申报部分", scoreText(score.declared)],
    ["等级", score.grade ?? "–"],
  ] as const;
  const bars = score.groups.map((group) => ({
    label: `${group.id}（${group.weight}）`,
    share: (group.score ?? 0) / 100,
    text: `${scoreText(group.score)} · ${kinds[group.kind]}`,
  }));
  const bodies = score.groups.map((group) =>
    group.items.map((item, i): (string | HtmlCell)[] => [
      ...(i === 0 ? [{ text: `${group.id}　${scoreText(group.score)}`, rows: group.items.length }] : []),
      item.indicator,
      nameOf(item.indicator, "zh") + (item.figure === null ? "" : `（${figureNameText(item.figure, "zh")}）`),
      number(shownOf(item)),
      number(String(item.weight)),
      number(item.points === null ? "–" : scoreText(item.points)),
      status[item.status],
      wide(item.reason === null ? "" : reasonText(item.reason, "zh")),
    ]),
  );
  const head = ["类别", columns.indicator, columns.name, columns.value, "权重", "得分", columns.status, columns.reason];
  return `<h2>综合得分</h2><div class="four">${four
    .map(([name, text]) => `<div>${name}<strong>${escapeHtml(text)}</strong></div>`)
    .join("")}</div>${noticesOf(document)
    .map((text) => `<p class="notice">${escapeHtml(text)}</p>`)
    .join("")}
<p>评分方案：${escapeHtml(`${scoring.zh}（${scoring.name}，${scoring.profile}）`)}；等级：90 分及以上优秀，75 分及以上良好，60 分及以上合格。</p>
${barChart("各类别得分（括号内为权重）", bars)}
${bodiesTable(head, bodies, [20, 13, 42, 22, 12, 14, 18, 41])}`;
}

/** The figures that a reader looks for first, line by line. */
const charted = ["U-02", "G-01", "S-01"] as const;

/** Lines beside one another; nothing where there is none to compare. */
export function chartSection(document: AssessmentDocument): string {
  const charts = charted.flatMap((indicator) => {
    const ofLines = document.figures.filter(
      (figure) => figure.indicator === indicator && figure.scope.split("/").length === 2 && figure.value !== null,
    );
    if (ofLines.length === 0) return [];
    const bars = barsOf(ofLines, document);
    return [barChart(`${indicator} ${nameOf(indicator, "zh")}（细线为上下界，斜纹为数据不足）`, bars)];
  });
  return charts.length === 0 ? "" : `<h2>各产线对比</h2>${charts.join("")}`;
}

function barsOf(figures: readonly AssessedFigure[], document: AssessmentDocument) {
  const largest = Math.max(...figures.map(({ value, upper }) => upper ?? value ?? 0));
  const [first] = figures;
  const full = first && isShare(first.indicator, first.unit) ? 1 : largest || 1;
  return figures.map((figure) => ({
    label: scopeName(document, figure.scope),
    share: (figure.value ?? 0) / full,
    text: valueWithUnit(figure),
    isWeak: figure.status === "insufficient",
    ...(figure.lower !== null && figure.upper !== null
      ? { bounds: [figure.lower / full, figure.upper / full] as const }
      : {}),
  }));
}
