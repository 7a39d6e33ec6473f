import { type ComputedRef, computed } from "vue";
import { operationEn } from "./operation.en.ts";
import { operationZh } from "./operation.zh.ts";
import type { Text } from "./text.ts";

/** The words of energy and use; apart from the others, since the first page does not need them. */
export const operationWords = (text: Text): ComputedRef<typeof operationZh> =>
  computed(() => (text.locale.value === "en" ? operationEn : operationZh));
