import type { EpochMs } from "#shared/model/time.ts";

/** Energy of a span from a cumulative register; additive over meters of one level (D9). */
export interface RegisterEnergy {
  /** In the register's unit; includes `estimated`. */
  readonly total: number;
  /** Part that rests on an interval longer than `maxGapMs`, or on a reset. */
  readonly estimated: number;
  /** Time covered by accepted intervals that are not estimated. */
  readonly coveredMs: number;
  readonly flags: readonly RegisterFlag[];
}
export type RegisterFlag = "spike" | "jitter" | "glitch" | "rollover" | "reset";

export interface RegisterRules {
  /** Longer intervals are apportioned all the same, but count as estimated. */
  readonly maxGapMs: number;
  /** Largest power of what the meter measures, per hour in the register's unit; unknown where absent. */
  readonly maxPerHour?: number;
  /** The register starts again from 0 here; unknown where absent. */
  readonly modulus?: number;
  /** A drop up to this is noise. */
  readonly jitter?: number;
}

interface Reading {
  readonly at: EpochMs;
  readonly value: number;
}
interface Sums {
  total: number;
  estimated: number;
  coveredMs: number;
  readonly flags: Set<RegisterFlag>;
}

export interface RegisterMeter {
  /** Readings come in ascending time; the first may lie before the span, the last behind it. */
  add(at: EpochMs, value: number): void;
  /** The span up to the newest reading, but not beyond `until`; nothing is extrapolated. */
  upTo(until: EpochMs): RegisterEnergy;
}

/** How far above `maxPerHour` a plausible reading may lie. */
const plausibleFactor = 1.2;
const hourMs = 3_600_000;

/**
 * Consumption in `[from, to)` by the rules of catalogue G-01: an increment is apportioned linearly over its interval;
 * a drop is a glitch when the next reading is back at the old level, else a rollover or a reset.
 */
export function createRegisterMeter(from: EpochMs, to: EpochMs, rules: RegisterRules): RegisterMeter {
  const sums: Sums = { total: 0, estimated: 0, coveredMs: 0, flags: new Set() };
  let reference: Reading | null = null;
  /** A drop that the next reading will explain. */
  let dropped: Reading | null = null;

  const isPlausible = (increment: number, ms: number): boolean =>
    rules.maxPerHour === undefined || increment <= (plausibleFactor * rules.maxPerHour * ms) / hourMs;

  const count = (into: Sums, start: EpochMs, end: EpochMs, amount: number, isEstimated: boolean): void => {
    const inside = Math.max(0, Math.min(end, to) - Math.max(start, from));
    const part = (amount * inside) / (end - start);
    into.total += part;
    if (isEstimated || end - start > rules.maxGapMs) into.estimated += part;
    else into.coveredMs += inside;
  };

  /** What the drop from `was` to `now` was, given that the register did not come back. */
  const settle = (into: Sums, was: Reading, now: Reading): Reading => {
    const ms = now.at - was.at;
    const rolled = rules.modulus === undefined ? undefined : rules.modulus - was.value + now.value;
    if (rolled !== undefined && isPlausible(rolled, ms)) {
      into.flags.add("rollover");
      count(into, was.at, now.at, rolled, false);
      return now;
    }
    if (!isPlausible(now.value, ms)) {
      into.flags.add("spike");
      return was;
    }
    into.flags.add("reset");
    // Without a known largest power nothing says how much of the new reading is consumption: count none of it.
    count(into, was.at, now.at, rules.maxPerHour === undefined ? 0 : now.value, true);
    return now;
  };

  const use = (was: Reading, now: Reading): void => {
    const increment = now.value - was.value;
    if (increment >= 0) {
      if (!isPlausible(increment, now.at - was.at)) {
        sums.flags.add("spike");
        return;
      }
      count(sums, was.at, now.at, increment, false);
      reference = now;
    } else if (-increment <= (rules.jitter ?? 0)) sums.flags.add("jitter");
    else dropped = now;
  };

  return {
    add: (at, value) => {
      const now: Reading = { at, value };
      if (reference && dropped) {
        const cameBack = value >= reference.value && isPlausible(value - reference.value, at - reference.at);
        if (cameBack) sums.flags.add("glitch");
        else reference = settle(sums, reference, dropped);
        dropped = null;
      }
      if (reference) use(reference, now);
      else reference = now;
    },
    upTo: (until) => {
      const closed: Sums = { ...sums, flags: new Set(sums.flags) };
      const last = reference && dropped ? settle(closed, reference, dropped) : reference;
      const pendingMs = last === null ? 0 : Math.min(until, to) - Math.max(from, last.at);
      // The newest reading stands for the time since then as long as the next one is not overdue.
      if (pendingMs > 0 && last && until - last.at <= rules.maxGapMs) closed.coveredMs += pendingMs;
      return { ...closed, flags: [...closed.flags].sort() };
    },
  };
}
