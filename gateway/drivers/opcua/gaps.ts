import { type DurationMs, type EpochMs, instant } from "#shared/model/time.ts";

/** Time of one point between two connections, in source time; both ends are known already. */
export interface PointGap {
  readonly point: number;
  /** Moves on while the gap is filled. */
  from: EpochMs;
  readonly to: EpochMs;
}

/**
 * Remembers how far each point is known, also over losses of the connection, and so where its values have gaps. All
 * times are of the server's clock.
 */
export interface Gaps {
  /** A subscription begins: the first value of a point ends the gap since the subscription before. */
  begin(): void;
  /** The server is alive: what it had to say until `at` was said. */
  heard(at: EpochMs): void;
  /** A live value of a point; `isAfterLoss` where the server says that it has lost values before this one. */
  live(point: number, at: EpochMs, isAfterLoss?: boolean): void;
  /** The gaps that are known by now, oldest first; they are the caller's from here on. */
  take(): readonly PointGap[];
  /** Gaps that could not be filled, for the next time. */
  giveBack(gaps: readonly PointGap[]): void;
}

/** More are the work of a connection that comes and goes all the time: the oldest are given up. */
const mostGaps = 50_000;

interface Known {
  at: EpochMs;
  subscription: number;
}

/** What was heard counts from `margin` before: values are under way, and clocks are compared roughly. */
export function createGaps(margin: DurationMs): Gaps {
  const points = new Map<number, Known>();
  const waiting: PointGap[] = [];
  let subscription = 0;
  let newest: EpochMs | undefined;
  /** How far the subscriptions before had come. */
  let heardBefore: EpochMs | undefined;
  const put = (gaps: readonly PointGap[]) => {
    waiting.push(...gaps.filter(({ from, to }) => to - from > 1));
    if (waiting.length > mostGaps) waiting.splice(0, waiting.length - mostGaps);
  };
  return {
    begin: () => {
      subscription += 1;
      heardBefore = newest;
    },
    heard: (at) => {
      newest = instant(Math.max(newest ?? at, at));
    },
    live: (point, at, isAfterLoss = false) => {
      const known = points.get(point);
      if (!known) {
        points.set(point, { at, subscription });
        return;
      }
      if (known.subscription !== subscription) {
        // An unchanged value is old, but the server would have told a change until the end.
        const from = instant(Math.max(known.at, (heardBefore ?? known.at) - margin));
        put([{ point, from, to: at }]);
        known.subscription = subscription;
      } else if (isAfterLoss) put([{ point, from: known.at, to: at }]);
      known.at = instant(Math.max(known.at, at));
    },
    take: () => waiting.splice(0).toSorted((a, b) => a.from - b.from),
    giveBack: put,
  };
}
