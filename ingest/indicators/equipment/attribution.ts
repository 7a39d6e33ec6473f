import { type Interval, interval, lengthMs } from "#shared/model/interval.ts";

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

/**
 * U-22: each used instant is attributed exactly once, to the key of its run, else of the booking that covers it, else
 * to nobody; several keys at one instant share it equally.
 */
export function attribute(uses: readonly Use[], bookings: readonly KeyedInterval[]): Attribution {
  const edges = [...new Set([...uses, ...bookings].flatMap(({ from, to }) => [from, to]))].sort((a, b) => a - b);
  const hours = new Map<string, number>();
  let totalH = 0;
  edges.slice(1).forEach((to, i) => {
    const part = interval(edges[i] ?? to, to);
    const covers = (other: Interval) => other.from <= part.from && other.to >= part.to;
    const running = uses.filter(covers);
    if (running.length === 0) return;
    const keys = keysOf(running, bookings.filter(covers));
    const partH = lengthMs(part) / hourMs;
    totalH += partH;
    for (const key of keys) hours.set(key, (hours.get(key) ?? 0) + partH / keys.length);
  });
  return { hours: new Map([...hours].sort(([a], [b]) => (a < b ? -1 : 1))), totalH };
}
