import type { ErrorCode } from "#shared/model/errors.ts";
import type { Sample, TagValue } from "#shared/model/sample.ts";
import type { PlantTag } from "#shared/plant/plant.ts";
import type { Reading } from "./driver.ts";

export type ScaledTag = Pick<PlantTag, "id"> & {
  readonly config: Pick<PlantTag["config"], "type" | "scale" | "range">;
};

/**
 * A reading in the tag's type and unit. What does not fit the type is bad; a value outside the measuring range stays,
 * as uncertain.
 */
export function toSample({ id: tag, config }: ScaledTag, reading: Reading): Sample {
  if (reading.quality === "bad") return { tag, ...reading };
  const { at, quality } = reading;
  const scaled = convert(config, reading.value);
  if ("refused" in scaled) return { tag, at, quality: "bad", value: null, reason: scaled.refused };
  const { value } = scaled;
  if (
    typeof value === "number" &&
    config.range &&
    (value < Number(config.range[0]) || value > Number(config.range[1]))
  ) {
    return { tag, at, quality: "uncertain", value, reason: "OUT_OF_RANGE" };
  }
  return { tag, at, quality, value, ...(reading.reason ? { reason: reading.reason } : {}) };
}

type Converted = { readonly value: TagValue } | { readonly refused: ErrorCode };

/** Booleans may arrive as 0 and 1; numbers are scaled, and rounded where the tag is an integer. */
function convert({ type, scale }: ScaledTag["config"], raw: TagValue): Converted {
  if (type === "string") return typeof raw === "string" ? { value: raw } : { refused: "WRONG_TYPE" };
  if (type === "bool") {
    if (raw === 0 || raw === 1) return { value: raw === 1 };
    return typeof raw === "boolean" ? { value: raw } : { refused: "WRONG_TYPE" };
  }
  if (typeof raw !== "number") return { refused: "WRONG_TYPE" };
  const value = scale ? raw * scale.factor + scale.offset : raw;
  if (!Number.isFinite(value)) return { refused: "NOT_A_NUMBER" };
  if (type === "float") return { value };
  const whole = scale ? Math.round(value) : value;
  if (!Number.isInteger(whole)) return { refused: "WRONG_TYPE" };
  return Number.isSafeInteger(whole) ? { value: whole } : { refused: "OUT_OF_RANGE" };
}
