import { computed } from "vue";
import type { LineView } from "#shared/model/live.ts";
import { elapsed, instant } from "#shared/model/time.ts";
import { useServices } from "../../services.ts";

/** How new the data of a line are. */
export interface LineData {
  readonly words: string;
  readonly isStale: boolean;
}

/** Nothing counts as stale earlier than this, whatever the tags say. */
const leastMs = 10_000;

/** Tells of any line how new its data are, in words that grow older by the second. */
export function useLineData(): (line: LineView) => LineData {
  const { live, text } = useServices();
  const words = computed(() => text.messages.value.overview);
  const current = computed(() => live.status.value.kind === "live");
  return (line) => {
    const keyTags = line.equipment.flatMap(({ tags }) => tags.filter(({ key }) => key));
    // Before the first heartbeat the line's own values tell how new its data are.
    const seen = keyTags.map(({ tag }) => live.cells.cell(tag).value.at).filter((at) => at !== null);
    const at = live.newest.value[line.id] ?? (seen.length > 0 ? instant(Math.max(...seen)) : null);
    if (at === null && !live.ready.value) return { words: "", isStale: false };
    if (at === null) return { words: words.value.noData, isStale: true };
    const ageMs = elapsed(at, live.now.value);
    const isStale = !current.value || ageMs > Math.max(...keyTags.map(({ staleAfterMs }) => staleAfterMs), leastMs);
    const age = text.formats.value.age(ageMs);
    return { words: isStale ? words.value.stale(age) : words.value.dataAge(age), isStale };
  };
}
