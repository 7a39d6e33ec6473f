import { type ComputedRef, computed } from "vue";
import { unitSymbol } from "#shared/model/units.ts";
import { indicatorKey } from "../live/liveState.ts";
import { useServices } from "../services.ts";

/** An indicator as it is shown: never a figure without its coverage. */
export interface FigureShown {
  readonly text: string;
  readonly unit: string;
  readonly coverage: string;
  readonly status: "ok" | "low_coverage" | "insufficient" | "none";
}

/** Digits behind the point by size, so that 3.2 kW·h and 1,204 kW·h both read well. */
const digitsFor = (value: number): number => (Math.abs(value) < 100 ? 1 : 0);

/** The running day's figure of `indicator` in `scope`. A share (unit 1) is shown in percent. */
export function useFigure(indicator: () => string, scope: () => string): ComputedRef<FigureShown> {
  const { live, text } = useServices();
  return computed(() => {
    const found = live.indicators.value.get(indicatorKey(indicator(), scope()));
    const words = text.messages.value;
    if (!found) return { text: words.overview.noFigure, unit: "", coverage: "", status: "none" };
    const coverage = words.overview.coverage(text.formats.value.percent(found.coverage));
    if (found.value === null) return { text: words.overview.noFigure, unit: "", coverage, status: found.status };
    if (found.unit === "1") {
      return { text: text.formats.value.number(found.value * 100, 1), unit: "%", coverage, status: found.status };
    }
    const shown = text.formats.value.number(found.value, digitsFor(found.value));
    return { text: shown, unit: unitSymbol(found.unit, text.locale.value), coverage, status: found.status };
  });
}
