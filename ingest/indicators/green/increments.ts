import { finite } from "#shared/model/checks.ts";
import { CodedError } from "#shared/model/errors.ts";
import type { Interval } from "#shared/model/interval.ts";
import type { EpochMs } from "#shared/model/time.ts";

/** What a register gained over an interval, in its own unit: the additive fact that energy is made of (D9). */
export interface Increment extends Interval {
  readonly amount: number;
  /** Rests on a reset, or on an interval longer than `maxGapMs`: counted, but it leaves the coverage. */
  readonly isEstimated: boolean;
}

export type RegisterFlag = "replacement" | "spike" | "jitter" | "glitch" | "rollover" | "reset" | "rejected";

export interface MeterReplacement {
  readonly at: EpochMs;
  /** Last reading of the old meter, first of the new one. */
  readonly final: number;
  readonly initial: number;
}

export interface RegisterRules {
  /** Longer intervals are apportioned all the same, but count as estimated. */
  readonly maxGapMs: number;
  /** Largest power of what the meter measures, per hour in the register's unit; where absent nothing is implausible. */
  readonly maxPerHour?: number;
  /** The register starts again from 0 here; unknown where absent. */
  readonly modulus?: number;
  /** A drop up to this is noise. */
  readonly jitter?: number;
  readonly replacements?: readonly MeterReplacement[];
}

export interface Reading {
  readonly at: EpochMs;
  readonly value: number;
}

/** What a reading is worth: the reading that the next one is compared with, what was gained, and what was odd. */
interface Verdict {
  readonly reference: Reading;
  readonly increment?: Increment;
  readonly flag?: RegisterFlag;
}

/** Where a reader stands between two readings; JSON. */
export interface IncrementState {
  /** Newest accepted reading. */
  readonly reference: Reading | null;
  /** A drop that the next reading will explain. */
  readonly dropped: Reading | null;
}

export interface IncrementReader {
  /** Readings come in ascending time. Gives what is certain now: a drop is explained only by the reading behind it. */
  add(reading: Reading): readonly Increment[];
  /** What is still open, judged as if no reading came any more; `newestAt` is the newest accepted reading. */
  close(): {
    readonly increment: Increment | null;
    readonly flags: readonly RegisterFlag[];
    readonly newestAt: EpochMs | null;
  };
  state(): IncrementState;
  /** What was odd in the readings so far, ascending. */
  flags(): readonly RegisterFlag[];
}

/** How far above `maxPerHour` a plausible reading may lie. */
const plausibleFactor = 1.2;
const hourMs = 3_600_000;

/** Reads a cumulative register by the rules of catalogue G-01, from its beginning or from where another reader stood. */
export function createIncrementReader(rules: RegisterRules, from?: IncrementState): IncrementReader {
  const flags = new Set<RegisterFlag>();
  let reference: Reading | null = from?.reference ?? null;
  let dropped: Reading | null = from?.dropped ?? null;

  const isPlausible = (gain: number, was: Reading, now: Reading): boolean =>
    rules.maxPerHour === undefined || gain <= (plausibleFactor * rules.maxPerHour * (now.at - was.at)) / hourMs;

  const gained = (was: Reading, now: Reading, amount: number, flag?: RegisterFlag): Verdict => ({
    reference: now,
    increment: {
      from: was.at,
      to: now.at,
      amount,
      isEstimated: flag === "reset" || now.at - was.at > rules.maxGapMs,
    },
    ...(flag ? { flag } : {}),
  });

  /** The drop from `was` to `now`, given that the register did not come back. */
  const explain = (was: Reading, now: Reading): Verdict => {
    const rolled = rules.modulus === undefined ? undefined : rules.modulus - was.value + now.value;
    if (rolled !== undefined && isPlausible(rolled, was, now)) return gained(was, now, rolled, "rollover");
    if (isPlausible(now.value, was, now)) return gained(was, now, now.value, "reset");
    return { reference: was, flag: "rejected" };
  };

  const replacements = (rules.replacements ?? []).toSorted((a, b) => a.at - b.at);
  const replacedBetween = (was: Reading, now: Reading): readonly MeterReplacement[] =>
    replacements.length === 0 ? replacements : replacements.filter(({ at }) => at > was.at && at <= now.at);

  /** undefined for a drop that only the next reading explains. */
  const judge = (was: Reading, now: Reading): Verdict | undefined => {
    const replaced = replacedBetween(was, now);
    if (replaced.length > 0) return gained(was, now, overReplacements(was.value, now.value, replaced), "replacement");
    const gain = now.value - was.value;
    if (gain >= 0) return isPlausible(gain, was, now) ? gained(was, now, gain) : { reference: was, flag: "spike" };
    return -gain <= (rules.jitter ?? 0) ? { reference: was, flag: "jitter" } : undefined;
  };

  const apply = ({ reference: next, increment, flag }: Verdict): readonly Increment[] => {
    reference = next;
    if (flag) flags.add(flag);
    return increment ? [increment] : [];
  };

  return {
    state: () => ({ reference, dropped }),
    flags: () => [...flags].sort(),
    add: (now) => {
      // The name costs more than the check, and there are half a million readings in a year.
      if (!Number.isFinite(now.value)) finite(now.value, `reading at ${new Date(now.at).toISOString()}`);
      if (!reference) {
        reference = now;
        return [];
      }
      if (now.at <= (dropped ?? reference).at)
        throw new CodedError("OUT_OF_RANGE", `Readings do not ascend at ${new Date(now.at).toISOString()}; sort them.`);
      const certain: Increment[] = [];
      if (dropped) {
        const isSameMeter = replacedBetween(reference, now).length === 0;
        const gain = now.value - reference.value;
        if (isSameMeter && gain >= 0 && isPlausible(gain, reference, now)) flags.add("glitch");
        else certain.push(...apply(explain(reference, dropped)));
        dropped = null;
      }
      const verdict = judge(reference, now);
      if (verdict) certain.push(...apply(verdict));
      else dropped = now;
      return certain;
    },
    close: () => {
      const last = reference && dropped ? explain(reference, dropped) : undefined;
      return {
        increment: last?.increment ?? null,
        flags: [...new Set([...flags, ...(last?.flag ? [last.flag] : [])])].sort(),
        newestAt: (last?.reference ?? reference)?.at ?? null,
      };
    },
  };
}

/** (final − old) + (new − initial), over one or more meters. */
function overReplacements(from: number, to: number, replaced: readonly MeterReplacement[]): number {
  let amount = 0;
  let start = from;
  for (const { at, final, initial } of replaced) {
    amount += gain(start, finite(final, "final reading"), at);
    start = finite(initial, "initial reading");
  }
  return amount + gain(start, to, replaced.at(-1)?.at);

  function gain(low: number, high: number, at: EpochMs | undefined): number {
    if (high >= low) return high - low;
    const when = at === undefined ? "" : ` of ${new Date(at).toISOString()}`;
    throw new CodedError("OUT_OF_RANGE", `Meter replacement${when}: ${high} lies below ${low}; correct its readings.`);
  }
}

/** Every increment of readings in any order; identical readings count once, at one instant the highest value counts. */
export function incrementsOf(
  readings: readonly Reading[],
  rules: RegisterRules,
): { readonly increments: readonly Increment[]; readonly flags: readonly RegisterFlag[] } {
  const sorted = readings.toSorted((a, b) => a.at - b.at || a.value - b.value);
  const effective = sorted.filter(({ at }, i) => sorted[i + 1]?.at !== at);
  const reader = createIncrementReader(rules);
  const increments = effective.flatMap((reading) => reader.add(reading));
  const { increment, flags } = reader.close();
  return { increments: increment ? [...increments, increment] : increments, flags };
}
