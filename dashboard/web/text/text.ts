import { type ComputedRef, computed, type ShallowRef, shallowRef, watchEffect } from "vue";
import { inLocale, type Locale, type LocalText, locales } from "#shared/model/text.ts";
import { createFormats, type Formats } from "./format.ts";
import { en } from "./messages.en.ts";
import { type Messages, zh } from "./messages.zh.ts";

/** The language of the pages: one reactive locale from which every sentence and format follows. */
export interface Text {
  readonly locale: ShallowRef<Locale>;
  readonly zone: ShallowRef<string>;
  readonly messages: ComputedRef<Messages>;
  readonly formats: ComputedRef<Formats>;
  /** A name of the plant in the chosen language. */
  name(text: LocalText): string;
}

/** What a page keeps between visits; `localStorage` in the browser. */
export interface Preferences {
  read(key: string): string | null;
  write(key: string, value: string): void;
}

const dictionaries = { "zh-CN": zh, en } satisfies Record<Locale, Messages>;

export const isLocale = (text: string | null): text is Locale => locales.some((locale) => locale === text);

/** The first usable one of: an override, the kept choice, the browser's languages; Chinese otherwise. */
export function chooseLocale(override: string | null, kept: string | null, browser: readonly string[]): Locale {
  if (isLocale(override)) return override;
  if (isLocale(kept)) return kept;
  const first = browser.find((language) => /^(zh|en)\b/i.test(language));
  return first?.toLowerCase().startsWith("en") ? "en" : "zh-CN";
}

export function createText(initial: Locale, zone: string): Text {
  const locale = shallowRef<Locale>(initial);
  const zoneRef = shallowRef(zone);
  const messages = computed<Messages>(() => dictionaries[locale.value]);
  return {
    locale,
    zone: zoneRef,
    messages,
    formats: computed(() => createFormats(locale.value, zoneRef.value, messages.value)),
    name: (text) => inLocale(text, locale.value),
  };
}

/** Keeps the choice and tells the document, so that screen readers speak the right language. */
export function followLocale(text: Text, preferences: Preferences, root: { lang: string }): void {
  watchEffect(() => {
    root.lang = text.locale.value;
    preferences.write("locale", text.locale.value);
  });
}
