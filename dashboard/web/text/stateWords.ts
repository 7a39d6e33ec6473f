import { type ComputedRef, computed } from "vue";
import { statesEn } from "./states.en.ts";
import { statesZh } from "./states.zh.ts";
import type { Text } from "./text.ts";

/** The words of the state timeline; apart from the others, since the first page does not need them. */
export const stateWords = (text: Text): ComputedRef<typeof statesZh> =>
  computed(() => (text.locale.value === "en" ? statesEn : statesZh));
