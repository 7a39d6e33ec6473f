import { CodedError } from "./errors.ts";

/** Whole numbers as ascending, disjoint, non-touching closed ranges: cumulative and selective at once (D3). */
export type Ranges = readonly (readonly [first: number, last: number])[];

export const noRanges: Ranges = [];

/** `ranges` and the numbers from `first` to `last`. */
export function addRange(ranges: Ranges, first: number, last: number): Ranges {
  const before = ranges.filter(([, end]) => end < first - 1);
  const after = ranges.filter(([start]) => start > last + 1);
  const touched = ranges.slice(before.length, ranges.length - after.length);
  const merged = [Math.min(first, touched[0]?.[0] ?? first), Math.max(last, touched.at(-1)?.[1] ?? last)] as const;
  return [...before, merged, ...after];
}

export function inRanges(ranges: Ranges, n: number): boolean {
  let low = 0;
  let high = ranges.length - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    const [first, last] = ranges[middle] as readonly [number, number];
    if (n < first) high = middle - 1;
    else if (n > last) low = middle + 1;
    else return true;
  }
  return false;
}

/** `1-10452,10460` */
export const formatRanges = (ranges: Ranges): string =>
  ranges.map(([first, last]) => (first === last ? `${first}` : `${first}-${last}`)).join(",");

/** The inverse of `formatRanges`; throws `MALFORMED` for anything else. */
export function parseRanges(text: string): Ranges {
  if (text === "") return noRanges;
  return text.split(",").reduce<Ranges>((ranges, part) => {
    const match = /^(\d{1,15})(?:-(\d{1,15}))?$/.exec(part);
    const first = Number(match?.[1]);
    const last = Number(match?.[2] ?? match?.[1]);
    if (!match || last < first) throw new CodedError("MALFORMED", `\`${part}\` is not a range of batch numbers.`);
    return addRange(ranges, first, last);
  }, noRanges);
}
