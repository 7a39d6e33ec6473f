import type { LiveFrame } from "#shared/model/live.ts";
import type { TagId } from "#shared/model/sample.ts";
import { type Cell, cellOf } from "./cell.ts";

/** Gets every newest value that a frame carries, also while the page is hidden. */
export type SampleListener = (tag: TagId, cell: Cell) => void;

/** Tells listeners of each value once: a frame repeats the whole state of its view. */
export class Tail {
  #newest = new Map<TagId, number>();
  #listeners = new Set<SampleListener>();

  listen(listener: SampleListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  apply(tags: readonly TagId[], frame: LiveFrame): void {
    if (this.#listeners.size === 0) return;
    frame.i.forEach((index, k) => {
      const tag = tags[index];
      if (tag === undefined) return;
      const cell = cellOf(frame, k);
      if (cell.at === null || cell.at <= (this.#newest.get(tag) ?? Number.NEGATIVE_INFINITY)) return;
      this.#newest.set(tag, cell.at);
      for (const listener of this.#listeners) listener(tag, cell);
    });
  }
}
