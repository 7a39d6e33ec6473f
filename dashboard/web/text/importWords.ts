import { type ComputedRef, computed } from "vue";
import { importsEn } from "./imports.en.ts";
import { importsZh, problemZh } from "./imports.zh.ts";
import type { Text } from "./text.ts";

/** The server marks what it cites as code; a page has quotes for that. */
const quoted = (what: string): string => what.replace(/`([^`]*)`/g, "“$1”");

/** Words of imports, and what the server says of a line in the language of the page. */
export const importWords = (
  text: Text,
): ComputedRef<typeof importsZh & { readonly problemOf: (what: string) => string }> =>
  computed(() =>
    text.locale.value === "en"
      ? { ...importsEn, problemOf: quoted }
      : { ...importsZh, problemOf: (what: string) => quoted(problemZh(what)) },
  );
