import { dataQualityEntries } from "./dataQuality.ts";
import { declaredEntries } from "./declared.ts";
import type { IndicatorEntry } from "./entry.ts";
import { greenEntries } from "./green.ts";
import { safetyEntries } from "./safety.ts";
import { utilisationEntries } from "./utilisation.ts";

/** Every indicator by its id, in the order of the catalogue. */
export const indicatorCatalogue = {
  ...utilisationEntries,
  ...safetyEntries,
  ...greenEntries,
  ...dataQualityEntries,
  ...declaredEntries,
} as const satisfies Record<string, IndicatorEntry>;

export type IndicatorId = keyof typeof indicatorCatalogue;

export const isIndicatorId = (text: string): text is IndicatorId => Object.hasOwn(indicatorCatalogue, text);
