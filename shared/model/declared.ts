import { indicatorCatalogue } from "./catalogue/catalogue.ts";
import type { IndicatorEntry } from "./catalogue/entry.ts";

/** Draft → submitted → verified or rejected; a rejected one may be submitted again. Only what is verified scores. */
export const declaredStates = ["draft", "submitted", "verified", "rejected", "withdrawn"] as const;
export type DeclaredState = (typeof declaredStates)[number];

/** Declared, and no indicator of its own. */
const furtherItems = {
  greenCertificates: { zh: "绿色电力证书", en: "green electricity certificates", unit: "MW.h" },
} as const;

/** An item in both languages, with the UCUM unit of its value. */
export interface DeclarableItem {
  readonly zh: string;
  readonly en: string;
  readonly unit: string;
}

const declaredIndicators = Object.entries<IndicatorEntry>(indicatorCatalogue).filter(
  ([, { sources }]) => sources.length === 1 && sources[0] === "declared",
);

/** What a person may declare (catalogue E.2), by the id under which it is declared. */
export const declarableItems: ReadonlyMap<string, DeclarableItem> = new Map<string, DeclarableItem>(
  [...declaredIndicators, ...Object.entries(furtherItems)].map(([id, { zh, en, unit }]) => [id, { zh, en, unit }]),
);

/** The document behind a declaration. */
export interface Evidence {
  readonly fileName: string;
  /** SHA-256, hex. */
  readonly sha256: string;
  readonly bytes: number;
}

/** One declared figure of one period. */
export interface Declared {
  /** Catalogue id, or a key of the further items. */
  readonly item: string;
  /** Local period: `2026-11`, `2026-Q4`, `2026`. */
  readonly period: string;
  /** `<line>/<equipment>`; null for the whole platform. */
  readonly equipment: string | null;
  readonly value: number;
  /** UCUM */
  readonly unit: string;
  readonly evidence: Evidence | null;
  readonly state: DeclaredState;
  readonly declarer: string;
  /** Who verified or rejected it; never the declarer. */
  readonly verifier: string | null;
  readonly note: string | null;
}
