import type { DurationMs, EpochMs } from "#shared/model/time.ts";
import type { Reading } from "../../driver.ts";

/**
 * A reading as far as its source's clock can be believed. A source time in the future beyond `tolerance` becomes the
 * time of receipt: whoever takes only what is newer would ignore everything after it. That value, and each value of a
 * server whose clock differs from ours by more (`skew`), is uncertain, `CLOCK_SUSPECT`; a source time in the past may
 * be right.
 */
export function doubtClock(reading: Reading, now: EpochMs, skew: DurationMs, tolerance: DurationMs): Reading {
  const isFuture = reading.at > now + tolerance;
  if (!isFuture && Math.abs(skew) <= tolerance) return reading;
  const at = isFuture ? now : reading.at;
  if (reading.quality !== "good") return { ...reading, at };
  return { ...reading, at, quality: "uncertain", reason: "CLOCK_SUSPECT" };
}
