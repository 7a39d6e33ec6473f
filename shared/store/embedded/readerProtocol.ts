import type { TagId } from "#shared/model/sample.ts";

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
