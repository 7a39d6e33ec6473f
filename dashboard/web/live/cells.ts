import { type ShallowRef, shallowRef } from "vue";
import type { LiveFrame } from "#shared/model/live.ts";
import type { TagId } from "#shared/model/sample.ts";
import { type Cell, cellOf, emptyCell, sameCell } from "./cell.ts";

/** The newest value of each tag, one shallow reference each: a frame touches only what changed. */
export interface Cells {
  cell(tag: TagId): ShallowRef<Cell>;
  apply(tags: readonly TagId[], frame: LiveFrame): void;
}

export function createCells(): Cells {
  const cells = new Map<TagId, ShallowRef<Cell>>();
  const cell = (tag: TagId): ShallowRef<Cell> => {
    const known = cells.get(tag);
    if (known) return known;
    const made = shallowRef(emptyCell);
    cells.set(tag, made);
    return made;
  };
  return {
    cell,
    apply: (tags, frame) => {
      frame.i.forEach((index, k) => {
        const tag = tags[index];
        if (tag === undefined) return;
        const ref = cell(tag);
        const next = cellOf(frame, k);
        if (!sameCell(ref.value, next)) ref.value = next;
      });
    },
  };
}
