import type { PlantView, ViewName } from "#shared/model/live.ts";
import type { TagId } from "#shared/model/sample.ts";

/** What a page subscribes to: a fixed list of tags and equipment. */
export interface View {
  readonly name: ViewName;
  readonly tags: readonly TagId[];
  /** `<platform>/<line>/<equipment>` */
  readonly equipment: readonly string[];
  readonly lines: readonly string[];
}

/** The overview (key tags and power of all lines) and one view per line (all of its tags), by name. */
export function viewsOf(plant: PlantView): ReadonlyMap<string, View> {
  const equipmentIn = (lines: PlantView["lines"]): string[] =>
    lines.flatMap((line) => line.equipment.map(({ id }) => `${plant.platform.id}/${line.id}/${id}`));
  const tagsIn = (lines: PlantView["lines"]) => lines.flatMap((line) => line.equipment.flatMap(({ tags }) => tags));

  const overview: View = {
    name: "overview",
    tags: plant.lines.flatMap((line) =>
      tagsIn([line]).flatMap(({ tag, key }) => (key || line.powerTags.includes(tag) ? [tag] : [])),
    ),
    equipment: equipmentIn(plant.lines),
    lines: plant.lines.map(({ id }) => id),
  };
  const perLine = plant.lines.map(
    (line): View => ({
      name: `line:${line.id}`,
      tags: tagsIn([line]).map(({ tag }) => tag),
      equipment: equipmentIn([line]),
      lines: [line.id],
    }),
  );
  return new Map([overview, ...perLine].map((view) => [view.name, view]));
}
