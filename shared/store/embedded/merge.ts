import { noPoints, type Points, slicePoints } from "./points.ts";

/** Points in order of arrival as ascending points, the last of each time. */
export function sortPoints(points: Points): Points {
  const { n, at } = points;
  let ascending = true;
  for (let i = 1; i < n && ascending; i++) ascending = (at[i] as number) > (at[i - 1] as number);
  if (ascending) return points;
  const order = Uint32Array.from({ length: n }, (_, i) => i);
  order.sort((a, b) => (at[a] as number) - (at[b] as number) || a - b);
  let kept = 0;
  for (let i = 0; i < n; i++) {
    if (i + 1 < n && at[order[i] as number] === at[order[i + 1] as number]) continue;
    order[kept++] = order[i] as number;
  }
  return pick(points, order.subarray(0, kept));
}

/** Both ascending; where both have a time, `newer` wins. */
export function mergePoints(older: Points, newer: Points): Points {
  if (older.n === 0) return newer;
  if (newer.n === 0) return older;
  if ((older.at[older.n - 1] as number) < (newer.at[0] as number)) return joinPoints([older, newer]);
  const both = joinPoints([older, newer]);
  const order = new Uint32Array(both.n);
  let n = 0;
  let i = 0;
  let j = 0;
  while (i < older.n || j < newer.n) {
    const a = i < older.n ? (older.at[i] as number) : Number.POSITIVE_INFINITY;
    const b = j < newer.n ? (newer.at[j] as number) : Number.POSITIVE_INFINITY;
    if (b <= a) {
      if (a === b) i++;
      order[n++] = older.n + j++;
    } else {
      order[n++] = i++;
    }
  }
  return pick(both, order.subarray(0, n));
}

/** One after the other; the caller knows their order. */
export function joinPoints(parts: readonly Points[]): Points {
  const [first = noPoints, ...rest] = parts;
  if (rest.length === 0) return first;
  const n = parts.reduce((sum, part) => sum + part.n, 0);
  const at = new Float64Array(n);
  const value = new Float64Array(n);
  const status = new Uint8Array(n);
  const reason = new Uint8Array(n);
  const texts: string[] = [];
  let offset = 0;
  for (const part of parts) {
    at.set(part.at, offset);
    status.set(part.status, offset);
    reason.set(part.reason, offset);
    value.set(part.value, offset);
    if (part.texts.length > 0) {
      for (let i = 0; i < part.n; i++) {
        if (isText(part.status[i] as number)) value[offset + i] = (part.value[i] as number) + texts.length;
      }
      for (const text of part.texts) texts.push(text);
    }
    offset += part.n;
  }
  return { n, at, value, status, reason, texts };
}

const isText = (status: number): boolean => (status & 3) === 3;

function pick(points: Points, order: Uint32Array): Points {
  const n = order.length;
  const at = new Float64Array(n);
  const value = new Float64Array(n);
  const status = new Uint8Array(n);
  const reason = new Uint8Array(n);
  for (let i = 0; i < n; i++) {
    const from = order[i] as number;
    at[i] = points.at[from] as number;
    value[i] = points.value[from] as number;
    status[i] = points.status[from] as number;
    reason[i] = points.reason[from] as number;
  }
  return { n, at, value, status, reason, texts: points.texts };
}

/** Cuts ascending points at the boundaries of buckets of `width` ms. */
export function* cutByBucket(points: Points, width: number): Generator<readonly [bucket: number, points: Points]> {
  let start = 0;
  while (start < points.n) {
    const bucket = Math.floor((points.at[start] as number) / width);
    let end = start + 1;
    while (end < points.n && (points.at[end] as number) < (bucket + 1) * width) end++;
    yield [bucket, slicePoints(points, start, end)];
    start = end;
  }
}
