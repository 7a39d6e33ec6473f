import type { EquipmentView } from "#shared/model/live.ts";
import type { TagInfo } from "#shared/model/tag.ts";

/** What an equipment's block shows: its key tags, then others that have a scale, for a bare number says little. */
export function blockTags({ tags, stateTag }: EquipmentView, most: number): readonly TagInfo[] {
  const numeric = tags.filter(({ tag, type }) => tag !== stateTag && (type === "float" || type === "int"));
  const others = numeric.filter((info) => !info.key && (info.range !== undefined || info.normal !== undefined));
  const chosen = [...numeric.filter(({ key }) => key), ...others].slice(0, most);
  return chosen.length > 0 ? chosen : numeric.slice(0, most);
}
