import * as fc from "fast-check";
import { expect, test } from "vitest";
import { ExpressionError, type ParsedExpression, type ValueType } from "#shared/plant/expression/expression.ts";
import { parseExpression } from "#shared/plant/expression/parse.ts";
import { tagsNamed } from "#shared/plant/expression/tagsNamed.ts";
import { compile } from "../../ingest/alarms/expression/compile.ts";
import { matchesWildcard } from "../../ingest/alarms/kinds/wildcard.ts";
import { instant } from "../../shared/model/time.ts";

const types: Readonly<Record<string, ValueType>> = {
  "e/a": "number",
  "e/b": "number",
  "e/on": "boolean",
  "e/s": "string",
};
const typeOf = (name: string) => types[name];
const parse = (text: string): ParsedExpression => parseExpression(text, typeOf);
const resultOf = (text: string, values: Readonly<Record<string, number | boolean | string | null>> = {}) => {
  const { expression, tags } = parse(text);
  const around = { at: instant(0), changedAt: [], holdsSince: [], values: tags.map((name) => values[name] ?? null) };
  return compile(expression)(around);
};

test.each([
  ["1 + 2 * 3 = 7", true],
  ["(1 + 2) * 3 = 9", true],
  ["8 / 4 / 2 = 1", true],
  ["5 - 2 - 1 = 2", true],
  ["-2 * -3 = 6", true],
  ["not true or true", true],
  ["not (true or true)", false],
  ["true or false and false", true],
  ["1 < 2 and 2 <= 2 and 3 > 2 and 2 >= 2 and 1 != 2", true],
  ["min(3, 1, 2) = 1 and max(3, 1, 2) = 3 and abs(-4) = 4", true],
  ["1.5e3 = 1500", true],
  ["'a' = 'a' and 'a' != 'b'", true],
  ["1 / 0 > 0", null],
])("%s is %s", (text, expected) => expect(resultOf(text)).toBe(expected));

test("an unknown value is unknown, unless the other side settles it", () => {
  expect(resultOf("[e/a] > 1")).toBe(null);
  expect(resultOf("[e/a] > 1 and [e/b] > 1", { "e/b": 0 })).toBe(false);
  expect(resultOf("[e/a] > 1 or [e/b] > 1", { "e/b": 2 })).toBe(true);
  expect(resultOf("[e/s] = 'run' and not [e/on]", { "e/s": "run", "e/on": false })).toBe(true);
});

test.each([
  ["[e/a] >", 8, "a value is missing before the end"],
  ["[e/a] > 1 [e/b]", 11, "`[e/b]` is not expected here"],
  ["[e/a] > 'x'", 7, "a number cannot be compared with a string"],
  ["[e/on] < true", 8, "`<` compares numbers"],
  ["[e/nobody] > 1", 1, "the line has no tag `e/nobody`"],
  ["[e/a > 1", 1, "`[` is not closed"],
  ["[e/a] > 1; drop", 10, "`;` means nothing here"],
  ["max() > 1", 5, "a value is missing"],
  ["abs(1, 2) > 1", 1, "`abs` takes 1 values, these are 2"],
  ["since(1) > 1", 7, "`since` takes a tag"],
  ["lasting([e/a]) > 1", 9, "what `lasting` takes must be a boolean"],
  ["constructor(1) > 1", 1, "`constructor` is no word of the language"],
  ["not [e/a]", 5, "what follows `not` must be a boolean"],
  [`${"(".repeat(40)}true${")".repeat(40)}`, 24, "nested deeper"],
  [`1${" + 1".repeat(300)} > 1`, 1, "more than 200 parts"],
])("%s is refused at its column", (text, column, what) => {
  const refused = () => parse(text);
  expect(refused).toThrow(ExpressionError);
  expect(refused).toThrow(expect.objectContaining({ message: expect.stringContaining(what) }));
  try {
    refused();
  } catch (error) {
    expect(Math.abs((error as ExpressionError).column - column)).toBeLessThanOrEqual(text.length > 60 ? 5 : 0);
  }
});

test("whatever is written, it is an expression or a mistake at a column of it", () => {
  const parts = [
    "[e/a]",
    "[e/on]",
    "'x'",
    "1",
    "(",
    ")",
    "+",
    "-",
    "*",
    "<",
    "=",
    "and",
    "or",
    "not",
    "max(",
    ",",
    "lasting(",
    "since(",
    "true",
    " ",
    "§",
  ];
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...parts), { maxLength: 60, size: "max" }), (words) => {
      const text = words.join(" ");
      try {
        const { tags, expression } = parse(text);
        expect(tags).toEqual(tagsNamed(text));
        compile(expression);
      } catch (error) {
        expect(error).toBeInstanceOf(ExpressionError);
        const { column } = error as ExpressionError;
        expect(column).toBeGreaterThanOrEqual(1);
        expect(column).toBeLessThanOrEqual(text.length + 1);
      }
    }),
    { numRuns: 500 },
  );
});

test("a pattern matches what a regular expression would, and never takes long", () => {
  const pattern = fc.array(fc.constantFrom("a", "b", "*", "?"), { maxLength: 10 }).map((parts) => parts.join(""));
  const text = fc.array(fc.constantFrom("a", "b"), { maxLength: 12 }).map((parts) => parts.join(""));
  fc.assert(
    fc.property(pattern, text, (wild, word) => {
      const regular = new RegExp(`^${wild.replaceAll("*", ".*").replaceAll("?", ".")}$`);
      expect(matchesWildcard(wild, word)).toBe(regular.test(word));
    }),
    { numRuns: 1_000 },
  );
  expect(matchesWildcard(`${"a*".repeat(40)}b`, "a".repeat(5_000))).toBe(false);
});
