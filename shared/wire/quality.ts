import { type ErrorCode, isErrorCode } from "#shared/model/errors.ts";
import type { Sample } from "#shared/model/sample.ts";
import { datatypes, type PropertySet } from "./sparkplug/types.ts";

/** Values of the property `Quality` (payloads-propertyset-quality-value-value). */
export const sparkplugQuality = { bad: 0, good: 192, stale: 500 } as const;

/** Property names: `Quality` is the standard's, `Reason` (String, a code of shared/model/errors.ts) is ours. */
export const qualityProperty = "Quality";
export const reasonProperty = "Reason";

/** Quality as it stands on the wire; a reason is null where none is given. */
export type WireQuality =
  | { readonly quality: "good" }
  | { readonly quality: "uncertain"; readonly reason: ErrorCode | null }
  | { readonly quality: "bad"; readonly reason: ErrorCode };

/**
 * Good: no property. Bad: `Quality` 0, or 500 where the reason is `STALE`, and `Reason`. The standard has no
 * uncertain: that is `Reason` without `Quality`, so any other host takes the value as good.
 */
export function qualityProperties(sample: Sample): PropertySet | undefined {
  if (sample.quality === "good") return undefined;
  const reason = { type: datatypes.String, value: sample.reason ?? "" };
  if (sample.quality === "uncertain") return { [reasonProperty]: reason };
  const value = sample.reason === "STALE" ? sparkplugQuality.stale : sparkplugQuality.bad;
  return { [qualityProperty]: { type: datatypes.Int32, value }, [reasonProperty]: reason };
}

/** The inverse, for any sender: 192 is good, every code that we do not know is bad. */
export function readQuality(properties: PropertySet | undefined): WireQuality {
  const code = properties?.[qualityProperty]?.value ?? sparkplugQuality.good;
  const reason = properties?.[reasonProperty]?.value;
  const known = typeof reason === "string" && isErrorCode(reason) ? reason : null;
  if (code === sparkplugQuality.stale) return { quality: "bad", reason: known ?? "STALE" };
  if (code !== sparkplugQuality.good) return { quality: "bad", reason: known ?? "UNKNOWN" };
  if (typeof reason !== "string") return { quality: "good" };
  return { quality: "uncertain", reason: reason === "" ? null : (known ?? "UNKNOWN") };
}
