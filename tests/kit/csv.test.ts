import fc from "fast-check";
import { expect, test } from "vitest";
import { csvCell, readCsv } from "#shared/kit/csv.ts";

const cellsOf = (text: string, separator = ",") => readCsv(text, separator).rows.map(({ cells }) => cells);

test.each([
  [
    "plain cells",
    "a,b\n1,2\n",
    [
      ["a", "b"],
      ["1", "2"],
    ],
  ],
  [
    "Windows lines, no line end at the end",
    "a,b\r\n1,\r\n,2",
    [
      ["a", "b"],
      ["1", ""],
      ["", "2"],
    ],
  ],
  ["an empty line", "a\n\nb\n", [["a"], [""], ["b"]]],
  [
    "separator, quotes and line ends in quotes",
    '"a,b","say ""x"""\n"1\r\n2",3\r\n',
    [
      ["a,b", 'say "x"'],
      ["1\r\n2", "3"],
    ],
  ],
  ["a quote inside a cell", 'a 5" pipe,b\n', [['a 5" pipe', "b"]]],
  ["empty quotes", '"",""\r\n', [["", ""]]],
  ["text behind the closing quote", '"a"b,c\r\n', [["ab", "c"]]],
])("%s", (_, text, rows) => expect(cellsOf(text)).toEqual(rows));

test("each row has the line on which it begins, also behind a cell of several lines", () => {
  const { rows, unclosed } = readCsv('a,b\n"1\n2\n3",x\n\n4,5\n', ",");
  expect(rows.map(({ line }) => line)).toEqual([1, 2, 5, 6]);
  expect(unclosed).toBeUndefined();
});

test("a quote that is never closed is named by its line", () => {
  expect(readCsv('a\n1,"x\n2\n', ",").unclosed).toBe(2);
});

test("whatever cells are written are read back", () => {
  const cell = fc.string({ unit: fc.constantFrom(..."a,;\t\"\r\n'=中 "), maxLength: 8 });
  const table = fc.array(fc.array(cell, { minLength: 2, maxLength: 4 }), { minLength: 1, maxLength: 5 });
  fc.assert(
    fc.property(table, (rows) => {
      expect(cellsOf(rows.map((row) => row.map(csvCell).join(",")).join("\r\n"))).toEqual(rows);
    }),
  );
});
