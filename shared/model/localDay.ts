import { type EpochMs, instant } from "./time.ts";

/** A local calendar day as a half-open interval `[from, to)` (catalogue 0.1). */
export interface LocalDay {
  /** `YYYY-MM-DD` */
  readonly period: string;
  readonly from: EpochMs;
  readonly to: EpochMs;
}

const dayMs = 86_400_000;

/** The local day in the IANA zone `timeZone` that holds an instant. */
export function localDays(timeZone: string): (at: EpochMs) => LocalDay {
  const { wall, instantOf } = wallClock(timeZone);
  return (at) => {
    const midnight = Math.floor(wall(at) / dayMs) * dayMs;
    return {
      period: new Date(midnight).toISOString().slice(0, 10),
      from: instantOf(midnight),
      to: instantOf(midnight + dayMs),
    };
  };
}

/** When the local day `YYYY-MM-DD` is over. */
export const endOfDay = (day: string, timeZone: string): EpochMs =>
  wallClock(timeZone).instantOf(Date.parse(`${day}T00:00:00Z`) + dayMs);

function wallClock(timeZone: string) {
  const format = new Intl.DateTimeFormat("en-US", {
    timeZone,
    hourCycle: "h23",
    ...{ year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", second: "2-digit" },
  });
  /** The wall clock at `at`, as if it were UTC. */
  const wall = (at: number): number => {
    const parts = Object.fromEntries(format.formatToParts(at).map(({ type, value }) => [type, Number(value)]));
    const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts;
    return Date.UTC(year, month - 1, day, hour, minute, second) + (((at % 1_000) + 1_000) % 1_000);
  };
  /** When the wall clock shows `midnight`; twice, because the offset may differ between guess and answer. */
  const instantOf = (midnight: number): EpochMs => {
    const guess = midnight - (wall(midnight) - midnight);
    return instant(guess + midnight - wall(guess));
  };
  return { wall, instantOf };
}
