import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type ByteOrder, byteOrders, type NumberFormat, registersOf } from "#shared/plant/protocols/modbus.ts";
import { decodeAt, decodeRegisters, orderOf } from "../../gateway/drivers/modbus/decode.ts";

/** Letters of an order for a width in bytes: which byte of the value (A most significant) travels at each place. */
const letters: Readonly<Record<number, Readonly<Record<ByteOrder, string>>>> = {
  2: { ABCD: "AB", CDAB: "AB", BADC: "BA", DCBA: "BA" },
  4: { ABCD: "ABCD", CDAB: "CDAB", BADC: "BADC", DCBA: "DCBA" },
  8: { ABCD: "ABCDEFGH", CDAB: "GHEFCDAB", BADC: "BADCFEHG", DCBA: "HGFEDCBA" },
};

type Plain = Exclude<NumberFormat, "bcd16" | "bcd32" | "bits">;

/** Independent of the decoder: by the letters alone. */
function encode(format: Plain, value: number | bigint, order: ByteOrder): Uint8Array {
  const width = registersOf[format] * 2;
  const big = Buffer.alloc(width);
  if (format === "float32") big.writeFloatBE(Number(value));
  else if (format === "float64") big.writeDoubleBE(Number(value));
  else
    Buffer.from(
      BigInt.asUintN(width * 8, BigInt(value))
        .toString(16)
        .padStart(width * 2, "0"),
      "hex",
    ).copy(big);
  return Uint8Array.from([...(letters[width]?.[order] ?? "")].map((letter) => big[letter.charCodeAt(0) - 65] ?? 0));
}

const values: Readonly<Record<Plain, fc.Arbitrary<number | bigint>>> = {
  int16: fc.integer({ min: -32_768, max: 32_767 }),
  uint16: fc.integer({ min: 0, max: 65_535 }),
  bit: fc.integer({ min: 0, max: 65_535 }),
  int32: fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
  uint32: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
  int64: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  uint64: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
  float32: fc.float(),
  float64: fc.double(),
};

describe("decodeRegisters", () => {
  for (const format of Object.keys(values) as Plain[]) {
    test.each(byteOrders)(`${format} in order %s comes back as it was encoded`, (order) => {
      fc.assert(
        fc.property(values[format], (value) => {
          expect(decodeRegisters(encode(format, value, order), format, order)).toEqual(value);
        }),
      );
    });
  }

  test.each<[ByteOrder, string]>([
    ["ABCD", "12345678"],
    ["CDAB", "56781234"],
    ["BADC", "34127856"],
    ["DCBA", "78563412"],
  ])("0x12345678 in order %s travels as %s", (order, hex) => {
    expect(decodeRegisters(Buffer.from(hex, "hex"), "uint32", order)).toBe(0x12345678);
  });

  test.each<[ByteOrder, string]>([
    ["ABCD", "42F6E979"],
    ["CDAB", "E97942F6"],
    ["BADC", "F64279E9"],
    ["DCBA", "79E9F642"],
  ])("123.456 in order %s travels as %s", (order, hex) => {
    expect(decodeRegisters(Buffer.from(hex, "hex"), "float32", order)).toBe(Math.fround(123.456));
  });
});

describe("decodeAt", () => {
  test("takes the value at its place in the response", () => {
    const data = Buffer.from("0000 42F6E979 8001".replaceAll(" ", ""), "hex");
    expect(decodeAt({ table: "holding", register: 11, format: "float32" }, 10, data, "ABCD")).toBeCloseTo(123.456, 3);
    expect(decodeAt({ table: "holding", register: 13, format: "bit", bit: 15 }, 10, data, "ABCD")).toBe(true);
    expect(decodeAt({ table: "holding", register: 13, format: "bit", bit: 1 }, 10, data, "ABCD")).toBe(false);
    expect(decodeAt({ table: "holding", register: 13, format: "int16" }, 10, data, "DCBA")).toBe(-32_767);
  });

  test("bits come from the least significant on", () => {
    const data = Buffer.from([0b0000_0101, 0b0000_0010]);
    const bits = Array.from({ length: 10 }, (_, i) =>
      decodeAt({ table: "coil", register: 100 + i }, 100, data, "ABCD"),
    );
    expect(bits.map(Number)).toEqual([1, 0, 1, 0, 0, 0, 0, 0, 0, 1]);
  });

  test("the connection's order holds for values of more than one register only, a tag's own for all", () => {
    expect(orderOf({ table: "holding", register: 0, format: "int16" }, "DCBA")).toBe("ABCD");
    expect(orderOf({ table: "holding", register: 0, format: "int32" }, "DCBA")).toBe("DCBA");
    expect(orderOf({ table: "holding", register: 0, format: "int16", byteOrder: "BADC" }, "ABCD")).toBe("BADC");
  });
});
