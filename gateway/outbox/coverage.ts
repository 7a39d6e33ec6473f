import { addRange, inRanges, noRanges, type Ranges } from "#shared/model/ranges.ts";

/** The numbers from `first` to `last` that are not in `ranges`. */
export function missingIn(ranges: Ranges, first: number, last: number): Ranges {
  const missing: [number, number][] = [];
  let next = first;
  for (const [start, end] of ranges) {
    if (start > last) break;
    if (end < next) continue;
    if (start > next) missing.push([next, start - 1]);
    next = Math.max(next, end + 1);
  }
  if (next <= last) missing.push([next, last]);
  return missing;
}

/** What `ranges` and the numbers from `first` to `last` have in common. */
const within = (ranges: Ranges, first: number, last: number): Ranges =>
  ranges.flatMap(([from, to]) =>
    from > last || to < first ? [] : [[Math.max(from, first), Math.min(to, last)] as const],
  );

export const countOf = (ranges: Ranges): number => ranges.reduce((sum, [first, last]) => sum + last - first + 1, 0);

/**
 * What becomes of the batches of one queue, from `first` to `last`: settled (acknowledged or given up), taken for
 * sending, or still waiting. Its size goes with the holes in what is settled, not with the batches.
 */
export interface Coverage {
  readonly queueId: string;
  /** The newest number; grows with every batch pushed. */
  last: number;
  /** Marks a batch as taken for sending. */
  take(number: number): void;
  /** The highest number that was taken; 0 while there is none. */
  readonly sentUpTo: number;
  /** Acknowledged or given up; never asked for again. Numbers outside are ignored. */
  settle(ranges: Ranges): void;
  /** Owed once more, but for what is taken and not acknowledged. */
  reopen(first: number, last: number): void;
  isWaiting(number: number): boolean;
  isSettled(first: number, last: number): boolean;
  /** Numbers from `first` to `last` that are not settled. */
  unsettled(first: number, last: number): Ranges;
  /** How many are not settled, and how many of those are not taken either. */
  readonly owed: number;
  readonly waiting: number;
}

export function createCoverage(queueId: string, first: number, last: number): Coverage {
  const taken = new Set<number>();
  let settled: Ranges = noRanges;
  let settledCount = 0;
  let sentUpTo = 0;
  const become = (next: Ranges) => {
    settled = next;
    settledCount = countOf(next);
  };
  const coverage: Coverage = {
    queueId,
    last,
    take: (number) => {
      taken.add(number);
      sentUpTo = Math.max(sentUpTo, number);
    },
    get sentUpTo() {
      return sentUpTo;
    },
    settle: (ranges) => {
      const known = within(ranges, first, coverage.last);
      become(known.reduce((sum, [from, to]) => addRange(sum, from, to), settled));
      for (const number of taken) if (inRanges(settled, number)) taken.delete(number);
    },
    reopen: (from, to) => become([...within(settled, first, from - 1), ...within(settled, to + 1, coverage.last)]),
    isWaiting: (number) => !taken.has(number) && !inRanges(settled, number),
    isSettled: (from, to) => missingIn(settled, from, to).length === 0,
    unsettled: (from, to) => missingIn(settled, from, to),
    get owed() {
      return coverage.last - first + 1 - settledCount;
    },
    get waiting() {
      return coverage.owed - taken.size;
    },
  };
  return coverage;
}
