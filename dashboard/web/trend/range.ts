import type { Region } from "./series.ts";

/** What a trend shows: the newest `spanMs`, moving with time, or a fixed window. */
export type TrendRange =
  | { readonly kind: "live"; readonly spanMs: number }
  | { readonly kind: "fixed"; readonly from: number; readonly to: number };

const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;
export const shortestMs = 5 * second;
export const longestMs = 400 * day;

export const quickSpans = {
  m5: 5 * minute,
  m30: 30 * minute,
  h1: hour,
  h8: 8 * hour,
  h24: day,
  d7: 7 * day,
  d30: 30 * day,
} as const;

export const defaultRange: TrendRange = { kind: "live", spanMs: quickSpans.m30 };

const between = (low: number, value: number, high: number): number => Math.min(high, Math.max(low, value));

export const windowOf = (range: TrendRange, now: number): Region =>
  range.kind === "live" ? { from: now - range.spanMs, to: now } : { from: range.from, to: range.to };

/** Moved by a share of its width, never beyond now. Panning stops following. */
export function pan(range: TrendRange, share: number, now: number): TrendRange {
  const { from, to } = windowOf(range, now);
  const by = Math.min((to - from) * share, Math.max(0, now - to));
  return { kind: "fixed", from: from + by, to: to + by };
}

/** `factor` below 1 comes closer. A live range stays live: its newest edge stays where it is. */
export function zoom(range: TrendRange, factor: number, now: number, centre = 0.5): TrendRange {
  const { from, to } = windowOf(range, now);
  const spanMs = between(shortestMs, (to - from) * factor, longestMs);
  if (range.kind === "live") return { kind: "live", spanMs };
  const around = from + (to - from) * centre;
  const newTo = Math.min(around + spanMs * (1 - centre), Math.max(now, to));
  return { kind: "fixed", from: newTo - spanMs, to: newTo };
}

/** The window that somebody marked, in whichever direction. */
export function select(from: number, to: number): TrendRange {
  const [low, high] = from < to ? [from, to] : [to, from];
  const missing = Math.max(0, shortestMs - (high - low)) / 2;
  return { kind: "fixed", from: Math.round(low - missing), to: Math.round(high + missing) };
}

const units: Readonly<Record<string, number>> = { s: second, m: minute, h: hour, d: day };

/** `90s`, `30m`, `8h`, `1d`; undefined for anything else. */
export function parseSpan(text: string): number | undefined {
  const match = /^(\d{1,6})([smhd])$/.exec(text);
  const spanMs = Number(match?.[1]) * (units[match?.[2] ?? ""] ?? Number.NaN);
  return spanMs >= shortestMs && spanMs <= longestMs ? spanMs : undefined;
}

export function formatSpan(spanMs: number): string {
  for (const [letter, size] of [
    ["d", day],
    ["h", hour],
    ["m", minute],
  ] as const) {
    if (spanMs % size === 0) return `${spanMs / size}${letter}`;
  }
  return `${Math.round(spanMs / second)}s`;
}

/** An instant of a link: ISO 8601 with its offset, ms UTC, or `now-30m`. */
export function parseInstant(text: string, now: number): number | undefined {
  if (text === "now") return now;
  const ago = /^now-(.+)$/.exec(text)?.[1];
  if (ago !== undefined) {
    const spanMs = parseSpan(ago);
    return spanMs === undefined ? undefined : now - spanMs;
  }
  const at = /^\d{12,14}$/.test(text) ? Number(text) : Date.parse(text);
  return Number.isFinite(at) ? at : undefined;
}

/** The range that a link asks for; the default one where it asks for none that makes sense. */
export function parseRange(query: { from?: string; to?: string; live?: string }, now: number): TrendRange {
  const from = parseInstant(query.from ?? "", now);
  const to = parseInstant(query.to ?? "now", now);
  if (query.live === undefined && from !== undefined && to !== undefined && to - from <= longestMs && to > from) {
    return select(from, to);
  }
  const spanMs = parseSpan(query.live ?? "");
  return spanMs === undefined ? defaultRange : { kind: "live", spanMs };
}

export function formatRange(range: TrendRange): Record<string, string> {
  if (range.kind === "live") return { live: formatSpan(range.spanMs) };
  return { from: new Date(range.from).toISOString(), to: new Date(range.to).toISOString() };
}
