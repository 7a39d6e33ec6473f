import { byteOrderMark, csvField } from "#shared/kit/csv.ts";
import type { AssessmentDocument } from "#shared/model/assessment.ts";
import { nameOf } from "./words.ts";

const columns = [
  "indicator",
  "name_zh",
  "name_en",
  "figure",
  "scope",
  "period",
  "value",
  "unit_ucum",
  "numerator",
  "denominator",
  "lower",
  "upper",
  "coverage",
  "status",
  "reason",
  "flags",
  "origin",
  "definition_version",
  "factor_ids",
  "input_digest_sha256",
] as const;

/** Every figure of an assessment, and under it its further figures: UTF-8 with byte order mark, lines end in CR LF. */
export function figuresCsv({ figures, period }: AssessmentDocument): string {
  const rows = figures.flatMap((figure) => {
    const { indicator, scope, unit, coverage, status, reason, origin, definitionVersion } = figure;
    const names = [nameOf(indicator, "zh"), nameOf(indicator, "en")];
    const shared = [
      coverage,
      status,
      reason,
      figure.flags.join(" "),
      origin,
      definitionVersion,
      figure.factorIds.join(" "),
      figure.inputDigest,
    ];
    const { value, numerator, denominator, lower, upper } = figure;
    return [
      [indicator, ...names, "", scope, period, value, unit, numerator, denominator, lower, upper, ...shared],
      ...Object.entries(figure.parts).map(([name, part]) => [
        indicator,
        ...names,
        name,
        scope,
        period,
        part,
        "",
        ...[null, null, null, null],
        ...shared,
      ]),
    ];
  });
  return `${byteOrderMark}${[columns, ...rows].map((cells) => cells.map(csvField).join(",")).join("\r\n")}\r\n`;
}
