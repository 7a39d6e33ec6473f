import { isErrorCode } from "#shared/model/errors.ts";
import type { HistoryBucket } from "#shared/model/live.ts";
import type { Sample, TagId, TagValue } from "#shared/model/sample.ts";
import { type EpochMs, instant } from "#shared/model/time.ts";
import { kindNumbers, qualityNumbers } from "./lineProtocol.ts";
import type { InfluxSeries } from "./server.ts";

type Cell = string | number | boolean | null;

/** Rows of a series as objects by column name. */
export const rowsOf = ({ columns, values }: InfluxSeries): Readonly<Record<string, Cell>>[] =>
  values.map((row) => Object.fromEntries(columns.map((column, i) => [column, row[i] ?? null])));

/** Of which tag a row is: 1.x and 2.x say it of the series, early 3.x in a column of each row. */
export const tagOf = ({ tags }: InfluxSeries, row: Readonly<Record<string, Cell>>): TagId =>
  String(tags?.id ?? row.id) as TagId;

/** A point as written by `lineOf`; a foreign point without a value is bad. */
export function sampleOf(tag: TagId, { time, f, b, s, q, r, k }: Readonly<Record<string, Cell>>): Sample {
  const at = instant(Number(time));
  const quality = Number(q ?? qualityNumbers.good);
  const reason = typeof r === "string" && isErrorCode(r) ? r : undefined;
  const value = fieldValue(f ?? null, b ?? null, s ?? null, k ?? null);
  if (value === null || quality >= qualityNumbers.bad) {
    return { tag, at, quality: "bad", value: null, reason: reason ?? "UNKNOWN" };
  }
  const stamp = { tag, at, quality: quality === qualityNumbers.good ? "good" : "uncertain", value } as const;
  return reason === undefined ? stamp : { ...stamp, reason };
}

function fieldValue(f: Cell, b: Cell, s: Cell, k: Cell): TagValue | null {
  if (k === kindNumbers.number) return f;
  if (k === kindNumbers.boolean) return b;
  if (k === kindNumbers.string) return s;
  return s ?? b ?? f;
}

/** A bucket, or the part of it that one answer knows. */
export interface BucketPart {
  readonly bucket: HistoryBucket;
  /** How many of its `n` samples are numbers: the weight of the mean. */
  readonly numbers: number;
}

/** The bucket that starts at `t`, or a part of it, from all its samples in ascending order. */
export function partOfSamples(t: EpochMs, samples: readonly Sample[]): BucketPart {
  const counted = samples.flatMap(({ value }) => (value === null ? [] : [value]));
  const numbers = counted.flatMap((value) => (typeof value === "string" ? [] : [Number(value)]));
  const n = counted.length;
  const bad = samples.length - n;
  const [first] = numbers;
  const last = numbers.at(-1);
  if (first === undefined || last === undefined) {
    return { bucket: { t, n, bad, min: null, max: null, mean: null, first: null, last: null }, numbers: 0 };
  }
  const sum = numbers.reduce((total, v) => total + v, 0);
  const min = numbers.reduce((least, v) => Math.min(least, v));
  const max = numbers.reduce((most, v) => Math.max(most, v));
  const mean = sum / numbers.length;
  return { bucket: { t, n, bad, min, max, mean, first, last }, numbers: numbers.length };
}
