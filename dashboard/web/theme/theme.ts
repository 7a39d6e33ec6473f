import { type ShallowRef, shallowRef, watchEffect } from "vue";
import type { Preferences } from "../text/text.ts";

export const themeChoices = ["system", "light", "dark"] as const;
export type ThemeChoice = (typeof themeChoices)[number];
export type Theme = "light" | "dark";

const isChoice = (text: string | null): text is ThemeChoice => themeChoices.some((choice) => choice === text);

/** The kept choice as a reactive value; the document follows it, and the system where nothing was chosen. */
export function createTheme(
  preferences: Preferences,
  systemIsDark: ShallowRef<boolean>,
  root: { dataset: DOMStringMap },
): ShallowRef<ThemeChoice> {
  const kept = preferences.read("theme");
  const choice = shallowRef<ThemeChoice>(isChoice(kept) ? kept : "system");
  watchEffect(() => {
    preferences.write("theme", choice.value);
    root.dataset.theme = appliedTheme(choice.value, systemIsDark.value);
  });
  return choice;
}

export function appliedTheme(choice: ThemeChoice, systemIsDark: boolean): Theme {
  if (choice !== "system") return choice;
  return systemIsDark ? "dark" : "light";
}
