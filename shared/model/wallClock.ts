import { CodedError } from "./errors.ts";
import { type EpochMs, instant } from "./time.ts";

/** What clocks on the wall of a time zone show. A wall time is in ms, as if it were UTC. */
export interface WallClock {
  wall(at: number): number;
  /** The first instant at which the wall clock shows `wall`, or more where it skips `wall`. */
  instantOf(wall: number): EpochMs;
}

const dayMs = 86_400_000;

function formatOf(timeZone: string): Intl.DateTimeFormat {
  try {
    return new Intl.DateTimeFormat("en-US", {
      timeZone,
      hourCycle: "h23",
      ...{ year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", second: "2-digit" },
    });
  } catch (cause) {
    const detail = `\`${timeZone}\` is not a time zone; give an IANA name, for example Asia/Shanghai.`;
    throw new CodedError("CONFIG", detail, { cause });
  }
}

/** The wall clock of the IANA zone `timeZone`; throws `CONFIG` for a zone that does not exist. */
export function wallClock(timeZone: string): WallClock {
  const format = formatOf(timeZone);
  const wall = (at: number): number => {
    const parts = Object.fromEntries(format.formatToParts(at).map(({ type, value }) => [type, Number(value)]));
    const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts;
    return Date.UTC(year, month - 1, day, hour, minute, second) + (((at % 1_000) + 1_000) % 1_000);
  };
  const instantOf = (local: number): EpochMs => {
    // The offset may change within the day: both sides of it are tried, the earlier instant first.
    const sides = [local - dayMs, local + dayMs].map((near) => local - (wall(near) - near));
    let early = Math.min(...sides);
    let late = Math.max(...sides);
    if (wall(early) === local) return instant(early);
    if (wall(late) === local) return instant(late);
    // The wall clock skips `local`: the first instant behind the skip.
    while (late - early > 1) {
      const middle = Math.floor((early + late) / 2);
      if (wall(middle) < local) early = middle;
      else late = middle;
    }
    return instant(late);
  };
  return { wall, instantOf };
}
