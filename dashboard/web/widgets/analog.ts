import type { TagInfo } from "#shared/model/tag.ts";

/** Positions on an analog indicator as shares of its width, 0 to 1. */
export interface AnalogScale {
  readonly low: number;
  readonly high: number;
  /** The normal band, null where none is configured. */
  readonly band: readonly [from: number, to: number] | null;
}

const within = (share: number): number => Math.min(1, Math.max(0, share));

/**
 * The scale of a tag's indicator: its measuring range, or the normal band with as much room on each side. Undefined
 * where neither is known: a bar with an invented scale would lie.
 */
export function analogScale({ range, normal }: Pick<TagInfo, "range" | "normal">): AnalogScale | undefined {
  const width = normal ? normal[1] - normal[0] : 0;
  const [low, high] = range ?? (normal && width > 0 ? [normal[0] - width, normal[1] + width] : [0, 0]);
  if (!(high > low)) return undefined;
  const band =
    normal && ([within((normal[0] - low) / (high - low)), within((normal[1] - low) / (high - low))] as const);
  return { low, high, band: band ?? null };
}

/** Where the pointer stands; `beyond` tells a value off the scale, whose pointer rests at the end. */
export function pointerAt(scale: AnalogScale, value: number): { share: number; beyond: boolean } {
  const share = (value - scale.low) / (scale.high - scale.low);
  return { share: within(share), beyond: share < 0 || share > 1 };
}
