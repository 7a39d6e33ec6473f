import { CodedError } from "#shared/model/errors.ts";
import { type EpochMs, instant } from "#shared/model/time.ts";

const form = /^(\d{4})-(\d{2})-(\d{2})[ T](\d{2}):(\d{2}):(\d{2})(?:[.,](\d{1,9}))?(Z|[+-]\d{2}:?\d{2})?$/;

/** Reads times like `2020-02-08 13:30:47`; those without an offset are local times of `timeZone` (IANA). */
export function timeReader(timeZone: string): (text: string) => EpochMs | undefined {
  const offsetAt = zoneOffsets(timeZone);
  return (text) => {
    const parts = form.exec(text.trim());
    if (!parts) return undefined;
    const [, year, month, day, hour, minute, second, fraction = "", zone] = parts;
    const asUtc = Date.UTC(Number(year), Number(month) - 1, Number(day), Number(hour), Number(minute), Number(second));
    const local = asUtc + Math.round(Number(`0.${fraction || "0"}`) * 1_000);
    if (zone === "Z") return instant(local);
    if (zone) return instant(local - explicitOffsetMs(zone));
    // The offset depends on the instant, and the instant on the offset: the second guess settles it but in the hour
    // that a change of the clocks skips or repeats, where the later offset is taken.
    const guess = local - offsetAt(local);
    return instant(local - offsetAt(guess));
  };
}

const explicitOffsetMs = (zone: string): number => {
  const minutes = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(-2));
  return (zone.startsWith("-") ? -1 : 1) * minutes * 60_000;
};

/** Milliseconds that the zone's clocks are ahead of UTC at an instant. */
function zoneOffsets(timeZone: string): (epochMs: number) => number {
  let format: Intl.DateTimeFormat;
  try {
    format = new Intl.DateTimeFormat("en-US", {
      timeZone,
      hourCycle: "h23",
      year: "numeric",
      month: "numeric",
      day: "numeric",
      hour: "numeric",
      minute: "numeric",
      second: "numeric",
    });
  } catch {
    throw new CodedError("CONFIG", `\`${timeZone}\` is no time zone; write one like Asia/Shanghai.`);
  }
  return (epochMs) => {
    const whole = Math.floor(epochMs / 1_000) * 1_000;
    const part = Object.fromEntries(format.formatToParts(whole).map(({ type, value }) => [type, Number(value)]));
    const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = part;
    return Date.UTC(year, month - 1, day, hour, minute, second) - whole;
  };
}
