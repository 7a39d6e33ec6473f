import { type DurationMs, minutes } from "#shared/model/time.ts";
import type { SqlValue } from "../sqlite/database.ts";
import { cutByBucket } from "./merge.ts";
import { isBad, isGood, isNumeric, type Points } from "./points.ts";

/**
 * A good sample counts as good time until the tag's next sample. Where none comes for this long it is a silence, and
 * silence is unknown (D11): nothing of it counts.
 */
export const longestHold: DurationMs = minutes(15);
/** The finest roll-up. */
export const minute: DurationMs = minutes(1);

/** What is known of the samples of a stretch of time without them. Two neighbours add up to that of both. */
export interface RollUp {
  /** Good and uncertain samples. */
  readonly n: number;
  readonly bad: number;
  /** Numbers and booleans among `n`; the values are of these, null where there is none. */
  readonly numeric: number;
  readonly min: number | null;
  readonly max: number | null;
  readonly sum: number | null;
  readonly first: number | null;
  readonly last: number | null;
  /** Times of the first and the last sample, ms UTC. */
  readonly from: number;
  readonly to: number;
  /** Good time between these two, ms. */
  readonly goodMs: number;
  /** Quality of the last sample: whether the time after it is good too. */
  readonly endsGood: boolean;
}

/** Good time between a stretch and the sample after it. */
export const heldMs = ({ to, endsGood }: Pick<RollUp, "to" | "endsGood">, next: number): number =>
  endsGood && next - to <= longestHold ? next - to : 0;

/** Roll-up of ascending points, at least one. */
export function rollUpOf({ n, at, value, status }: Points): RollUp {
  let bad = 0;
  let numeric = 0;
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  let sum = 0;
  let first = 0;
  let last = 0;
  let goodMs = 0;
  for (let i = 0; i < n; i++) {
    const one = status[i] as number;
    if (i + 1 < n && isGood(one)) {
      const held = (at[i + 1] as number) - (at[i] as number);
      if (held <= longestHold) goodMs += held;
    }
    if (isBad(one)) bad++;
    if (!isNumeric(one)) continue;
    const v = value[i] as number;
    if (numeric++ === 0) first = v;
    last = v;
    sum += v;
    if (v < min) min = v;
    if (v > max) max = v;
  }
  return {
    n: n - bad,
    bad,
    numeric,
    ...(numeric === 0 ? noValues : { min, max, sum, first, last }),
    from: at[0] as number,
    to: at[n - 1] as number,
    goodMs,
    endsGood: isGood(status[n - 1] as number),
  };
}

const noValues = { min: null, max: null, sum: null, first: null, last: null };

/** Roll-ups of the minutes in which ascending points lie. */
export const minutesOf = (points: Points): RollUp[] =>
  Array.from(cutByBucket(points, minute), ([, ofMinute]) => rollUpOf(ofMinute));

/** Roll-up of neighbours, in order of time. */
export function addRollUps(earlier: RollUp, later: RollUp): RollUp {
  const both = (pick: (a: number, b: number) => number, a: number | null, b: number | null): number | null =>
    a === null ? b : b === null ? a : pick(a, b);
  return {
    n: earlier.n + later.n,
    bad: earlier.bad + later.bad,
    numeric: earlier.numeric + later.numeric,
    min: both(Math.min, earlier.min, later.min),
    max: both(Math.max, earlier.max, later.max),
    sum: both((a, b) => a + b, earlier.sum, later.sum),
    first: earlier.first ?? later.first,
    last: later.last ?? earlier.last,
    from: earlier.from,
    to: later.to,
    goodMs: earlier.goodMs + heldMs(earlier, later.from) + later.goodMs,
    endsGood: later.endsGood,
  };
}

/** Columns of a table that holds roll-ups, in the order of `rowOf`. */
export const rollUpColumns =
  "n, n_bad, n_numeric, t_min, t_max, v_min, v_max, v_sum, v_first, v_last, good_ms, ends_good";

export const rowOf = (r: RollUp): SqlValue[] => [
  ...[r.n, r.bad, r.numeric, r.from, r.to, r.min, r.max, r.sum, r.first, r.last, r.goodMs, Number(r.endsGood)],
];

export function rollUpOfRow(row: Readonly<Record<string, unknown>>): RollUp {
  const known = (name: string): number | null => (row[name] === null ? null : Number(row[name]));
  return {
    n: Number(row.n),
    bad: Number(row.n_bad),
    numeric: Number(row.n_numeric),
    min: known("v_min"),
    max: known("v_max"),
    sum: known("v_sum"),
    first: known("v_first"),
    last: known("v_last"),
    from: Number(row.t_min),
    to: Number(row.t_max),
    goodMs: Number(row.good_ms),
    endsGood: row.ends_good === 1,
  };
}
