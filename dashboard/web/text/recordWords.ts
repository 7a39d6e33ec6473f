import { type ComputedRef, computed } from "vue";
import { recordsEn } from "./records.en.ts";
import { type RecordWords, recordsZh } from "./records.zh.ts";
import type { Text } from "./text.ts";

/** The words of the pages about use and sharing; apart from the others, since the first page does not need them. */
export const recordWords = (text: Text): ComputedRef<RecordWords> =>
  computed(() => (text.locale.value === "en" ? recordsEn : recordsZh));
