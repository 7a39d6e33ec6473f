import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  type ByteOrder,
  byteOrders,
  type ModbusAddress,
  type NumberFormat,
  registersOf,
} from "#shared/plant/protocols/modbus.ts";
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

/** The value of an address whose registers are these bytes; or why there is none. */
function decoded(address: Omit<ModbusAddress, "table" | "register">, hex: string, ofConnection: ByteOrder = "ABCD") {
  const bytes = Buffer.from(hex.replaceAll(" ", ""), "hex");
  const outcome = decodeAt({ table: "holding", register: 7, ...address }, 7, bytes, ofConnection);
  return "refused" in outcome ? outcome.refused : outcome.value;
}

describe("decodeAt", () => {
  const at = (address: ModbusAddress, start: number, data: Uint8Array, order: ByteOrder = "ABCD") => {
    const outcome = decodeAt(address, start, data, order);
    return "value" in outcome ? outcome.value : outcome.refused;
  };

  test("takes the value at its place in the response", () => {
    const data = Buffer.from("0000 42F6E979 8001".replaceAll(" ", ""), "hex");
    expect(at({ table: "holding", register: 11, format: "float32" }, 10, data)).toBe(Math.fround(123.456));
    expect(at({ table: "holding", register: 13, format: "bit", bit: 15 }, 10, data)).toBe(true);
    expect(at({ table: "holding", register: 13, format: "bit", bit: 1 }, 10, data)).toBe(false);
    expect(at({ table: "holding", register: 13, format: "int16" }, 10, data, "DCBA")).toBe(-32_767);
    expect(at({ table: "holding", register: 10, format: "string", length: 2 }, 10, data)).toBe("");
  });

  test("bits come from the least significant on", () => {
    const data = Buffer.from([0b0000_0101, 0b0000_0010]);
    const bits = Array.from({ length: 10 }, (_, i) => at({ table: "coil", register: 100 + i }, 100, data));
    expect(bits.map(Number)).toEqual([1, 0, 1, 0, 0, 0, 0, 0, 0, 1]);
  });

  test("the connection's order holds for numbers of more than one register only, a value's own for all", () => {
    expect(orderOf({ table: "holding", register: 0, format: "int16" }, "DCBA")).toBe("ABCD");
    expect(orderOf({ table: "holding", register: 0, format: "int32" }, "DCBA")).toBe("DCBA");
    expect(orderOf({ table: "holding", register: 0, format: "int16", byteOrder: "BADC" }, "ABCD")).toBe("BADC");
    expect(orderOf({ table: "holding", register: 0, format: "string", length: 4 }, "DCBA")).toBe("ABCD");
  });

  test.each<[NumberFormat, string, number | string]>([
    ["bcd16", "1234", 1234],
    ["bcd16", "0000", 0],
    ["bcd16", "9999", 9999],
    ["bcd16", "12A4", "WRONG_TYPE"],
    ["bcd16", "FFFF", "WRONG_TYPE"],
    ["bcd32", "01234567", 1_234_567],
    ["bcd32", "99999999", 99_999_999],
    ["bcd32", "0000000F", "WRONG_TYPE"],
    // Hexadecimal digits that would read as a number in exponent form.
    ["bcd32", "000001E5", "WRONG_TYPE"],
  ])("%s of %s is %s", (format, hex, expected) => {
    expect(decoded({ format }, hex)).toBe(expected);
  });

  test("every bcd32 comes back in every order", () => {
    fc.assert(
      fc.property(fc.nat(99_999_999), fc.constantFrom(...byteOrders), (value, byteOrder) => {
        const big = Buffer.from(String(value).padStart(8, "0"), "hex");
        const sent = [...(letters[4]?.[byteOrder] ?? "")].map((letter) => big[letter.charCodeAt(0) - 65] ?? 0);
        expect(decoded({ format: "bcd32", byteOrder }, Buffer.from(sent).toString("hex"))).toBe(value);
      }),
    );
  });

  test("bits are the number that they spell, whatever stands beside them", () => {
    const place = fc.integer({ min: 2, max: 15 }).chain((width) => fc.tuple(fc.constant(width), fc.nat(16 - width)));
    fc.assert(
      fc.property(fc.nat(0xffff), place, (register, [width, bit]) => {
        const written = register.toString(2).padStart(16, "0");
        const expected = Number.parseInt(written.slice(16 - bit - width, 16 - bit), 2);
        const hex = register.toString(16).padStart(4, "0");
        expect(decoded({ format: "bits", bit, width }, hex)).toBe(expected);
      }),
    );
  });

  test.each<[string, string, number | string]>([
    ["2^53 - 1", "001FFFFFFFFFFFFF", 2 ** 53 - 1],
    ["2^53", "0020000000000000", "9007199254740992"],
    ["2^53 + 1", "0020000000000001", "9007199254740993"],
    ["-2^53 + 1", "FFE0000000000001", -(2 ** 53) + 1],
    ["-2^53", "FFE0000000000000", "-9007199254740992"],
  ])("int64 of %s", (_, hex, expected) => {
    expect(decoded({ format: "int64" }, hex)).toBe(expected);
  });

  test.each<[string, NumberFormat, string, number]>([
    ["NaN", "float32", "7FC00000", Number.NaN],
    ["infinity", "float32", "7F800000", Number.POSITIVE_INFINITY],
    ["minus infinity", "float64", "FFF0000000000000", Number.NEGATIVE_INFINITY],
    ["minus zero", "float32", "80000000", -0],
    ["the smallest float64", "float64", "0000000000000001", 5e-324],
  ])("%s stays what it is, for the tag's scaling to judge", (_, format, hex, expected) => {
    expect(decoded({ format }, hex)).toBe(expected);
  });
});

describe("strings", () => {
  const bytes = (text: string, registers: number, filling = 0) => {
    const field = Buffer.alloc(registers * 2, filling);
    field.write(text, "utf8");
    return field.toString("hex");
  };
  const swapped = (hex: string) => hex.replace(/(..)(..)/g, "$2$1");
  const string = (length: number, more: Partial<ModbusAddress> = {}) => ({
    format: "string" as const,
    length,
    ...more,
  });

  test.each<[string, string]>([
    ["SN-00427", "SN-00427"],
    ["", ""],
    ["电机 🔥 运行", "电机 🔥 运行"],
    ["behind the end\0rubbish", "behind the end"],
    ["\0in front", ""],
    ["  kept in front  ", "  kept in front"],
  ])("%j is %j, filled with NULs or blanks, with its bytes swapped or not", (text, expected) => {
    for (const filling of [0, 0x20]) {
      const hex = bytes(text, 12, filling);
      expect(decoded(string(12), hex)).toBe(expected);
      expect(decoded(string(12, { byteOrder: "BADC" }), swapped(hex))).toBe(expected);
      expect(decoded(string(12, { byteOrder: "DCBA" }), swapped(hex))).toBe(expected);
      expect(decoded(string(12), hex, "DCBA")).toBe(expected);
    }
  });

  test("any text comes back as far as it fits, never half a character", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 20 }), fc.integer({ min: 1, max: 12 }), (text, length) => {
        const whole = Buffer.from(text, "utf8");
        const fits = whole.subarray(0, length * 2);
        let end = fits.length;
        while (end > 0 && end < whole.length && ((whole[end] ?? 0) & 0xc0) === 0x80) end -= 1;
        const [shown = ""] = whole.subarray(0, end).toString("utf8").split("\0");
        const field = Buffer.alloc(length * 2);
        fits.copy(field);
        expect(decoded(string(length), field.toString("hex"))).toBe(shown.trimEnd());
      }),
    );
  });

  test("bytes that are no UTF-8 are bad, not guessed; named, their encoding is read", () => {
    const gbk = "B5E7BBFA 00000000";
    expect(decoded(string(4), gbk)).toBe("WRONG_TYPE");
    expect(decoded(string(4, { encoding: "gb18030" }), gbk)).toBe("电机");
    const latin = "3233 B043";
    expect(decoded(string(2), latin)).toBe("WRONG_TYPE");
    expect(decoded(string(2, { encoding: "latin1" }), latin)).toBe("23°C");
    // Half a character is left out only where the registers end, not where the text does.
    expect(decoded(string(2), "4142 43E7")).toBe("ABC");
    expect(decoded(string(3), "4142 43E7 0000")).toBe("WRONG_TYPE");
  });
});
