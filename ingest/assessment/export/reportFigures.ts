import type { AssessedFigure, AssessmentDocument } from "#shared/model/assessment.ts";
import { flagTexts, reasonText } from "#shared/model/catalogue/figureWords.ts";
import { escapeHtml, htmlTable, number, wide } from "./html.ts";
import { nameOf, numberText, scopeName, valueText, valueWithUnit, words } from "./words.ts";

const { columns, status, origin } = words.zh;

/** Families of the catalogue, in its order. */
const families = [
  ["U", "设备利用与共享服务"],
  ["S", "安全运行"],
  ["G", "绿色运行"],
  ["D", "数据质量"],
] as const;

const head = [
  ...[columns.indicator, columns.name, columns.value, columns.numerator, columns.denominator, "上下界"],
  ...[columns.coverage, columns.status, "说明"],
];
const widths = [13, 31, 30, 18, 18, 29, 13, 15, 15];

const rowOf = (figure: AssessedFigure) => {
  const { indicator, unit, numerator, denominator, lower, upper } = figure;
  const bound = (value: number) => valueText(value, indicator, unit);
  return [
    indicator,
    nameOf(indicator, "zh"),
    number(valueWithUnit(figure)),
    number(numerator === null ? "–" : numberText(numerator, 2)),
    number(denominator === null ? "–" : numberText(denominator, 2)),
    number(lower === null || upper === null || lower === upper ? "–" : `${bound(lower)} … ${bound(upper)}`),
    number(`${numberText(figure.coverage * 100, 1)} %`),
    status[figure.status],
    wide(
      [figure.origin === "measured" ? "" : origin[figure.origin], ...flagTexts(figure.flags, "zh")]
        .filter(Boolean)
        .join("；"),
    ),
  ];
};

/** Figures without a value, by their reason: what the platform would have to add. */
function withoutValue(figures: readonly AssessedFigure[]): string {
  if (figures.length === 0) return "";
  const rows = figures.map(({ indicator, reason, scope }) => [
    indicator,
    nameOf(indicator, "zh"),
    wide(reasonText(reason ?? "no_data", "zh")),
    scope,
  ]);
  return `<h3>没有数值的指标</h3>${htmlTable(
    [columns.indicator, columns.name, columns.reason],
    rows.map(([id = "", name = "", why = ""]) => [id, name, why]),
    [15, 75, 92],
  )}`;
}

function tablesOf(figures: readonly AssessedFigure[]): string {
  return families
    .map(([letter, name]) => {
      const own = figures.filter(({ indicator }) => indicator.startsWith(letter));
      return own.length === 0 ? "" : `<h4>${name}</h4>${htmlTable(head, own.map(rowOf), widths)}`;
    })
    .join("");
}

/** Every figure of the platform, then of each line those that have a value. */
export function figureSection(document: AssessmentDocument): string {
  const { figures, platform } = document;
  const scopes = [...new Set(figures.map(({ scope }) => scope))].filter((scope) => scope.split("/").length <= 2);
  const parts = scopes.map((scope) => {
    const of = figures.filter((figure) => figure.scope === scope);
    const given = of.filter(({ value }) => value !== null);
    const name = scope === platform.id ? "平台" : scopeName(document, scope);
    const rest = of.filter(({ value }) => value === null);
    const note =
      scope === platform.id
        ? withoutValue(rest)
        : rest.length > 0
          ? `<p class="muted">另有 ${rest.length} 项没有数值，见 figures.xlsx。</p>`
          : "";
    return `<h3>${escapeHtml(name)}</h3>${tablesOf(given)}${note}`;
  });
  return `<h2>指标</h2><p class="muted">覆盖率为已知时间占应知时间的比例；上下界为未知时间全部为“否”或全部为“是”时的数值，没有未知时间的不列。各设备的指标见 figures.xlsx 与 figures.csv。</p>${parts.join("")}`;
}
