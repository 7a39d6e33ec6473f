import { Type } from "typebox";
import { CodedError } from "#shared/model/errors.ts";
import { type EpochMs, instant } from "#shared/model/time.ts";

/** An instant in a query: milliseconds UTC, or ISO 8601 with offset. */
export const TimeQuery = (description: string) =>
  Type.String({ maxLength: 40, description: `${description} Milliseconds UTC, or ISO 8601 with offset.` });

const isoPattern = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?(Z|[+-]\d{2}:\d{2})$/;
/** 2100-01-01: beyond it somebody mistook his units. */
const latest = 4_102_444_800_000;

/** Throws `MALFORMED` naming the key where the text is no instant between 1970 and 2100. */
export function parseInstant(key: string, text: string): EpochMs {
  // A plus sign that nobody encoded arrives as a space.
  const iso = text.replace(" ", "+");
  const ms = /^\d{1,13}$/.test(text) ? Number(text) : isoPattern.test(iso) ? Date.parse(iso) : Number.NaN;
  if (!(ms >= 0 && ms <= latest)) {
    throw new CodedError("MALFORMED", `\`${key}\` takes milliseconds UTC or ISO 8601 with offset, got \`${text}\`.`);
  }
  return instant(ms);
}

/** Both ends of a range; throws `MALFORMED` where it is empty. */
export function parseRange(from: string, to: string): { readonly from: EpochMs; readonly to: EpochMs } {
  const range = { from: parseInstant("from", from), to: parseInstant("to", to) };
  if (range.from >= range.to) throw new CodedError("MALFORMED", "`from` must lie before `to`.");
  return range;
}
