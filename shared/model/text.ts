export const locales = ["zh-CN", "en"] as const;
export type Locale = (typeof locales)[number];

/** A name or sentence of the plant in both languages; `en` may be missing in small plants. */
export interface LocalText {
  readonly zh: string;
  readonly en?: string;
}

/** The text in `locale`; the other language where that one is missing, never an empty string. */
export const inLocale = (text: LocalText, locale: Locale): string => (locale === "en" ? (text.en ?? text.zh) : text.zh);
