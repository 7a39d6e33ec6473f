import type { ErrorCode } from "#shared/model/errors.ts";
import type { LiveFrame } from "#shared/model/live.ts";
import type { Quality, TagValue } from "#shared/model/sample.ts";
import type { TagInfo } from "#shared/model/tag.ts";
import { type EpochMs, instant } from "#shared/model/time.ts";

/** The newest value of a tag as the page holds it; replaced, never mutated. */
export interface Cell {
  /** The last good value where quality is bad. */
  readonly value: TagValue | null;
  readonly quality: Quality;
  readonly reason: ErrorCode | null;
  /** Source time, null while nothing was ever received. */
  readonly at: EpochMs | null;
}

export const emptyCell: Cell = { value: null, quality: "bad", reason: null, at: null };

/** Quality by its code in frames and history answers. */
export const qualityByCode = ["good", "uncertain", "bad"] as const satisfies readonly Quality[];

/** Column `k` of a frame as a cell; an unknown quality code is bad. */
export function cellOf(frame: LiveFrame, k: number): Cell {
  const at = frame.t[k];
  return {
    value: frame.v[k] ?? null,
    quality: qualityByCode[frame.q[k] ?? 2] ?? "bad",
    reason: frame.r[k] ?? null,
    at: at === null || at === undefined ? null : instant(at),
  };
}

export const sameCell = (a: Cell, b: Cell): boolean =>
  a.at === b.at && a.value === b.value && a.quality === b.quality && a.reason === b.reason;

/** How a value is shown; each state has its own mark and words, none is told by colour alone. */
export const valueStates = ["good", "uncertain", "stale", "bad", "never", "offline"] as const;
export type ValueState = (typeof valueStates)[number];

/**
 * The state of a value at `now` (server time). `current` is false while the page hears nothing from the server:
 * whatever was good then is only the last that was known.
 */
export function valueState(cell: Cell, staleAfterMs: number, now: EpochMs, current: boolean): ValueState {
  if (cell.at === null) return "never";
  if (!current) return "offline";
  if (cell.quality === "bad") return cell.reason === "STALE" ? "stale" : "bad";
  if (now - cell.at > staleAfterMs) return "stale";
  return cell.quality;
}

export const isAbnormal = (state: ValueState): boolean => state !== "good";

/** Above or below the normal band; false where there is no band or no number. */
export function outsideNormal(value: TagValue | null, normal: TagInfo["normal"]): "high" | "low" | null {
  if (typeof value !== "number" || !normal) return null;
  if (value > normal[1]) return "high";
  return value < normal[0] ? "low" : null;
}
