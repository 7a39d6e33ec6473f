import { type ErrorCode, errorCodes } from "#shared/model/errors.ts";
import type { Quality, Sample, TagId, TagValue } from "#shared/model/sample.ts";
import { instant } from "#shared/model/time.ts";

/**
 * Samples of one tag as columns, so that millions of them stay cheap and cross threads by transfer. `at` is in ms UTC.
 * `value` holds the number, 0 or 1 for a boolean, an index into `texts` for a string, 0 where there is none.
 */
export interface Points {
  readonly n: number;
  readonly at: Float64Array;
  readonly value: Float64Array;
  /** Kind of value and quality, see `statusOf`. */
  readonly status: Uint8Array;
  /** Index into `reasonCodes` plus 1, 0 for none. */
  readonly reason: Uint8Array;
  readonly texts: readonly string[];
}

export const kinds = { none: 0, number: 1, bool: 2, text: 3 } as const;
export type Kind = (typeof kinds)[keyof typeof kinds];

const qualities = ["good", "uncertain", "bad"] as const satisfies readonly Quality[];
/** Position of a quality in a status; the InfluxDB field `q` uses the same numbers. */
export const qualityNumber = (quality: Quality): number => qualities.indexOf(quality);
export const qualityOf = (n: number): Quality => qualities[n] ?? "bad";

/** In memory only; files name codes by their text, so the list may change. */
const reasonCodes = Object.keys(errorCodes) as readonly ErrorCode[];
const reasonNumbers = new Map<string, number>(reasonCodes.map((code, i) => [code, i + 1]));

export const reasonNumber = (reason: string | undefined): number =>
  reason === undefined ? 0 : (reasonNumbers.get(reason) ?? reasonNumbers.get("UNKNOWN") ?? 0);
export const reasonOf = (n: number): ErrorCode | undefined => reasonCodes[n - 1];

/** Kind in the two low bits, quality in the next two. */
export const statusOf = (kind: Kind, quality: Quality): number => kind | (qualityNumber(quality) << 2);
export const kindOf = (status: number): number => status & 3;
export const qualityOfStatus = (status: number): Quality => qualityOf(status >> 2);
/** No value: neither good nor uncertain. */
export const isBad = (status: number): boolean => status >> 2 === 2;
export const isGood = (status: number): boolean => status >> 2 === 0;
/** A value that has a place on the number line. */
export const isNumeric = (status: number): boolean => {
  const kind = kindOf(status);
  return (kind === kinds.number || kind === kinds.bool) && !isBad(status);
};

export const kindOfValue = (value: TagValue | null): Kind => {
  if (value === null) return kinds.none;
  if (typeof value === "number") return kinds.number;
  return typeof value === "boolean" ? kinds.bool : kinds.text;
};

export const noPoints: Points = {
  n: 0,
  at: new Float64Array(0),
  value: new Float64Array(0),
  status: new Uint8Array(0),
  reason: new Uint8Array(0),
  texts: [],
};

/** Points [from, to) by position, sharing memory. */
export const slicePoints = (points: Points, from: number, to: number): Points =>
  from === 0 && to === points.n
    ? points
    : {
        n: to - from,
        at: points.at.subarray(from, to),
        value: points.value.subarray(from, to),
        status: points.status.subarray(from, to),
        reason: points.reason.subarray(from, to),
        texts: points.texts,
      };

/** Position of the first point with time >= `at`; `points` ascending. */
export function positionOf(points: Points, at: number): number {
  let low = 0;
  let high = points.n;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((points.at[middle] as number) < at) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The points with from <= at < to of ascending points. */
export const between = (points: Points, from: number, to: number): Points =>
  slicePoints(points, positionOf(points, from), positionOf(points, to));

/** Point `i` as a sample. */
export function sampleAt(tag: TagId, points: Points, i: number): Sample {
  const status = points.status[i] as number;
  const at = instant(points.at[i] as number);
  const quality = qualityOfStatus(status);
  const reason = reasonOf(points.reason[i] as number);
  const number = points.value[i] as number;
  const kind = kindOf(status);
  if (quality === "bad" || kind === kinds.none) {
    return { tag, at, quality: "bad", value: null, reason: reason ?? "UNKNOWN" };
  }
  const value = kind === kinds.number ? number : kind === kinds.bool ? number === 1 : (points.texts[number] ?? "");
  return reason === undefined ? { tag, at, quality, value } : { tag, at, quality, value, reason };
}

/** The same points without the memory around them, which a message to another thread would copy along. */
export function ownPoints({ n, at, value, status, reason, texts }: Points): Points {
  return {
    n,
    at: at.slice(0, n),
    value: value.slice(0, n),
    status: status.slice(0, n),
    reason: reason.slice(0, n),
    texts,
  };
}
