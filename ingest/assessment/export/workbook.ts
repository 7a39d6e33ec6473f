import { type Cell, type Sheet, writeXlsx } from "#shared/kit/xlsx.ts";
import type { AssessedFigure, AssessmentDocument } from "#shared/model/assessment.ts";
import { figureNameText, flagTexts, reasonText, scoreNameText } from "#shared/model/catalogue/figureWords.ts";
import { inLocale } from "#shared/model/text.ts";
import { isShare, type Language, nameOf, scopeName, unitOf, words } from "./words.ts";

const percent = (value: number | null): Cell => (value === null ? null : { value, format: "percent" });
const valueCell = (value: number | null, share: boolean): Cell => (share ? percent(value) : value);

function figureRow(figure: AssessedFigure, document: AssessmentDocument, language: Language): Cell[] {
  const { status, origin } = words[language];
  const share = isShare(figure.indicator, figure.unit);
  return [
    figure.indicator,
    nameOf(figure.indicator, language),
    scopeName(document, figure.scope, language),
    valueCell(figure.value, share),
    share ? "%" : unitOf(figure.unit, language),
    figure.numerator,
    figure.denominator,
    valueCell(figure.lower, share),
    valueCell(figure.upper, share),
    percent(figure.coverage),
    status[figure.status],
    figure.reason && reasonText(figure.reason, language),
    flagTexts(figure.flags, language).join(language === "zh" ? "；" : "; "),
    origin[figure.origin],
    figure.definitionVersion,
    figure.factorIds.join(", "),
    figure.inputDigest,
  ];
}

/** Further figures of an indicator stand under it, named `name · part`. */
const partRows = (figure: AssessedFigure, document: AssessmentDocument, language: Language): Cell[][] =>
  Object.entries(figure.parts).map(([name, value]) => [
    figure.indicator,
    `${nameOf(figure.indicator, language)} · ${figureNameText(name, language)}`,
    scopeName(document, figure.scope, language),
    value,
  ]);

function figuresSheet(document: AssessmentDocument, language: Language): Sheet {
  const { columns, sheets } = words[language];
  return {
    name: sheets.figures,
    widths: [9, 36, 36, 16, 11, 16, 16, 12, 12, 10, 14, 30, 30, 9, 10, 40, 68],
    headRow: 0,
    // Factors and digests are for machines.
    printedColumns: 13,
    rows: [
      Object.values(columns),
      ...document.figures.flatMap((figure) => [
        figureRow(figure, document, language),
        ...partRows(figure, document, language),
      ]),
    ],
  };
}

function scoreSheet({ score, scoring, definitions }: AssessmentDocument, language: Language): Sheet {
  const units = new Map(definitions.map(({ indicator, unit }) => [indicator, unit]));
  const unitOfItem = (indicator: string): string => units.get(indicator) ?? "";
  const { columns, score: names, sheets, status, kind, veto } = words[language];
  const head = [names.group, columns.indicator, columns.name, columns.value, names.weight, names.points];
  return {
    name: sheets.score,
    widths: [26, 10, 36, 14, 10, 10, 14, 36],
    headRow: 5,
    rows: [
      [`${scoring[language]} (${scoring.name}, ${scoring.profile})`],
      [names.total, score.total],
      [names.measured, score.measured],
      [names.declared, score.declared],
      [
        names.grade,
        score.grade && scoreNameText(score.grade, language),
        ...score.vetoes.map((one) => `${veto[one.kind]}: ${one.reason}`),
      ],
      [...head, columns.status, columns.reason],
      ...score.groups.flatMap((group): Cell[][] => [
        [`${scoreNameText(group.id, language)} (${kind[group.kind]})`, "", "", "", group.weight, group.score],
        ...group.items.map((item): Cell[] => [
          "",
          item.indicator,
          nameOf(item.indicator, language) +
            (item.figure === null ? "" : ` · ${figureNameText(item.figure, language)}`),
          valueCell(item.value, item.figure === null && isShare(item.indicator, unitOfItem(item.indicator))),
          item.weight,
          item.points,
          status[item.status],
          item.reason && reasonText(item.reason, language),
        ]),
      ]),
    ],
  };
}

function declaredSheet({ declared }: AssessmentDocument, language: Language): Sheet {
  const { columns, sheets } = words[language];
  const more =
    language === "zh"
      ? ["状态", "申报人", "核验人", "佐证文件 SHA-256"]
      : ["State", "Declarer", "Verifier", "Evidence SHA-256"];
  return {
    name: sheets.declared,
    widths: [12, 28, 14, 12, 12, 16, 16, 66],
    headRow: 0,
    rows: [
      [columns.indicator, columns.name, columns.value, columns.unit, ...more],
      ...declared.map((one): Cell[] => [
        one.indicator,
        nameOf(one.indicator, language),
        one.value,
        unitOf(one.unit, language),
        words[language].declaredState[one.state],
        one.declaredBy,
        one.verifiedBy,
        one.evidenceSha256,
      ]),
    ],
  };
}

function aboutSheet(document: AssessmentDocument, language: Language): Sheet {
  const zh = language === "zh";
  const { platform, period, timeZone, version, scoring } = document;
  const iso = (at: number) => new Date(at).toISOString();
  const state = version === 0 ? words[language].state.provisional : `${words[language].state.sealed}, v${version}`;
  return {
    name: words[language].sheets.about,
    widths: [26, 110],
    wraps: true,
    rows: [
      [zh ? "平台" : "Platform", `${inLocale(platform.name, zh ? "zh-CN" : "en")} (${platform.id})`],
      [zh ? "周期" : "Period", `${period} (${timeZone})`],
      [zh ? "起止 (UTC)" : "From, to (UTC)", `${iso(document.from)} – ${iso(document.to)}`],
      [zh ? "数据截至 (UTC)" : "As stored at (UTC)", iso(document.frozenAt)],
      [zh ? "状态" : "State", state],
      [zh ? "评分依据" : "Scored by", `${scoring.profile}: ${scoring.source}`],
      ...scoring.breakpointSources.map((source) => [zh ? "评分点" : "Breakpoints", source]),
      ...scoring.notApplicable.map((one) => [
        `${zh ? "不适用" : "Not applicable"} ${one.indicator}`,
        `${one.reason} (${one.approvedBy}, ${one.approvedOn})`,
      ]),
      ...document.factors.map((factor) => [`${zh ? "系数" : "Factor"} ${factor.id}`, factor.source]),
      ...document.definitions.map((one) => [`${one.indicator} v${one.version}`, `${one[language]}: ${one.formula}`]),
    ],
  };
}

/** The assessment as a workbook: each sheet in Chinese, then in English; numbers are numbers, shares are percent. */
export const workbook = (document: AssessmentDocument): Promise<Buffer> =>
  writeXlsx(
    (["zh", "en"] as const).flatMap((language) =>
      [figuresSheet, scoreSheet, declaredSheet, aboutSheet].map((sheet) => sheet(document, language)),
    ),
  );
