import type { TagId } from "#shared/model/sample.ts";
import { kindNumbers, measurement, qualityNumbers } from "./lineProtocol.ts";

const literal = (text: string): string => `'${text.replaceAll(/[\\']/g, "\\$&")}'`;
const oneOf = (tags: readonly TagId[]): string => `(${tags.map((tag) => `id = ${literal(tag)}`).join(" OR ")})`;
const source = `FROM "${measurement}"`;
const timesIn = (from: number, to: number): string => `time >= ${Math.ceil(from)}ms AND time < ${Math.ceil(to)}ms`;
const fields = "f, b, s, q, r, k";

export const rangeQuery = (tag: TagId, from: number, to: number, limit: number): string =>
  `SELECT ${fields} ${source} WHERE ${oneOf([tag])} AND ${timesIn(from, to)} ORDER BY time LIMIT ${limit}`;

export const lastQuery = (tags: readonly TagId[], before: number): string =>
  `SELECT ${fields} ${source} WHERE ${oneOf(tags)} AND time < ${Math.ceil(before)}ms GROUP BY id ORDER BY time DESC LIMIT 1`;

/**
 * Buckets in four statements. The first counts every stored field, left-over ones of corrected points included; the
 * others count bad points, and the left-overs, by which a bucket is known that must be computed from its samples.
 */
export function bucketQueries(tags: readonly TagId[], from: number, to: number, width: number): string[] {
  const where = `${source} WHERE ${oneOf(tags)} AND ${timesIn(from, to)}`;
  const group = `GROUP BY time(${width}ms, ${from % width}ms), id fill(none)`;
  const { number, boolean, string } = kindNumbers;
  return [
    `SELECT count(f) AS nf, min(f) AS low, max(f) AS high, mean(f) AS average, first(f) AS opening, last(f) AS closing, count(s) AS ns ${where} ${group}`,
    `SELECT count(q) AS bad, count(f) AS leftf, count(s) AS lefts ${where} AND q >= ${qualityNumbers.bad} ${group}`,
    `SELECT count(s) AS lefts ${where} AND (k = ${number} OR k = ${boolean}) ${group}`,
    `SELECT count(f) AS leftf ${where} AND k = ${string} ${group}`,
  ];
}
