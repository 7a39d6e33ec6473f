import { describe, expect, test } from "vitest";
import { readArray, writeArray } from "#shared/wire/sparkplug/arrays.ts";
import { decodePayload } from "#shared/wire/sparkplug/decode.ts";
import { type DatatypeName, datatypes, type MetricValue, type ScalarValue } from "#shared/wire/sparkplug/types.ts";
import { resolveMetric } from "#shared/wire/sparkplug/values.ts";

const resolve = (name: DatatypeName, value: MetricValue) => resolveMetric({ value }, datatypes[name]);

describe("sign and width come from the declared datatype", () => {
  test.each<[DatatypeName, number | bigint, number | bigint]>([
    ["Int8", 0xff, -1],
    ["Int8", 0xffff_ffff, -1],
    ["Int8", 0xffff_ffff_ffff_ffffn, -1],
    ["Int8", 0x80, -128],
    ["Int8", 127, 127],
    ["Int16", 0xffff, -1],
    ["Int16", 0xffff_8000, -32768],
    ["Int16", 255, 255],
    ["Int32", 0xffff_ffff, -1],
    ["Int32", 0x8000_0000, -(2 ** 31)],
    ["Int32", 0xffff_ffff_ffff_fffen, -2],
    ["Int64", 0xffff_ffff_ffff_ffffn, -1],
    ["Int64", 0x8000_0000_0000_0000n, -(2n ** 63n)],
    ["Int64", 2 ** 53 - 1, 2 ** 53 - 1],
    ["UInt8", 255, 255],
    ["UInt32", 4_294_967_295, 4_294_967_295],
    ["UInt64", 0xffff_ffff_ffff_ffffn, 2n ** 64n - 1n],
  ])("%s of %s is %s", (name, wire, value) => {
    expect(resolve(name, wire)).toBe(value);
    expect(resolve(name, value), "and resolving it again changes nothing").toBe(value);
  });

  test.each<[DatatypeName, MetricValue]>([
    ["Int8", 300],
    ["Int8", 128.5],
    ["Int16", 70_000],
    ["Int32", 2 ** 32],
    ["UInt8", 256],
    ["UInt8", -1],
    ["UInt32", 2 ** 32],
    ["Int64", 1.5],
    ["UInt64", -1],
    ["Double", "1"],
    ["Double", true],
    ["Boolean", 1],
    ["String", 5],
    ["DateTime", 1.5],
    ["Bytes", "text"],
    ["DataSet", 1],
    ["Template", Uint8Array.of(1)],
    ["Int16Array", Uint8Array.of(1, 2, 3)],
    ["Int16Array", 5],
  ])("%s refuses %s", (name, wire) => {
    expect(() => resolve(name, wire)).toThrow(expect.objectContaining({ code: "WRONG_TYPE" }));
  });

  test("a metric with an explicit null, or without a value, is null", () => {
    expect(resolveMetric({ value: null }, datatypes.Double)).toBeNull();
    expect(resolveMetric({}, datatypes.Double)).toBeNull();
  });

  test("UInt32 is read from int_value and from long_value", () => {
    const intValue = Uint8Array.of(0x12, 0x06, 0x50, 0xff, 0xff, 0xff, 0xff, 0x0f);
    const longValue = Uint8Array.of(0x12, 0x06, 0x58, 0xff, 0xff, 0xff, 0xff, 0x0f);
    for (const bytes of [intValue, longValue]) {
      const [metric] = decodePayload(bytes).metrics;
      expect(resolveMetric(metric!, datatypes.UInt32)).toBe(2 ** 32 - 1);
    }
  });
});

/** The examples of ISO/IEC 20237, 6.4.17; its Float and Double examples are printed big-endian, against its own text. */
const arrays: [DatatypeName, ScalarValue[], string][] = [
  ["Int8Array", [-23, 123], "e97b"],
  ["Int16Array", [-30_000, 30_000], "d08a3075"],
  ["Int32Array", [-1, 315_338_746], "fffffffffaafcb12"],
  ["Int64Array", [-4_270_929_666_821_191_986n, -3_601_064_768_563_266_876n], "ce0672ac189cbac4c4ba9c18ac7206ce"],
  ["UInt8Array", [23, 250], "17fa"],
  ["UInt16Array", [30, 52_360], "1e0088cc"],
  ["UInt32Array", [52, 3_293_969_225], "3400000049fb55c4"],
  ["UInt64Array", [52, 16_444_743_074_749_521_625n], "3400000000000000d99e02d1b27637e4"],
  ["FloatArray", [1.25, 89.5], "0000a03f0000b342"],
  ["DoubleArray", [12.125, 1.5], "0000000000402840000000000000f83f"],
  ["BooleanArray", [false, false, true, true, false, true, false, false, true, true, false, true], "0c00000034d0"],
  ["StringArray", ["ABC", "hello"], "4142430068656c6c6f00"],
  [
    "DateTimeArray",
    [Date.UTC(2009, 9, 21, 5, 27, 55, 335), Date.UTC(2022, 5, 24, 21, 57, 55)],
    "c7d0907524010000b8bab89781010000",
  ],
];

describe("arrays are little-endian", () => {
  test.each(arrays)("%s", (name, values, hex) => {
    expect(Buffer.from(writeArray(values, datatypes[name])).toString("hex")).toBe(hex);
    expect(readArray(Buffer.from(hex, "hex"), datatypes[name], 100)).toEqual(values);
  });

  test.each<[string, DatatypeName, string, number]>([
    ["half an element", "Int32Array", "ffffff", 100],
    ["more elements than allowed", "UInt8Array", "010203", 2],
    ["booleans without a count", "BooleanArray", "0c0000", 100],
    ["booleans of another count", "BooleanArray", "ff00000034d0", 1000],
    ["more booleans than allowed", "BooleanArray", "0c00000034d0", 11],
    ["a string without an end", "StringArray", "414243", 100],
    ["a string that is not UTF-8", "StringArray", "ff00", 100],
    ["more strings than allowed", "StringArray", "000000", 2],
  ])("%s is refused", (_, name, hex, max) => {
    expect(readArray(Buffer.from(hex, "hex"), datatypes[name], max)).toBeUndefined();
  });
});
