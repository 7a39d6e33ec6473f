import fc from "fast-check";
import { expect, test } from "vitest";
import { exactInteger, isExactInteger } from "#shared/model/exactInteger.ts";
import { numberOf } from "../../ingest/alarms/numberOf.ts";

test("a whole number is a number where a double holds it, and its decimal text beyond", () => {
  fc.assert(
    fc.property(fc.bigInt({ min: -(2n ** 64n), max: 2n ** 64n }), (whole) => {
      const value = exactInteger(whole);
      expect(BigInt(value)).toBe(whole);
      const isSafe = -(2n ** 53n) < whole && whole < 2n ** 53n;
      expect(typeof value).toBe(isSafe ? "number" : "string");
      expect(isExactInteger(value)).toBe(!isSafe);
    }),
  );
});

test.each([
  "",
  "12",
  "9007199254740991",
  "0009007199254740993",
  "9007199254740993.0",
  "+9007199254740993",
  "9e20",
  " 9007199254740993",
])("%j is a text like any other", (text) => {
  expect(isExactInteger(text)).toBe(false);
  expect(numberOf(text)).toBeNull();
});

test("an alarm rule compares the nearest double", () => {
  expect(numberOf("9007199254740993")).toBe(2 ** 53);
  expect(numberOf("-18446744073709551616")).toBe(-(2 ** 64));
});
