import type { TagId } from "#shared/model/sample.ts";
import { kindNumbers, latestMs, measurement, qualityNumbers } from "./lineProtocol.ts";

const literal = (text: string): string => `'${text.replaceAll(/[\\']/g, "\\$&")}'`;
const oneOf = (tags: readonly TagId[]): string => `(${tags.map((tag) => `id = ${literal(tag)}`).join(" OR ")})`;
const source = `FROM "${measurement}"`;
/** As text, which every version reads alike. */
const moment = (ms: number): string => `'${new Date(Math.ceil(ms)).toISOString()}'`;
const timesIn = (from: number, to: number): string => `time >= ${moment(from)} AND time < ${moment(to)}`;
const fields = "f, b, s, q, r, k";

/** The part of [from, to) in which there can be points. */
export const within = (from: number, to: number): readonly [from: number, to: number] => [
  Math.min(Math.max(0, from), latestMs),
  Math.min(Math.max(0, to), latestMs),
];

export const tagsQuery = `SHOW TAG VALUES ${source} WITH KEY = "id"`;

export const rangeQuery = (tag: TagId, from: number, to: number, limit: number): string =>
  `SELECT ${fields} ${source} WHERE ${oneOf([tag])} AND ${timesIn(from, to)} ORDER BY time LIMIT ${limit}`;

export const lastQuery = (tags: readonly TagId[], from: number, before: number): string =>
  `SELECT ${fields} ${source} WHERE ${oneOf(tags)} AND ${timesIn(from, before)} GROUP BY id ORDER BY time DESC LIMIT 1`;

/**
 * Buckets `[origin + k * width, origin + (k + 1) * width)` of the points in [from, to), in four statements. The first
 * counts every stored field, left-over ones of corrected points included; the others count bad points, and the
 * left-overs, by which a bucket is known that must be computed from its samples.
 */
export function bucketQueries(
  tags: readonly TagId[],
  [from, to]: readonly [from: number, to: number],
  origin: number,
  width: number,
): string[] {
  const where = `${source} WHERE ${oneOf(tags)} AND ${timesIn(from, to)}`;
  const group = `GROUP BY time(${width}ms, ${origin % width}ms), id fill(none)`;
  const { number, boolean, string } = kindNumbers;
  return [
    `SELECT count(f) AS nf, min(f) AS low, max(f) AS high, mean(f) AS average, first(f) AS opening, last(f) AS closing, count(s) AS ns ${where} ${group}`,
    `SELECT count(q) AS bad, count(f) AS leftf, count(s) AS lefts ${where} AND q >= ${qualityNumbers.bad} ${group}`,
    `SELECT count(s) AS lefts ${where} AND (k = ${number} OR k = ${boolean}) ${group}`,
    `SELECT count(f) AS leftf ${where} AND k = ${string} ${group}`,
  ];
}
