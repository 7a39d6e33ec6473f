import type { TagType } from "#shared/model/tag.ts";

/**
 * A calculated condition, parsed. Tags are numbered in the order in which the text names them first, clocks (what
 * `lasting` and `since` remember) likewise.
 */
export type Expression =
  | { readonly kind: "constant"; readonly value: number | boolean | string }
  | { readonly kind: "tag"; readonly index: number }
  | { readonly kind: "not" | "negate"; readonly of: Expression }
  | { readonly kind: "and" | "or"; readonly left: Expression; readonly right: Expression }
  | { readonly kind: "arithmetic"; readonly by: Arithmetic; readonly left: Expression; readonly right: Expression }
  | { readonly kind: "compare"; readonly by: Comparison; readonly left: Expression; readonly right: Expression }
  | { readonly kind: "call"; readonly by: FunctionName; readonly of: readonly Expression[] }
  /** Seconds for which the condition has held without a break; 0 while it does not hold. */
  | { readonly kind: "lasting"; readonly clock: number; readonly of: Expression }
  /** Seconds since the value of the tag was another one. */
  | { readonly kind: "since"; readonly index: number };

export type Arithmetic = "+" | "-" | "*" | "/";
export type Comparison = "<" | "<=" | ">" | ">=" | "=" | "!=";

/** Functions of numbers, with how many they take at least and at most. */
export const functions = {
  min: [1, 20],
  max: [1, 20],
  abs: [1, 1],
} as const satisfies Record<string, readonly [number, number]>;
export type FunctionName = keyof typeof functions;

export type ValueType = "number" | "boolean" | "string";

export interface ParsedExpression {
  readonly expression: Expression;
  /** `<equipment>/<tag>` by index. */
  readonly tags: readonly string[];
  readonly clocks: number;
}

/** A mistake in an expression; `column` counts its characters from 1. */
export class ExpressionError extends Error {
  readonly column: number;
  readonly remedy: string;

  constructor(column: number, what: string, remedy: string) {
    super(what);
    this.column = column;
    this.remedy = remedy;
  }
}

/** What a tag is in an expression. */
export const valueTypeOf = (type: TagType): ValueType =>
  type === "bool" ? "boolean" : type === "string" ? "string" : "number";
