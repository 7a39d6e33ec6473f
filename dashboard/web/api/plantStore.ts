import { type ShallowRef, shallowRef } from "vue";
import type { EquipmentView, LineView, PlantView } from "#shared/model/live.ts";
import { parseTagId, type TagId } from "#shared/model/sample.ts";
import type { TagInfo } from "#shared/model/tag.ts";
import type { Api } from "./api.ts";

/** A tag with the place where it stands. */
export interface PlacedTag {
  readonly info: TagInfo;
  readonly line: LineView;
  readonly equipment: EquipmentView;
}

/** The plant as the pages know it, loaded once per session. */
export interface PlantStore {
  readonly plant: ShallowRef<PlantView | null>;
  load(): Promise<PlantView>;
  forget(): void;
  /** A line of the plant. */
  line(id: string): LineView | undefined;
  /** A tag of the plant, or of Pilotline itself. */
  tag(tag: TagId): PlacedTag | undefined;
}

export function createPlantStore(api: Api, loaded: (plant: PlantView) => void): PlantStore {
  const plant = shallowRef<PlantView | null>(null);
  const line = (id: string): LineView | undefined => plant.value?.lines.find((each) => each.id === id);
  const ownLine = (id: string) => (plant.value?.system.id === id ? plant.value.system : undefined);
  return {
    plant,
    load: async () => {
      const found = plant.value ?? (await api.plant());
      if (plant.value === null) loaded(found);
      plant.value = found;
      return found;
    },
    forget: () => {
      plant.value = null;
    },
    line,
    tag: (tag) => {
      const path = parseTagId(tag);
      const at = path && (line(path.line) ?? ownLine(path.line));
      const equipment = at?.equipment.find(({ id }) => id === path?.equipment);
      const info = equipment?.tags.find((each) => each.tag === tag);
      return at && equipment && info ? { info, line: at, equipment } : undefined;
    },
  };
}
