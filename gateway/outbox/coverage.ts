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

export const countOf = (ranges: Ranges): number => ranges.reduce((sum, [first, last]) => sum + last - first + 1, 0);

/** What becomes of the batches of one queue: settled (acknowledged or given up), taken for sending, or still waiting. */
export interface Coverage {
  readonly queueId: string;
  /** Marks a batch as taken for sending. */
  take(number: number): void;
  /** Acknowledged or given up; never asked for again. */
  settle(ranges: Ranges): void;
  /** Neither settled nor taken. */
  isWaiting(number: number): boolean;
  isSettled(first: number, last: number): boolean;
  /** Numbers from `first` to `last` that are neither settled nor taken. */
  waiting(first: number, last: number): Ranges;
  /** How many numbers `waiting` would name. */
  waitingCount(first: number, last: number): number;
  /** How many of `first` to `last` are not settled. */
  unsettled(first: number, last: number): number;
}

export function createCoverage(queueId: string): Coverage {
  const taken = new Set<number>();
  let settled: Ranges = noRanges;
  return {
    queueId,
    take: (number) => taken.add(number),
    settle: (ranges) => {
      for (const [first, last] of ranges) settled = addRange(settled, first, last);
      for (const number of taken) if (inRanges(settled, number)) taken.delete(number);
    },
    isWaiting: (number) => !taken.has(number) && !inRanges(settled, number),
    isSettled: (first, last) => missingIn(settled, first, last).length === 0,
    waiting: (first, last) => {
      let held = settled;
      for (const number of taken) held = addRange(held, number, number);
      return missingIn(held, first, last);
    },
    waitingCount: (first, last) => {
      let count = countOf(missingIn(settled, first, last));
      for (const number of taken) if (number >= first && number <= last) count -= 1;
      return count;
    },
    unsettled: (first, last) => countOf(missingIn(settled, first, last)),
  };
}
