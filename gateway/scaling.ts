import type { ErrorCode } from "#shared/model/errors.ts";
import { isExactInteger } from "#shared/model/exactInteger.ts";
import type { Sample, TagValue } from "#shared/model/sample.ts";
import type { PlantTag } from "#shared/plant/plant.ts";
import type { Reading } from "./driver.ts";

export type ScaledTag = Pick<PlantTag, "id" | "calibratedUntil"> & {
  readonly config: Pick<PlantTag["config"], "type" | "scale" | "range" | "invalid">;
};

/**
 * A reading in the tag's type and unit. What does not fit the type, and what the instrument marks as invalid, is bad; a
 * value outside the measuring range, or of an instrument whose calibration is overdue, stays, as uncertain.
 */
export function toSample({ id: tag, config, calibratedUntil }: ScaledTag, reading: Reading): Sample {
  const { at } = reading;
  if (reading.quality === "bad") return { tag, at, quality: "bad", value: null, reason: reading.reason };
  const scaled = convert(config, reading.value);
  if ("refused" in scaled) return { tag, at, quality: "bad", value: null, reason: scaled.refused };
  const { value } = scaled;
  const doubt = doubtOf(value, config.range, calibratedUntil, reading);
  return doubt === undefined
    ? { tag, at, quality: reading.quality, value }
    : { tag, at, quality: "uncertain", value, reason: doubt };
}

/** Why a value is only uncertain; the device's own word before the model's, the overdue calibration last. */
function doubtOf(
  value: TagValue,
  range: readonly number[] | undefined,
  calibratedUntil: number | undefined,
  reading: Reading,
): ErrorCode | undefined {
  if (reading.quality === "uncertain" && reading.reason) return reading.reason;
  const [low, high] = range ?? [];
  const number = typeof value === "number" || isExactInteger(value) ? Number(value) : undefined;
  if (number !== undefined && low !== undefined && high !== undefined && (number < low || number > high)) {
    return "OUT_OF_RANGE";
  }
  if (calibratedUntil !== undefined && reading.at >= calibratedUntil) return "CALIBRATION_OVERDUE";
  return undefined;
}

type Converted = { readonly value: TagValue } | { readonly refused: ErrorCode };

/**
 * Booleans may arrive as 0 and 1; numbers are scaled, and rounded where the tag is an integer. A whole number beyond 2^53
 * stays exact where nothing is scaled; for a float it would be rounded without a word.
 */
function convert({ type, scale, invalid }: ScaledTag["config"], raw: TagValue): Converted {
  if (type === "string") return typeof raw === "string" ? { value: raw } : { refused: "WRONG_TYPE" };
  if (type === "bool") {
    if (raw === 0 || raw === 1) return { value: raw === 1 };
    return typeof raw === "boolean" ? { value: raw } : { refused: "WRONG_TYPE" };
  }
  if (typeof raw !== "number" && !isExactInteger(raw)) return { refused: "WRONG_TYPE" };
  const number = Number(raw);
  if (invalid?.includes(number)) return { refused: "INVALID_MARKER" };
  if (typeof raw === "string" && !scale) return type === "int" ? { value: raw } : { refused: "OUT_OF_RANGE" };
  const value = scale ? number * scale.factor + scale.offset : number;
  if (!Number.isFinite(value)) return { refused: "NOT_A_NUMBER" };
  if (type === "float") return { value };
  const whole = scale ? Math.round(value) : value;
  if (!Number.isInteger(whole)) return { refused: "WRONG_TYPE" };
  return Number.isSafeInteger(whole) ? { value: whole } : { refused: "OUT_OF_RANGE" };
}
