import { CodedError, type ErrorCode } from "#shared/model/errors.ts";
import { exactInteger, isExactInteger } from "#shared/model/exactInteger.ts";
import type { BadSample, GoodSample, Sample, TagId, TagValue } from "#shared/model/sample.ts";
import { type EpochMs, instant } from "#shared/model/time.ts";
import { qualityProperties, qualityProperty, readQuality } from "./quality.ts";
import { datatypes, type Metric, type MetricValue } from "./sparkplug/types.ts";
import { resolveValue } from "./sparkplug/values.ts";

/**
 * The DATA metric of a sample: alias, source time, value, quality. `datatype` is the one that the birth declared (see
 * `datatypeOf`); it decides the value's field and is not sent (payloads-metric-datatype-not-req).
 *
 * A value that is none of the datatype goes out as bad with its reason, so that no sample can block an outbox. Throws
 * `MALFORMED` where the time is not a whole number of ms from 1970 on, which the wire cannot carry.
 */
export function sampleMetric(sample: Sample, alias: number, historical: boolean, datatype: number): Metric {
  const sent = carried(sample, datatype);
  if (!Number.isSafeInteger(sample.at) || sample.at < 0) {
    throw new CodedError("MALFORMED", `A sample of ${sample.tag} at ${sample.at} ms cannot be sent: correct its time.`);
  }
  return {
    alias,
    timestamp: sent.at,
    declaredType: datatype,
    isHistorical: historical ? true : undefined,
    properties: qualityProperties(sent),
    value: wireValue(sent.value, datatype),
  };
}

/** A value as it is sent: the text of a whole number beyond 2^53 is that number again. */
export const wireValue = (value: TagValue | null, datatype: number): TagValue | bigint | null =>
  datatype === datatypes.Int64 && isExactInteger(value) ? BigInt(value) : value;

/** The sample as it can be sent with `datatype`: itself, or bad with the reason why not. */
export function carried(sample: Sample, datatype: number): Sample {
  if (sample.quality === "bad") return sample;
  const why = misfit(sample.value, datatype);
  return why === null ? sample : { tag: sample.tag, at: sample.at, quality: "bad", value: null, reason: why };
}

function misfit(value: TagValue, datatype: number): ErrorCode | null {
  switch (datatype) {
    case datatypes.Double:
      if (typeof value !== "number") return "WRONG_TYPE";
      return Number.isFinite(value) ? null : "NOT_A_NUMBER";
    case datatypes.Int64:
      if (isExactInteger(value)) return BigInt.asIntN(64, BigInt(value)) === BigInt(value) ? null : "OUT_OF_RANGE";
      if (typeof value !== "number") return "WRONG_TYPE";
      if (Number.isNaN(value)) return "NOT_A_NUMBER";
      if (!Number.isSafeInteger(value)) return Number.isInteger(value) ? "OUT_OF_RANGE" : "WRONG_TYPE";
      return null;
    case datatypes.Boolean:
      return typeof value === "boolean" ? null : "WRONG_TYPE";
    case datatypes.String:
      return typeof value === "string" ? null : "WRONG_TYPE";
    default:
      throw new CodedError("WRONG_TYPE", `Samples are sent as Double, Int64, Boolean or String, not as ${datatype}.`);
  }
}

/**
 * True unless the metric says only that there is no value: a birth announces a tag that was never read by a null
 * without a quality.
 */
export const carriesSample = (metric: Metric): boolean =>
  (metric.value !== null && metric.value !== undefined) || metric.properties?.[qualityProperty] !== undefined;

/**
 * The sample of a metric of a birth or of DATA, from any sender; `datatype` is the one that the birth declared. What
 * cannot be used as a value of a tag is bad with its reason, never a guess. `payloadAt` stands in for a metric without a
 * time of its own; throws `MALFORMED` where there is neither.
 */
export function metricSample(metric: Metric, tag: TagId, datatype: number, payloadAt?: EpochMs): Sample {
  const time = metric.timestamp ?? payloadAt;
  if (time === undefined) throw new CodedError("MALFORMED", `The metric of ${tag} has no timestamp.`);
  const at = instant(time);
  const { properties } = metric;
  if (properties !== undefined) {
    const wire = readQuality(properties);
    if (wire.quality === "bad") return bad(tag, at, wire.reason);
    if (wire.quality === "uncertain") {
      const sample = goodSample(metric, tag, at, datatype);
      if (sample.quality === "bad") return sample;
      return { ...sample, quality: "uncertain", ...(wire.reason && { reason: wire.reason }) };
    }
  }
  return goodSample(metric, tag, at, datatype);
}

const bad = (tag: TagId, at: EpochMs, reason: ErrorCode): BadSample => ({
  tag,
  at,
  quality: "bad",
  value: null,
  reason,
});

function goodSample(metric: Metric, tag: TagId, at: EpochMs, datatype: number): GoodSample | BadSample {
  if (metric.value === null || metric.value === undefined) return bad(tag, at, "UNKNOWN");
  const value = tagValue(metric.value, datatype);
  if (typeof value === "object") return bad(tag, at, value.refused);
  return { tag, at, quality: "good", value };
}

/** Arrays, tables and bytes are no values of a tag; so no element of an array is ever unfolded here. */
function tagValue(raw: MetricValue, datatype: number): TagValue | { readonly refused: ErrorCode } {
  const value = typeof raw === "object" ? undefined : resolveValue(raw, datatype, 0);
  switch (typeof value) {
    case "number":
      if (!Number.isFinite(value)) return { refused: "NOT_A_NUMBER" };
      return value;
    case "bigint":
      return exactInteger(value);
    case "boolean":
    case "string":
      return value;
    default:
      return { refused: "WRONG_TYPE" };
  }
}
