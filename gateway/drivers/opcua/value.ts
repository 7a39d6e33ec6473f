import { DataType, type DataValue, type Variant, VariantArrayType } from "node-opcua";
import type { ErrorCode } from "#shared/model/errors.ts";
import { exactInteger } from "#shared/model/exactInteger.ts";
import type { TagValue } from "#shared/model/sample.ts";
import { type EpochMs, instant } from "#shared/model/time.ts";
import { badReading, type Reading } from "../../driver.ts";
import { qualityOf, reasonOf } from "./status.ts";

type Decoded = { readonly value: TagValue } | { readonly reason: ErrorCode };

/** Servers without a clock send times around 1601. */
const earliestPlausible = Date.UTC(2000, 0, 1);
const wordBits = 32n;

/** A DataValue as a reading: source time, or server time, or `now` where the server sends none. */
export function readingOf(dataValue: DataValue, now: EpochMs): Reading {
  const at = plausible(dataValue.sourceTimestamp) ?? plausible(dataValue.serverTimestamp) ?? now;
  const quality = qualityOf(dataValue.statusCode.value);
  if (quality === "bad") return badReading(reasonOf(dataValue.statusCode.name), at);
  const decoded = decode(dataValue.value);
  if ("reason" in decoded) return badReading(decoded.reason, at);
  if (quality === "good") return { at, quality, value: decoded.value };
  return { at, quality, value: decoded.value, reason: reasonOf(dataValue.statusCode.name) };
}

function plausible(time: Date | null): EpochMs | undefined {
  return time && time.getTime() >= earliestPlausible ? instant(time.getTime()) : undefined;
}

function decode(variant: Variant | undefined): Decoded {
  if (!variant || variant.dataType === DataType.Null || variant.value === null) return { reason: "STALE" };
  if (variant.arrayType !== VariantArrayType.Scalar) return { reason: "WRONG_TYPE" };
  switch (variant.dataType) {
    case DataType.Int64:
      return wide(variant.value[0] | 0, variant.value[1]);
    case DataType.UInt64:
      return wide(variant.value[0], variant.value[1]);
    case DataType.DateTime:
      return { value: variant.value.toISOString() };
    case DataType.LocalizedText:
      return { value: variant.value.text ?? "" };
    case DataType.QualifiedName:
      return { value: variant.value.name ?? "" };
    case DataType.Guid:
      return { value: String(variant.value) };
    default:
      return ["number", "boolean", "string"].includes(typeof variant.value)
        ? { value: variant.value }
        : { reason: "WRONG_TYPE" };
  }
}

/** node-opcua hands 64-bit integers over as two unsigned words; the high one signed where the integer is. */
const wide = (high: number, low: number): Decoded => ({
  value: exactInteger((BigInt(high) << wordBits) + BigInt(low)),
});
