import type { Calendar } from "#shared/model/calendar.ts";
import { demandIntervals, simultaneousDemand } from "#shared/model/green/demand.ts";
import type { DemandAnswer } from "#shared/model/operation.ts";
import { inForce } from "#shared/model/standard.ts";
import { isAtLeast } from "#shared/model/threshold.ts";
import { type EpochMs, instant } from "#shared/model/time.ts";
import type { OwnMeter } from "./meters.ts";
import { type Piece, pieceKindOf } from "./pieces.ts";
import type { ScopeFacts } from "./scopeFacts.ts";

interface TimedWindow {
  readonly at: EpochMs;
  readonly kw: number;
  readonly knownMinutes: number;
}

const quarterMs = 15 * 60_000;

/** Windows of the meters together; a day that one of them lacks has none. */
function windowsOf(meters: readonly OwnMeter[], calendar: Calendar): readonly TimedWindow[] {
  const byDay = meters.map(
    ({ one, meter }) => new Map(one.days.map(({ day, demand }) => [day, demand.get(meter.name)] as const)),
  );
  const windows: TimedWindow[] = [];
  for (const day of byDay[0]?.keys() ?? []) {
    const own = byDay.flatMap((meter) => meter.get(day) ?? []);
    if (own.length < meters.length) continue;
    const { kw, knownMinutes } = simultaneousDemand(own);
    const { from } = calendar.period(day);
    for (let i = 0; i < kw.length; i++)
      windows.push({ at: instant(from + i * quarterMs), kw: kw[i] ?? 0, knownMinutes: knownMinutes[i] ?? 0 });
  }
  return windows;
}

const highest = (windows: readonly TimedWindow[]): TimedWindow | null =>
  windows.reduce<TimedWindow | null>((best, next) => (best && best.kw >= next.kw ? best : next), null);

/** The 15-minute mean power of the scope: the highest with its time (as G-07), and its course. */
export function demandOf(
  { span, head }: ScopeFacts,
  meters: readonly OwnMeter[],
  pieces: readonly Piece[],
  calendar: Calendar,
  contractedKw: number | null,
): DemandAnswer {
  const standard = inForce(demandIntervals, calendar.periodAt("day", span.from).name);
  const { windowMinutes, knownShare } = standard.values;
  const windows = windowsOf(meters, calendar).filter(({ at }) => at < head.until);
  const valid = windows.filter(({ knownMinutes }) => isAtLeast(knownMinutes, knownShare * windowMinutes));
  const peak = highest(valid);
  const timeOf = (at: EpochMs): string => {
    const minutes = Math.round((at - span.from) / 60_000);
    return `${String(Math.floor(minutes / 60)).padStart(2, "0")}:${String(minutes % 60).padStart(2, "0")}`;
  };
  const isValid = new Set(valid);
  const points =
    pieceKindOf(span) === "hour"
      ? windows.map((window) => ({
          ...{ name: timeOf(window.at), at: window.at, kw: isValid.has(window) ? window.kw : null },
        }))
      : pieces.map(({ name, from, to }) => {
          const best = highest(valid.filter(({ at }) => at >= from && at < to));
          return { name, at: best?.at ?? from, kw: best?.kw ?? null };
        });
  return {
    ...{ peakKw: peak?.kw ?? null, peakAt: peak?.at ?? null },
    reason: meters.length === 0 ? "no_input" : peak ? null : "no_valid_window",
    ...{ validWindows: valid.length, windows: windows.length, windowMinutes, contractedKw },
    factorIds: [standard.id],
    points,
  };
}
