import { type ComputedRef, computed } from "vue";
import { equipmentEn } from "./equipment.en.ts";
import { equipmentZh } from "./equipment.zh.ts";
import type { Text } from "./text.ts";

/** The words of the page of one equipment; apart from the others, since the first page does not need them. */
export const equipmentWords = (text: Text): ComputedRef<typeof equipmentZh> =>
  computed(() => (text.locale.value === "en" ? equipmentEn : equipmentZh));
