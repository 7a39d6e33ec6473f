import type { TckId } from "./rules/all.ts";

/** Title of a test that shows these rules of Sparkplug 3.0; `docs/sparkplug.md` leads from each rule to it. */
export const tck = (title: string, first: TckId, ...more: readonly TckId[]): string =>
  `${title} [tck-id ${first}${more.length > 0 ? `, +${more.length}` : ""}]`;
