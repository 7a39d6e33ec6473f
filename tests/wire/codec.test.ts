import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { decodePayload } from "#shared/wire/sparkplug/decode.ts";
import { encodePayload } from "#shared/wire/sparkplug/encode.ts";
import { datatypes, type Metric } from "#shared/wire/sparkplug/types.ts";
import { resolveMetric } from "#shared/wire/sparkplug/values.ts";
import { tck } from "../sparkplug/tck.ts";
import { oracleDecode, oracleEncode } from "./oracle.ts";
import { payloads } from "./payloads.ts";

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex");
const withoutAbsent = <T>(value: T): T => structuredClone(JSON.parse(JSON.stringify(value, bigints)));
const bigints = (_: string, value: unknown) => (typeof value === "bigint" ? `${value}n` : value);

describe("against protobufjs", () => {
  test("both write the same bytes for every payload", () => {
    fc.assert(
      fc.property(payloads, (payload) => {
        expect(hex(encodePayload(payload))).toBe(hex(oracleEncode(payload)));
      }),
      { numRuns: 500 },
    );
  });

  test("protobufjs reads what we write, to the same bytes again", () => {
    fc.assert(
      fc.property(payloads, (payload) => {
        expect(oracleDecode(encodePayload(payload))).toEqual(oracleDecode(oracleEncode(payload)));
      }),
      { numRuns: 200 },
    );
  });

  test(
    tck(
      "a property set has as many keys as values, each with a type; one of other counts is refused",
      "payloads-propertyset-keys-array-size",
      "payloads-propertyset-values-array-size",
    ),
    () => {
      const bad = {
        Quality: { type: datatypes.Int32, value: 0 },
        Reason: { type: datatypes.String, value: "TIMEOUT" },
      };
      const metrics = [{ name: "a", datatype: datatypes.Double, value: null, properties: bad }];
      const [metric] = oracleDecode(encodePayload({ metrics })).metrics as { properties: unknown }[];
      expect(metric?.properties).toMatchObject({
        keys: ["Quality", "Reason"],
        values: [{ type: datatypes.Int32 }, { type: datatypes.String }],
      });
      for (const oneKey of ["12054a030a0141", "12064a0412020803"]) {
        expect(() => decodePayload(Buffer.from(oneKey, "hex"))).toThrow(/MALFORMED/);
      }
    },
  );

  test("we read what protobufjs writes, value by value", () => {
    fc.assert(
      fc.property(payloads, (payload) => {
        expect(decodePayload(oracleEncode(payload))).toEqual(payload);
      }),
      { numRuns: 500 },
    );
  });
});

describe("DATA without datatype", () => {
  const dataOf = (metric: Metric) => ({ ...metric, datatype: undefined, declaredType: metric.datatype });

  test("carries no datatype, and resolves to the same values with the datatype of the birth", () => {
    fc.assert(
      fc.property(payloads, (payload) => {
        const sent = encodePayload({ ...payload, metrics: payload.metrics.map(dataOf) });
        const metrics = decodePayload(sent).metrics;
        for (const [i, metric] of metrics.entries()) {
          const original = payload.metrics[i]!;
          expect(metric.datatype).toBeUndefined();
          expect(resolveMetric(metric, original.datatype!)).toEqual(original.value ?? null);
        }
      }),
      { numRuns: 300 },
    );
  });

  test("is written by the form of the value where nothing declares a datatype", () => {
    const metrics = [1.5, 2n ** 60n, true, "on", Uint8Array.of(1, 2)].map((value, i) => ({ alias: i, value }));
    expect(decodePayload(encodePayload({ metrics })).metrics.map(({ value }) => value)).toEqual([
      1.5,
      2n ** 60n,
      true,
      "on",
      Uint8Array.of(1, 2),
    ]);
  });
});

describe("what cannot be right is not sent", () => {
  test.each([
    ["a fraction as Int32", { datatype: datatypes.Int32, value: 1.5 }, "WRONG_TYPE"],
    ["300 as UInt8", { datatype: datatypes.UInt8, value: 300 }, "OUT_OF_RANGE"],
    ["-1 as UInt64", { datatype: datatypes.UInt64, value: -1 }, "OUT_OF_RANGE"],
    ["2^64 as UInt64", { datatype: datatypes.UInt64, value: 2n ** 64n }, "OUT_OF_RANGE"],
    ["2^53 as a number, which may have been rounded", { datatype: datatypes.Int64, value: 2 ** 53 }, "WRONG_TYPE"],
    ["text as Double", { datatype: datatypes.Double, value: "1" }, "WRONG_TYPE"],
    ["a number as String", { datatype: datatypes.String, value: 1 }, "WRONG_TYPE"],
    ["an array as Double", { datatype: datatypes.Double, value: [1] }, "WRONG_TYPE"],
    ["bytes as an array", { datatype: datatypes.Int8Array, value: Uint8Array.of(1) }, "WRONG_TYPE"],
    ["300 in Int8Array", { datatype: datatypes.Int8Array, value: [300] }, "OUT_OF_RANGE"],
    ["a zero byte in StringArray", { datatype: datatypes.StringArray, value: ["a\0b"] }, "OUT_OF_RANGE"],
    ["a negative alias", { alias: -1, value: 1 }, "OUT_OF_RANGE"],
    ["a time before 1970", { timestamp: -1, value: 1 }, "OUT_OF_RANGE"],
    ["a time with a fraction", { timestamp: 0.5, value: 1 }, "OUT_OF_RANGE"],
    [
      "a ragged data set",
      { datatype: datatypes.DataSet, value: { columns: ["a"], types: [10], rows: [[1, 2]] } },
      "WRONG_TYPE",
    ],
  ] as const)("%s", (_, metric, code) => {
    expect(() => encodePayload({ metrics: [metric as Metric] })).toThrow(expect.objectContaining({ code }));
  });

  test.each([256, -1, 1.5, Number.NaN])("sequence number %s", (seq) => {
    expect(() => encodePayload({ metrics: [], seq })).toThrow(expect.objectContaining({ code: "OUT_OF_RANGE" }));
  });
});

test("what is decoded holds on to nothing of the message", () => {
  const bytes = encodePayload({ metrics: [{ datatype: datatypes.Bytes, value: Uint8Array.of(1, 2, 3) }] });
  const { metrics } = decodePayload(bytes);
  bytes.fill(0);
  expect(metrics[0]?.value).toEqual(Uint8Array.of(1, 2, 3));
});

test("a byte order mark is a character like any other", () => {
  for (const datatype of [datatypes.String, datatypes.StringArray]) {
    const value = datatype === datatypes.String ? "\uFEFFtext" : ["\uFEFFtext"];
    expect(decodePayload(encodePayload({ metrics: [{ datatype, value }] })).metrics[0]?.value).toEqual(value);
  }
});

test("a payload in a view of a larger buffer is read from its own place", () => {
  const payload = {
    timestamp: 5,
    metrics: [{ name: "ä".repeat(40), datatype: datatypes.Double, value: Math.PI }],
    seq: 1,
  };
  const bytes = encodePayload(payload);
  const room = new Uint8Array(bytes.length + 20).fill(0xff);
  room.set(bytes, 7);
  expect(withoutAbsent(decodePayload(room.subarray(7, 7 + bytes.length)))).toEqual(payload);
});
