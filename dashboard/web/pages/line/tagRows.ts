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

/** Last part of a tag id: what engineers call it. */
export const shortTag = (info: TagInfo): string => info.tag.split("/").slice(-1)[0] ?? info.tag;
