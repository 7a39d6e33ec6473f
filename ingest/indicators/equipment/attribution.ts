import type { Interval } from "#shared/model/interval.ts";
import type { EpochMs } from "#shared/model/time.ts";

const hourMs = 3_600_000;

/** Key of used time that nothing attributes. */
export const unattributed = "UNATTRIBUTED";

/** Use of one equipment. `key` is the project or the tenant of the run record, null where it names none. */
export interface Use extends Interval {
  readonly key: string | null;
}

export interface KeyedInterval extends Interval {
  readonly key: string;
}

export interface Attribution {
  /** By key, ascending; only keys that got time. */
  readonly hours: ReadonlyMap<string, number>;
  /** Used hours; the hours of the keys add up to them. */
  readonly totalH: number;
}

/** Who shares the time from `from` on: the runs' own keys, else the bookings', else nobody. */
function keysOf(uses: readonly Use[], bookings: readonly KeyedInterval[]): readonly string[] {
  const own = new Set(uses.flatMap(({ key }) => (key === null ? [] : [key])));
  if (own.size > 0) return [...own];
  const booked = new Set(bookings.map(({ key }) => key));
  return booked.size > 0 ? [...booked] : [unattributed];
}

/** What lasts at an instant; asked at every start of an item, in ascending order. */
function lastingIn<Item extends Interval>(items: readonly Item[]): (at: EpochMs) => readonly Item[] {
  const starting = Map.groupBy(items, ({ from }) => from);
  let open: readonly Item[] = [];
  return (at) => {
    open = [...open, ...(starting.get(at) ?? [])].filter(({ to }) => to > at);
    return open;
  };
}

export interface AttributedInterval extends Interval {
  /** Who shares it, equally. */
  readonly keys: readonly string[];
}

/** Used time in ascending pieces, each with the keys that share it. */
export function attributed(uses: readonly Use[], bookings: readonly KeyedInterval[]): readonly AttributedInterval[] {
  const edges = [...new Set([...uses, ...bookings].flatMap(({ from, to }) => [from, to]))].sort((a, b) => a - b);
  const runningAt = lastingIn(uses);
  const bookedAt = lastingIn(bookings);
  return edges.flatMap((from, i) => {
    const [running, booked] = [runningAt(from), bookedAt(from)];
    const to = edges[i + 1];
    return running.length === 0 || to === undefined ? [] : [{ from, to, keys: keysOf(running, booked) }];
  });
}

/**
 * U-22: each used instant is attributed exactly once, to the key of its run, else of the booking that covers it, else
 * to nobody; several keys at one instant share it equally.
 */
export function attribute(uses: readonly Use[], bookings: readonly KeyedInterval[]): Attribution {
  const hours = new Map<string, number>();
  let totalH = 0;
  for (const { from, to, keys } of attributed(uses, bookings)) {
    const partH = (to - from) / hourMs;
    totalH += partH;
    for (const key of keys) hours.set(key, (hours.get(key) ?? 0) + partH / keys.length);
  }
  return { hours: new Map([...hours].sort(([a], [b]) => (a < b ? -1 : 1))), totalH };
}
