import { type ComputedRef, computed } from "vue";
import type { Text } from "./text.ts";
import { trendEn } from "./trend.en.ts";
import { trendZh } from "./trend.zh.ts";

/** The words of the trend page's tools; apart from the others, since the first page does not need them. */
export const trendWords = (text: Text): ComputedRef<typeof trendZh> =>
  computed(() => (text.locale.value === "en" ? trendEn : trendZh));
