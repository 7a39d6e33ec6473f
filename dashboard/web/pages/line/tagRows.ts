import type { EquipmentView, LineView } from "#shared/model/live.ts";
import type { TagInfo } from "#shared/model/tag.ts";

/** The tags of one equipment that a search leaves. */
export interface TagGroup {
  readonly equipment: EquipmentView;
  readonly tags: readonly TagInfo[];
}

/**
 * Tags by equipment, in process order. A search finds parts of either language's name, of the equipment's name and
 * of the tag id; `wanted` keeps what else the page asks for.
 */
export function groupTags(line: LineView, search: string, wanted: (info: TagInfo) => boolean): readonly TagGroup[] {
  const needle = search.trim().toLowerCase();
  const matches = (equipment: EquipmentView, info: TagInfo): boolean =>
    needle === "" ||
    [info.name.zh, info.name.en, equipment.name.zh, equipment.name.en, info.tag].some((text) =>
      text?.toLowerCase().includes(needle),
    );
  return line.equipment
    .map((equipment) => ({
      equipment,
      tags: equipment.tags.filter((info) => matches(equipment, info) && wanted(info)),
    }))
    .filter(({ tags }) => tags.length > 0);
}

/** What an equipment's block shows: its key tags, then others that have a scale, for a bare number says little. */
export function blockTags({ tags, stateTag }: EquipmentView, most: number): readonly TagInfo[] {
  const numeric = tags.filter(({ tag, type }) => tag !== stateTag && (type === "float" || type === "int"));
  const others = numeric.filter((info) => !info.key && (info.range !== undefined || info.normal !== undefined));
  const chosen = [...numeric.filter(({ key }) => key), ...others].slice(0, most);
  return chosen.length > 0 ? chosen : numeric.slice(0, most);
}

/** Last part of a tag id: what engineers call it. */
export const shortTag = (info: TagInfo): string => info.tag.split("/").slice(-1)[0] ?? info.tag;
