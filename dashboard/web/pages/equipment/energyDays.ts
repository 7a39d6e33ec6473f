import { type Interval, intersection, lengthMs, overlapMs, sumMs } from "#shared/model/interval.ts";
import type { HistoryAnswer } from "#shared/model/live.ts";
import { type EpochMs, instant } from "#shared/model/time.ts";

/** What a register of energy gained in a day, in its own unit. */
export interface EnergyDay {
  readonly name: string;
  /** Null where nothing is known of the day. */
  readonly energy: number | null;
  /** Part that was gained over a silence and is spread evenly over it. */
  readonly estimated: number;
  /** The register went back: what was gained just before is not known. */
  readonly wentBack: boolean;
  /** Share of the day up to `now` that no gap of the register covers, 0 to 1. */
  readonly coverage: number;
}

interface Step extends Interval {
  readonly gain: number;
  readonly isSilent: boolean;
}

interface Reading {
  readonly from: EpochMs;
  readonly to: EpochMs;
  readonly first: number;
  readonly last: number;
}

function readingsOf(history: HistoryAnswer): readonly Reading[] {
  if (history.kind === "raw") {
    return history.t.flatMap((t, i) => {
      const value = history.v[i];
      const at = instant(t);
      return typeof value === "number" && history.q[i] !== 2 ? [{ from: at, to: at, first: value, last: value }] : [];
    });
  }
  return history.buckets.flatMap(({ t, first, last }) =>
    first === null || last === null ? [] : [{ from: t, to: instant(t + history.widthMs), first, last }],
  );
}

/** Gains within a bucket, and from each reading to the next one. */
function stepsOf(readings: readonly Reading[], gapAfterMs: number): readonly Step[] {
  return readings.flatMap((reading, i) => {
    const own: Step = { ...reading, gain: reading.last - reading.first, isSilent: false };
    const next = readings[i + 1];
    if (!next) return [own];
    const between = next.first - reading.last;
    const isSilent = next.from - reading.to > gapAfterMs;
    // Neighbouring buckets touch: what was gained between them belongs to the later one.
    const to = next.from > reading.to ? next.from : next.to;
    return [own, { from: reading.to, to, gain: between, isSilent }];
  });
}

/**
 * Energy by day from the history of its register, for who looks at one machine. Assessments and statements have their
 * own figures, by the indicator catalogue; this one says what it does not know.
 */
export function energyDays(
  history: HistoryAnswer,
  days: readonly (Interval & { readonly name: string })[],
  gapAfterMs: number,
  now: EpochMs,
): readonly EnergyDay[] {
  const steps = stepsOf(readingsOf(history), gapAfterMs);
  const gaps = history.gaps.map(({ from, to }) => ({ from, to: to ?? now }));
  return days.map((day) => {
    const parts = steps.map((step) => ({ step, share: shareIn(step, day) })).filter(({ share }) => share > 0);
    const gained = (of: typeof parts): number =>
      of.reduce((sum, { step, share }) => sum + Math.max(0, step.gain) * share, 0);
    const over = [{ from: day.from, to: instant(Math.min(day.to, Math.max(now, day.from + 1))) }];
    return {
      name: day.name,
      energy: parts.length > 0 ? gained(parts) : null,
      estimated: gained(parts.filter(({ step }) => step.isSilent)),
      wentBack: parts.some(({ step }) => step.gain < 0),
      coverage: 1 - sumMs(intersection(over, gaps)) / sumMs(over),
    };
  });
}

const shareIn = (step: Step, day: Interval): number =>
  step.to > step.from ? overlapMs(step, day) / lengthMs(step) : Number(step.from >= day.from && step.from < day.to);
