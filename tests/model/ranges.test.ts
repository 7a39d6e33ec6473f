import fc from "fast-check";
import { expect, test } from "vitest";
import { addRange, formatRanges, inRanges, noRanges, parseRanges, type Ranges } from "#shared/model/ranges.ts";

const pieces = fc.array(fc.tuple(fc.nat(200), fc.nat(12)), { maxLength: 40 });
const added = (list: readonly (readonly [number, number])[]): Ranges =>
  list.reduce<Ranges>((ranges, [first, length]) => addRange(ranges, first, first + length), noRanges);

test("ranges hold exactly the numbers that were added, ascending and never touching", () => {
  fc.assert(
    fc.property(pieces, (list) => {
      const ranges = added(list);
      const wanted = new Set(
        list.flatMap(([first, length]) => Array.from({ length: length + 1 }, (_, i) => first + i)),
      );
      for (let n = -1; n < 220; n++) expect(inRanges(ranges, n)).toBe(wanted.has(n));
      for (let i = 1; i < ranges.length; i++) expect(ranges[i]![0]).toBeGreaterThan(ranges[i - 1]![1] + 1);
    }),
  );
});

test("what is formatted can be parsed again", () => {
  fc.assert(
    fc.property(pieces, (list) => {
      expect(parseRanges(formatRanges(added(list)))).toEqual(added(list));
    }),
  );
  expect(formatRanges(parseRanges("1-10452,10460"))).toBe("1-10452,10460");
});

test.each(["a", "1-", "-1", "5-2", "1,,2", "1-9999999999999999"])("`%s` is refused", (text) => {
  expect(() => parseRanges(text)).toThrow("MALFORMED");
});
