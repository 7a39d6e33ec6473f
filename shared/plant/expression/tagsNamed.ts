import { tokensOf } from "./tokens.ts";

/** The tags that an expression names, each once, in the order in which the parser numbers them. */
export const tagsNamed = (text: string): readonly string[] => [
  ...new Set(tokensOf(text).flatMap(({ kind, text: word }) => (kind === "tag" ? [word.slice(1, -1).trim()] : []))),
];
