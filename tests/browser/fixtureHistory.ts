import type { HistoryAnswer, HistoryBucket, TagStatistics } from "#shared/model/live.ts";
import type { TagId } from "#shared/model/sample.ts";
import { instant } from "#shared/model/time.ts";
import { fixtureTags, valueAt } from "./fixturePlant.ts";

const periodMs = 1_000;

/** History of one tag by the same function of time as its live value: raw where it fits the pixels, else buckets. */
export function fixtureHistory(
  query: URLSearchParams,
  hole: { fromAgoMs: number; toAgoMs: number } | null,
  now: number,
): HistoryAnswer {
  const tag = (query.get("tag") ?? "") as TagId;
  const from = Number(query.get("from"));
  const to = Number(query.get("to"));
  const pixels = Number(query.get("pixels"));
  const info = fixtureTags.find((each) => each.tag === tag);
  const holeFrom = hole ? now - hole.fromAgoMs : Number.POSITIVE_INFINITY;
  const holeTo = hole ? now - hole.toAgoMs : Number.POSITIVE_INFINITY;
  const exists = (at: number): boolean => at <= now && (at < holeFrom || at >= holeTo);
  const common = {
    tag,
    unit: info?.unit ?? "1",
    from: instant(from),
    to: instant(to),
    gaps: hole ? [{ from: instant(holeFrom), to: instant(holeTo), cause: "gateway_lost" }] : [],
  };
  const value = (at: number) => (info ? valueAt(info, at) : 0);
  if ((to - from) / periodMs <= Math.max(pixels, 400) * 2) {
    const t: number[] = [];
    for (let at = Math.ceil(from / periodMs) * periodMs; at < to; at += periodMs) if (exists(at)) t.push(at);
    return { ...common, kind: "raw", t, v: t.map(value), q: t.map(() => 0) };
  }
  const widthMs = Math.ceil((to - from) / pixels / periodMs) * periodMs;
  const buckets: HistoryBucket[] = [];
  for (let at = from; at < to; at += widthMs) {
    if (!exists(at) || !exists(Math.min(at + widthMs, now))) continue;
    const values = Array.from({ length: 12 }, (_, k) => Number(value(at + (k / 12) * widthMs)));
    const mean = values.reduce((sum, each) => sum + each, 0) / values.length;
    const [first = null, last = null] = [values[0], values.at(-1)];
    const min = Math.min(...values) - Math.abs(mean) * 0.01;
    const max = Math.max(...values) + Math.abs(mean) * 0.01;
    buckets.push({ t: instant(at), n: widthMs / periodMs, bad: 0, min, max, mean, first, last });
  }
  return { ...common, kind: "buckets", widthMs, buckets };
}

/** Figures between two cursors, the same for every tag. */
export function fixtureStatistics(query: URLSearchParams): TagStatistics {
  const [from, to] = [Number(query.get("from")), Number(query.get("to"))];
  const figures = { min: 71.25, max: 93.5, mean: 82.345, deviation: 5.4321, first: 80, last: 91.5 };
  const known = { samples: 600, knownMs: (to - from) * 0.9, uncertainMs: 0, thinned: false };
  return { tag: (query.get("tag") ?? "") as TagId, from: instant(from), to: instant(to), ...figures, ...known };
}
