import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type GoodSample, type Sample, tagId } from "#shared/model/sample.ts";
import { tagTypes } from "#shared/model/tag.ts";
import { instant } from "#shared/model/time.ts";
import { carriesSample, metricSample, sampleMetric } from "#shared/wire/sampleMetric.ts";
import { decodePayload } from "#shared/wire/sparkplug/decode.ts";
import { encodePayload } from "#shared/wire/sparkplug/encode.ts";
import { datatypes, type Metric, type PropertySet } from "#shared/wire/sparkplug/types.ts";
import { birthMetric, datatypeOf, metricName, tagInfoOf, tagOfMetric } from "#shared/wire/tagMetric.ts";
import { tck } from "../sparkplug/tck.ts";
import { samplesOf, tagIds, tagInfos } from "./samples.ts";

const overTheWire = (metric: Metric): Metric => decodePayload(encodePayload({ metrics: [metric] })).metrics[0]!;

const tag = tagId({ platform: "demo", line: "l1", equipment: "r101", tag: "temperature" });
const at = instant(1_790_000_000_000);
const good = (value: GoodSample["value"]): Sample => ({ tag, at, quality: "good", value });

describe("samples", () => {
  test.each(tagTypes)("every sample of a tag of type %s comes back as it was", (type) => {
    fc.assert(
      fc.property(samplesOf(type), fc.nat(), fc.boolean(), (sample, alias, historical) => {
        const metric = overTheWire(sampleMetric(sample, alias, historical, datatypeOf(type)));
        expect(metricSample(metric, sample.tag, datatypeOf(type))).toStrictEqual(sample);
        expect(metric.alias).toBe(alias);
        expect(metric.isHistorical ?? false).toBe(historical);
        expect(metric.name, "tck-id payloads-alias-data-cmd-requirement").toBeUndefined();
        expect(metric.datatype, "tck-id payloads-metric-datatype-not-req").toBeUndefined();
      }),
      { numRuns: 300 },
    );
  });

  test.each([
    ["float", "text", "WRONG_TYPE"],
    ["float", Number.NaN, "NOT_A_NUMBER"],
    ["float", Number.POSITIVE_INFINITY, "NOT_A_NUMBER"],
    ["int", 1.5, "WRONG_TYPE"],
    ["int", Number.NaN, "NOT_A_NUMBER"],
    ["int", 2 ** 53, "OUT_OF_RANGE"],
    ["int", "9223372036854775808", "OUT_OF_RANGE"],
    ["int", "12", "WRONG_TYPE"],
    ["float", "9007199254740993", "WRONG_TYPE"],
    ["bool", 1, "WRONG_TYPE"],
    ["string", true, "WRONG_TYPE"],
  ] as const)("a tag of type %s with the value %s goes out as bad, %s", (type, value, reason) => {
    const metric = overTheWire(sampleMetric(good(value), 1, false, datatypeOf(type)));
    expect(metricSample(metric, tag, datatypeOf(type))).toEqual({ tag, at, quality: "bad", value: null, reason });
  });

  test.each(["9007199254740993", "-9223372036854775808"])(
    "the whole number %s goes out and comes back exactly",
    (text) => {
      const metric = overTheWire(sampleMetric(good(text), 1, false, datatypes.Int64));
      expect(metric.value).toBe(BigInt.asUintN(64, BigInt(text)));
      expect(metricSample(metric, tag, datatypes.Int64)).toEqual(good(text));
      const asText = overTheWire(sampleMetric(good(text), 1, false, datatypes.String));
      expect(metricSample(asText, tag, datatypes.String)).toEqual(good(text));
    },
  );

  test.each([-1, 0.5, Number.NaN])("the time %s cannot be sent", (time) => {
    const sample = { ...good(1), at: instant(time) };
    expect(() => sampleMetric(sample, 1, false, datatypes.Double)).toThrow(
      expect.objectContaining({ code: "MALFORMED" }),
    );
  });
});

describe("quality on the wire", () => {
  const propertiesOf = (sample: Sample) => sampleMetric(sample, 1, false, datatypes.Double).properties;

  test(
    tck(
      "Int32, left out when good",
      "payloads-propertyset-quality-value-type",
      "payloads-propertyset-quality-value-value",
    ),
    () => {
      expect(propertiesOf(good(1))).toBeUndefined();
      expect(propertiesOf({ tag, at, quality: "bad", value: null, reason: "TIMEOUT" })).toEqual({
        Quality: { type: 3, value: 0 },
        Reason: { type: 12, value: "TIMEOUT" },
      });
      expect(propertiesOf({ tag, at, quality: "bad", value: null, reason: "STALE" })).toMatchObject({
        Quality: { type: 3, value: 500 },
      });
      expect(propertiesOf({ tag, at, quality: "uncertain", value: 1, reason: "STALE" })).toEqual({
        Reason: { type: 12, value: "STALE" },
      });
    },
  );

  const quality = (value: number): PropertySet => ({ Quality: { type: 3, value } });
  const reason = (value: string): PropertySet => ({ Reason: { type: 12, value } });
  test.each<[string, PropertySet | undefined, Partial<Sample>]>([
    ["nothing", undefined, { quality: "good", value: 7 }],
    ["other properties", { engUnit: { type: 12, value: "Cel" } }, { quality: "good", value: 7 }],
    ["192", quality(192), { quality: "good", value: 7 }],
    ["0", quality(0), { quality: "bad", value: null, reason: "UNKNOWN" }],
    ["500", quality(500), { quality: "bad", value: null, reason: "STALE" }],
    ["Ignition's -2147483136", quality(-2147483136), { quality: "bad", value: null, reason: "UNKNOWN" }],
    ["0 with our reason", { ...quality(0), ...reason("TIMEOUT") }, { quality: "bad", reason: "TIMEOUT" }],
    ["0 with a reason that we do not know", { ...quality(0), ...reason("E17") }, { quality: "bad", reason: "UNKNOWN" }],
    [
      "500 with another reason",
      { ...quality(500), ...reason("DEVICE_FAULT") },
      { quality: "bad", reason: "DEVICE_FAULT" },
    ],
    [
      "192 with a reason",
      { ...quality(192), ...reason("DEVICE_FAULT") },
      { quality: "uncertain", value: 7, reason: "DEVICE_FAULT" },
    ],
    ["a reason that we do not know", reason("E17"), { quality: "uncertain", value: 7, reason: "UNKNOWN" }],
    ["a null quality", { Quality: { type: 3, value: null } }, { quality: "good", value: 7 }],
  ])("%s", (_, properties, sample) => {
    expect(metricSample({ timestamp: at, value: 7, properties }, tag, datatypes.Double)).toMatchObject(sample);
  });
});

describe("what other senders send", () => {
  const read = (metric: Metric, datatype: number) => metricSample({ timestamp: at, ...metric }, tag, datatype);

  test.each([
    ["Int16 in two's complement", 0xffff_fffe, datatypes.Int16, -2],
    ["Float", 0.5, datatypes.Float, 0.5],
    ["DateTime", 1_790_000_000_000, datatypes.DateTime, 1_790_000_000_000],
    ["UUID", "6f1c", datatypes.UUID, "6f1c"],
    ["UInt64 beyond 2^53, as its exact text", 2n ** 64n - 1n, datatypes.UInt64, "18446744073709551615"],
    ["Int64 below -2^53, as its exact text", 2n ** 63n + 1n, datatypes.Int64, "-9223372036854775807"],
  ])("%s", (_, value, datatype, expected) => {
    expect(read({ value }, datatype)).toMatchObject({ quality: "good", value: expected });
  });

  test.each([
    ["no value", undefined, datatypes.Double, "UNKNOWN"],
    ["a null", null, datatypes.Double, "UNKNOWN"],
    ["NaN", Number.NaN, datatypes.Double, "NOT_A_NUMBER"],
    ["an infinity", Number.POSITIVE_INFINITY, datatypes.Double, "NOT_A_NUMBER"],
    ["text for a number", "1", datatypes.Double, "WRONG_TYPE"],
    ["bytes", Uint8Array.of(1), datatypes.Bytes, "WRONG_TYPE"],
    ["an array", Uint8Array.of(1), datatypes.Int8Array, "WRONG_TYPE"],
    ["a data set", { columns: [], types: [], rows: [] }, datatypes.DataSet, "WRONG_TYPE"],
  ])("%s is bad with its reason, never a guess", (_, value, datatype, reason) => {
    expect(read({ value }, datatype)).toEqual({ tag, at, quality: "bad", value: null, reason });
  });

  test("an uncertain value that cannot be used is bad", () => {
    const properties = { Reason: { type: 12, value: "STALE" } };
    expect(read({ value: "x", properties }, datatypes.Double)).toMatchObject({ quality: "bad", reason: "WRONG_TYPE" });
  });

  test("the payload's time stands in for a metric's own; without either the metric is malformed", () => {
    expect(metricSample({ value: 1 }, tag, datatypes.Double, at).at).toBe(at);
    expect(() => metricSample({ value: 1 }, tag, datatypes.Double)).toThrow(
      expect.objectContaining({ code: "MALFORMED" }),
    );
  });
});

describe("births", () => {
  test("what is known of a tag comes back as it was", () => {
    fc.assert(
      fc.property(tagInfos, fc.nat(), (info, alias) => {
        const metric = overTheWire(birthMetric(info, alias, null, at));
        expect(tagInfoOf(info.tag.split("/")[0]!, metric)).toStrictEqual(info);
        expect(metric).toMatchObject({ name: metricName(info.tag), alias, timestamp: at, value: null });
        expect(carriesSample(metric), "nothing was read yet").toBe(false);
      }),
      { numRuns: 300 },
    );
  });

  test.each(tagTypes)("the newest sample of a tag of type %s comes with it", (type) => {
    fc.assert(
      fc.property(tagInfos, samplesOf(type), (base, sample) => {
        const info = { ...base, tag: sample.tag, type };
        const metric = overTheWire(birthMetric(info, 1, sample, at));
        expect(carriesSample(metric)).toBe(true);
        expect(metricSample(metric, sample.tag, metric.datatype!)).toStrictEqual(sample);
        expect(tagInfoOf(sample.tag.split("/")[0]!, metric)).toStrictEqual(info);
      }),
    );
  });

  test("names and tag ids are inverse", () => {
    fc.assert(
      fc.property(tagIds, (id) => {
        expect(tagOfMetric(id.split("/")[0]!, metricName(id))).toBe(id);
      }),
    );
    expect(tagOfMetric("demo", "Transport/Batch")).toBeUndefined();
    expect(tagOfMetric("demo", "a/b/c/d")).toBeUndefined();
  });

  test("a tag of another sender gets what it says, and stands without what it does not", () => {
    const metric: Metric = {
      name: "line/pump/flow",
      datatype: datatypes.Float,
      properties: {
        engUnit: { type: 12, value: "L/min" },
        engLow: { type: 10, value: 0 },
        meaning: { type: 12, value: "?" },
      },
    };
    expect(tagInfoOf("demo", metric)).toEqual({
      tag: "demo/line/pump/flow",
      name: { zh: "line/pump/flow" },
      type: "float",
      unit: "L/min",
      meaning: "process",
      decimals: 2,
      staleAfterMs: 300_000,
      gapAfterMs: 300_000,
      key: false,
    });
    expect(tagInfoOf("demo", { name: "line/pump/flow", datatype: datatypes.DataSet })).toBeUndefined();
    expect(tagInfoOf("demo", { name: "bdSeq", datatype: datatypes.Int64 })).toBeUndefined();
    expect(tagInfoOf("demo", { alias: 4, datatype: datatypes.Int64 })).toBeUndefined();
  });
});
