import { ExpressionError } from "./expression.ts";

export interface Token {
  readonly kind: "number" | "text" | "tag" | "word" | "sign" | "end";
  readonly text: string;
  /** Of its first character, from 1. */
  readonly column: number;
}

const patterns: readonly (readonly [Token["kind"] | "space", RegExp])[] = [
  ["space", /\s+/y],
  ["number", /\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/y],
  ["text", /'[^']*'/y],
  ["tag", /\[[^[\]]*\]/y],
  ["word", /[A-Za-z]+/y],
  ["sign", /<=|>=|!=|[-+*/()<>=,]/y],
];

const closing: Readonly<Record<string, string>> = { "'": "'", "[": "]" };

/** The words and signs of an expression, with an `end` behind the last. Throws `ExpressionError`. */
export function tokensOf(text: string): readonly Token[] {
  const tokens: Token[] = [];
  let at = 0;
  while (at < text.length) {
    const found = patterns.flatMap(([kind, pattern]) => {
      pattern.lastIndex = at;
      const match = pattern.exec(text);
      return match ? [{ kind, text: match[0] }] : [];
    })[0];
    if (!found) {
      const sign = text[at] ?? "";
      const close = closing[sign];
      const what = close ? `\`${sign}\` is not closed` : `\`${sign}\` means nothing here`;
      throw new ExpressionError(at + 1, what, close ? `close it with \`${close}\`.` : "remove it.");
    }
    if (found.kind !== "space") tokens.push({ kind: found.kind, text: found.text, column: at + 1 });
    at += found.text.length;
  }
  return [...tokens, { kind: "end", text: "the end", column: text.length + 1 }];
}
