import { CodedError } from "#shared/model/errors.ts";
import { isArrayType, readArray } from "./arrays.ts";
import { datatypes, type Metric, type MetricValue } from "./types.ts";

/** Whole numbers: lowest and highest value of the datatypes that travel in 32 bits. */
export const intRanges: Readonly<Record<number, readonly [min: number, max: number]>> = {
  [datatypes.Int8]: [-(2 ** 7), 2 ** 7 - 1],
  [datatypes.Int16]: [-(2 ** 15), 2 ** 15 - 1],
  [datatypes.Int32]: [-(2 ** 31), 2 ** 31 - 1],
  [datatypes.UInt8]: [0, 2 ** 8 - 1],
  [datatypes.UInt16]: [0, 2 ** 16 - 1],
  [datatypes.UInt32]: [0, 2 ** 32 - 1],
};

/** Most elements that one array may unfold to where the caller sets no limit of his own. */
const maxArrayElements = 1_000_000;

/**
 * The value of a metric that was declared with `datatype`: sign extended, arrays unfolded. Null for an explicit null
 * and for a metric without value; throws `WRONG_TYPE` where the wire form does not fit the datatype.
 */
export function resolveMetric(metric: Metric, datatype: number): MetricValue | null {
  if (metric.value === null || metric.value === undefined) return null;
  const value = resolveValue(metric.value, datatype, maxArrayElements);
  if (value !== undefined) return value;
  const which = metric.name ?? `alias ${metric.alias}`;
  throw new CodedError("WRONG_TYPE", `Metric ${which} was declared with datatype ${datatype} and carries another.`);
}

/** As `resolveMetric`, for any value; undefined where the wire form does not fit. Resolving twice changes nothing. */
export function resolveValue(raw: MetricValue, datatype: number, maxElements: number): MetricValue | undefined {
  switch (datatype) {
    case datatypes.Double:
    case datatypes.Float:
      return typeof raw === "number" ? raw : undefined;
    case datatypes.Boolean:
      return typeof raw === "boolean" ? raw : undefined;
    case datatypes.String:
    case datatypes.Text:
    case datatypes.UUID:
      return typeof raw === "string" ? raw : undefined;
    case datatypes.Int64:
      return signed64(raw);
    case datatypes.UInt64:
    case datatypes.DateTime:
      return (typeof raw === "bigint" || Number.isInteger(raw)) && (raw as number | bigint) >= 0 ? raw : undefined;
    case datatypes.Bytes:
    case datatypes.File:
      return raw instanceof Uint8Array ? raw : undefined;
    case datatypes.DataSet:
      return typeof raw === "object" && "columns" in raw ? raw : undefined;
    case datatypes.Template:
      return typeof raw === "object" && "metrics" in raw ? raw : undefined;
  }
  const range = intRanges[datatype];
  if (range) return int32(raw, range);
  if (!isArrayType(datatype)) return raw;
  if (Array.isArray(raw)) return raw;
  return raw instanceof Uint8Array ? readArray(raw, datatype, maxElements) : undefined;
}

function signed64(raw: MetricValue): number | bigint | undefined {
  if (typeof raw === "number") return Number.isInteger(raw) ? raw : undefined;
  if (typeof raw !== "bigint") return undefined;
  const signed = BigInt.asIntN(64, raw);
  return Number.isSafeInteger(Number(signed)) ? Number(signed) : signed;
}

/**
 * A datatype of up to 32 bits. Senders differ: -1 as Int8 comes as 255, as 2^32 - 1, or as 2^64 - 1; UInt32 comes in
 * int_value (the standard) or in long_value (Eclipse Tahu). All are accepted.
 */
function int32(raw: MetricValue, [min, max]: readonly [number, number]): number | undefined {
  const wide = signed64(raw);
  if (typeof wide !== "number") return undefined;
  if (wide >= min && wide <= max) return wide;
  if (min === 0) return undefined;
  const asInt32 = wide >= 2 ** 31 && wide < 2 ** 32 ? wide - 2 ** 32 : wide;
  const narrow = asInt32 > max && asInt32 < 2 * (max + 1) ? asInt32 - 2 * (max + 1) : asInt32;
  return narrow >= min && narrow <= max ? narrow : undefined;
}
