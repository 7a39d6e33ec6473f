import { indicatorCatalogue, isIndicatorId } from "#shared/model/catalogue/catalogue.ts";
import type { Locale } from "#shared/model/text.ts";
import { unitSymbol } from "#shared/model/units.ts";
import type { Formats } from "../../text/format.ts";

/** The name of an indicator; its id where the catalogue does not know it. */
export const indicatorName = (indicator: string, locale: Locale): string => {
  if (!isIndicatorId(indicator)) return indicator;
  const { zh, en } = indicatorCatalogue[indicator];
  return locale === "en" ? en : zh;
};

/** Shares are shown as percent. */
const isShare = (indicator: string, unit: string): boolean =>
  unit === "1" && isIndicatorId(indicator) && indicatorCatalogue[indicator].aggregation === "ratio_of_sums";

const decimalsFor = (value: number): number => {
  const size = Math.abs(value);
  if (Number.isInteger(value)) return 0;
  return size >= 1_000 ? 1 : size >= 10 ? 2 : 4;
};

export const plainNumber = (value: number | null, formats: Formats): string =>
  value === null ? "–" : formats.number(value, decimalsFor(value));

/** A value with its unit. */
export function figureText(
  value: number | null,
  { indicator, unit }: { readonly indicator: string; readonly unit: string },
  formats: Formats,
  locale: Locale,
): string {
  if (value === null) return "–";
  if (isShare(indicator, unit)) return formats.percent(value, 2);
  return [plainNumber(value, formats), unit === "1" ? "" : unitSymbol(unit, locale)].filter(Boolean).join(" ");
}
