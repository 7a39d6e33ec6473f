import { type ComputedRef, computed } from "vue";
import { errorCodes } from "#shared/model/errors.ts";
import type { TagInfo } from "#shared/model/tag.ts";
import { elapsed } from "#shared/model/time.ts";
import { unitSymbol } from "#shared/model/units.ts";
import { type Cell, isAbnormal, outsideNormal, type ValueState, valueState } from "../live/cell.ts";
import { useServices } from "../services.ts";

/** One tag as it is shown now: never a value without its state and age. */
export interface TagShown {
  readonly cell: Cell;
  readonly state: ValueState;
  /** The value in fixed digits; a dash where there is none. */
  readonly text: string;
  readonly unit: string;
  /** Words of the state, empty for good. */
  readonly note: string;
  /** How old the newest sample is; empty for never. */
  readonly age: string;
  readonly outside: "high" | "low" | null;
  readonly abnormal: boolean;
}

export function useTag(info: () => TagInfo): ComputedRef<TagShown> {
  const { live, text } = useServices();
  const unit = computed(() => unitSymbol(info().unit, text.locale.value));
  return computed(() => {
    const { staleAfterMs, tag, decimals, normal } = info();
    const messages = text.messages.value;
    const formats = text.formats.value;
    const cell = live.cells.cell(tag).value;
    const state = valueState(cell, staleAfterMs, live.now.value, live.status.value.kind === "live");
    const age = cell.at === null ? "" : formats.age(elapsed(cell.at, live.now.value));
    const outside = outsideNormal(cell.value, normal);
    const notes: Record<ValueState, () => string> = {
      good: () => "",
      uncertain: () => (cell.reason ? messages.value.uncertainBecause(reasonText()) : messages.value.uncertain),
      stale: () => messages.value.stale(age),
      bad: () => messages.value.bad(reasonText()),
      never: () => messages.value.never,
      offline: () => messages.value.offline,
    };
    const reasonText = (): string => {
      const known = errorCodes[cell.reason ?? "UNKNOWN"];
      return text.locale.value === "en" ? known.en : known.zh;
    };
    return {
      cell,
      state,
      text: cell.value === null ? "–" : formats.value(cell.value, decimals),
      unit: unit.value,
      note: notes[state](),
      age,
      outside,
      abnormal: isAbnormal(state) || outside !== null,
    };
  });
}
