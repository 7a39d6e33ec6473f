import type { WallTime } from "../text/format.ts";
import { zoneOffset } from "./timeAxis.ts";

/** `2026-11-23 10:42:07` on the plant's wall clock, 24 hours, whatever zone and language the browser has. */
export const formatWallTime = (at: number, parts: (at: number) => WallTime): string =>
  new Date(Math.floor(at / 1_000) * 1_000 + zoneOffset(at, parts)).toISOString().slice(0, 19).replace("T", " ");

/** The inverse; seconds, and the time of day, may be left out. Undefined for anything that is no time. */
export function parseWallTime(text: string, parts: (at: number) => WallTime): number | undefined {
  const match = /^(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[ T](\d{1,2}):(\d{2})(?::(\d{2}))?)?$/.exec(text.trim());
  if (!match) return undefined;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match
    .slice(1)
    .map((part) => Number(part ?? 0));
  const local = Date.UTC(year, month - 1, day, hour, minute, second);
  const read = new Date(local);
  if (read.getUTCMonth() !== month - 1 || read.getUTCDate() !== day || hour > 23 || minute > 59 || second > 59)
    return undefined;
  const guess = local - zoneOffset(local, parts);
  return local - zoneOffset(guess, parts);
}
