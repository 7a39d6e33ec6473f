import type { TagId } from "#shared/model/sample.ts";
import type { Points } from "./points.ts";

/** What the reader's thread is asked; instants and widths in ms. */
export type ReaderRequest =
  | { readonly kind: "tags" }
  | {
      readonly kind: "range";
      readonly tag: TagId;
      readonly from: number;
      readonly to: number;
      readonly limit: number;
    }
  | {
      readonly kind: "buckets";
      readonly tags: readonly TagId[];
      readonly from: number;
      readonly to: number;
      readonly width: number;
    }
  | { readonly kind: "last"; readonly tags: readonly TagId[]; readonly before: number }
  | { readonly kind: "count"; readonly tag: TagId; readonly from: number; readonly to: number };

/** Answer to `range`. */
export interface RangeAnswer {
  /** Ascending. */
  readonly points: Points;
  readonly more: boolean;
  /** Retention has left only the first and last samples and roll-ups of a part of the range. */
  readonly thinned: boolean;
}
