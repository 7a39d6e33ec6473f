import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { CodedError } from "#shared/model/errors.ts";
import { decodePayload, defaultDecodeLimits } from "#shared/wire/sparkplug/decode.ts";
import { encodePayload } from "#shared/wire/sparkplug/encode.ts";
import { decodeMessage } from "#shared/wire/sparkplug/message.ts";
import { datatypes, type Payload } from "#shared/wire/sparkplug/types.ts";
import { oracle, oracleEncode } from "./oracle.ts";
import { payloads } from "./payloads.ts";

const malformed = expect.objectContaining({ code: "MALFORMED" });

/** Decodes, and lets nothing but MALFORMED through. */
function refusesOrReads(bytes: Uint8Array): Payload | undefined {
  try {
    return decodePayload(bytes);
  } catch (error) {
    if (error instanceof CodedError && error.code === "MALFORMED") return undefined;
    throw error;
  }
}

/** A payload with every kind of field. */
const everything: Payload = {
  timestamp: 1_790_000_000_000,
  metrics: [
    { name: "l1/r101/temperature", alias: 2 ** 40, timestamp: 1_790_000_000_001, datatype: 10, value: 81.25 },
    { alias: 3, timestamp: 1_790_000_000_002, datatype: datatypes.Int64, value: -5, isHistorical: true },
    {
      alias: 4,
      datatype: datatypes.String,
      value: "运行".repeat(20),
      properties: { Quality: { type: 3, value: 500 } },
    },
    { alias: 5, datatype: datatypes.Float, value: 0.5, isTransient: true },
    { alias: 6, datatype: datatypes.DoubleArray, value: [1, 2, 3] },
    { alias: 7, datatype: datatypes.DataSet, value: { columns: ["a"], types: [12], rows: [["x"], [null]] } },
    {
      alias: 8,
      datatype: datatypes.Template,
      value: {
        isDefinition: true,
        metrics: [{ name: "m", value: null }],
        parameters: [{ name: "p", type: 11, value: true }],
      },
    },
  ],
  seq: 200,
};

describe("truncation", () => {
  const cutsOf = (bytes: Uint8Array) => Array.from({ length: bytes.length }, (_, i) => bytes.subarray(0, i));

  test("no part of a birth or of data passes for the whole", () => {
    for (const type of ["NBIRTH", "DBIRTH", "NDATA", "DDATA", "DDEATH"] as const) {
      for (const cut of cutsOf(encodePayload(everything))) {
        expect(() => decodeMessage(type, cut), `${cut.length} bytes`).toThrow(malformed);
      }
    }
  });

  test("no part of a death passes for the whole", () => {
    const death = encodePayload({ timestamp: 5, metrics: [{ name: "bdSeq", datatype: datatypes.Int64, value: 200 }] });
    for (const cut of cutsOf(death)) expect(() => decodeMessage("NDEATH", cut)).toThrow(malformed);
  });

  test("a payload breaks anywhere but between its own fields, where it is a shorter payload", () => {
    fc.assert(
      fc.property(payloads, (payload) => {
        const bytes = encodePayload(payload);
        const fields =
          payload.metrics.length +
          [payload.timestamp, payload.seq, payload.uuid, payload.body].filter((field) => field !== undefined).length;
        const whole = cutsOf(bytes).filter((cut) => refusesOrReads(cut) !== undefined);
        expect(whole.length).toBe(fields);
      }),
      { numRuns: 100 },
    );
  });
});

describe("damage", () => {
  test("flipped bits give a payload or MALFORMED, nothing else", () => {
    const bytes = encodePayload(everything);
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const damaged = bytes.slice();
      damaged[bit >> 3]! ^= 1 << (bit & 7);
      refusesOrReads(damaged);
    }
  });

  test("several changed bytes give a payload or MALFORMED, nothing else", () => {
    const changes = fc.array(fc.tuple(fc.nat(10_000), fc.nat(255)), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(payloads, changes, (payload, at) => {
        const bytes = encodePayload(payload);
        for (const [place, value] of at) if (bytes.length > 0) bytes[place % bytes.length] = value;
        refusesOrReads(bytes);
      }),
      { numRuns: 2_000 },
    );
  });

  test("random bytes give a payload or MALFORMED, nothing else", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => void refusesOrReads(bytes)),
      { numRuns: 5_000 },
    );
  });

  test.each([
    ["a length far beyond the payload", "12ffffffff0f"],
    ["a length beyond 32 bits", "128380808010"],
    ["a metric longer than the payload", "120a1001"],
    ["a field longer than its metric", "12030a0541"],
    ["a number that never ends", "08ffffffffffffffffffffff01"],
    ["a number beyond 64 bits", "08ffffffffffffffffff02"],
    ["field number 0", "0001"],
    ["a group", "3b3c"],
    ["an unknown wire type", "3e"],
    ["a string as timestamp", "0a0141"],
    ["a sequence number of 256", "188002"],
    ["a timestamp beyond any date", "08ffffffffffffff0f"],
    ["text that is not UTF-8", "12030a01ff"],
    ["long text that is not UTF-8", `12260a24${"41".repeat(35)}ff`],
    ["more keys than values in a property set", "12054a030a0141"],
    ["a data set of two columns with one name", "120a8a010708021201611800"],
  ])("%s is refused", (_, hex) => {
    expect(() => decodePayload(Buffer.from(hex, "hex"))).toThrow(malformed);
  });
});

describe("limits", () => {
  test("bytes", () => {
    const limits = { ...defaultDecodeLimits, maxBytes: 10 };
    expect(() => decodePayload(new Uint8Array(11), limits)).toThrow(malformed);
  });

  test.each<[string, Payload]>([
    ["metrics", { metrics: Array.from({ length: 5 }, (_, alias) => ({ alias })) }],
    ["array elements", { metrics: [{ datatype: datatypes.UInt8Array, value: [1, 2, 3, 4, 5] }] }],
    ["cells", { metrics: [{ datatype: datatypes.DataSet, value: { columns: ["a"], types: [3], rows: [[1], [2]] } }] }],
    [
      "properties",
      { metrics: [{ properties: { a: { type: 3, value: 1 }, b: { type: 3, value: 1 }, c: { type: 3, value: 1 } } }] },
    ],
  ])("items: %s", (_, payload) => {
    const bytes = encodePayload(payload);
    const items = (maxItems: number) => ({ ...defaultDecodeLimits, maxItems });
    expect(() => decodePayload(bytes, items(100))).not.toThrow();
    const tight = payload.metrics[0]?.datatype === datatypes.UInt8Array;
    if (tight) expect(decodePayload(bytes, items(4)).metrics[0]?.value).toBeInstanceOf(Uint8Array);
    else expect(() => decodePayload(bytes, items(4))).toThrow(malformed);
  });

  test("depth: templates within templates end at the limit, not at the stack's", () => {
    let inner = encodePayload({ metrics: [{ name: "innermost" }] });
    for (let i = 0; i < 2_000; i++) {
      const template = field(18, inner);
      inner = field(2, template);
    }
    expect(() => decodePayload(inner)).toThrow(malformed);
  });

  test("two bytes per metric cannot take memory without end", () => {
    const empty = new Uint8Array(2 ** 20 + 2).map((_, i) => (i % 2 === 0 ? 0x12 : 0));
    expect(() => decodePayload(empty)).toThrow(malformed);
  });

  test("bits of a boolean array count as what they unfold to", () => {
    const bits = new Uint8Array(4 + 250_000);
    new DataView(bits.buffer).setUint32(0, 2_000_000, true);
    const metric = Buffer.concat([Uint8Array.of(0x20, datatypes.BooleanArray), field(16, bits)]);
    expect(decodePayload(field(2, metric)).metrics[0]?.value).toBeInstanceOf(Uint8Array);
  });
});

test("fields that the schema does not name are skipped", () => {
  const bytes = oracleEncode(everything);
  const extended = Buffer.concat([
    field(1000, Buffer.from("extension")),
    bytes,
    Buffer.from("c03e01", "hex"),
    Buffer.from("c53e01020304", "hex"),
    Buffer.from("c13e0102030405060708", "hex"),
  ]);
  expect(decodePayload(extended)).toEqual(decodePayload(bytes));
});

test("metadata and extension values of a metric are skipped", () => {
  const plain = {
    metrics: [{ alias: "5", metadata: { content_type: "text/csv", size: "12" }, extension_value: { anything: "x" } }],
  };
  const bytes = oracle.encode(oracle.fromObject(plain)).finish();
  expect(decodePayload(bytes).metrics).toEqual([{ alias: 5 }]);
});

/** A length-delimited field. */
function field(number: number, content: Uint8Array): Uint8Array {
  const varint = (n: number): number[] => (n < 0x80 ? [n] : [(n & 0x7f) | 0x80, ...varint(n >>> 7)]);
  return Buffer.concat([Uint8Array.from([...varint(number * 8 + 2), ...varint(content.length)]), content]);
}
