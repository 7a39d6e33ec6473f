import type { EquipmentView, LineView, PlantView } from "#shared/model/live.ts";
import { type TagId, tagId } from "#shared/model/sample.ts";
import { calibrationsOf, limitsIn, powerTagsOf } from "./equipmentView.ts";
import { flowsOf } from "./flows.ts";
import type { Plant } from "./plant.ts";
import type { EquipmentConfig, LineConfig } from "./schema.ts";
import { infoOf } from "./select.ts";
import { systemLine } from "./systemLine.ts";

/** What pages know of the plant: no addresses, no connections. */
export function plantView(plant: Plant): PlantView {
  const { id: platform } = plant.platform;
  const lineView = (line: LineConfig): LineView => {
    const flows = flowsOf(line.equipment);
    const viewOf = (equipment: EquipmentConfig): EquipmentView => {
      const id = (tag: string): TagId => tagId({ platform, line: line.id, equipment: equipment.id, tag });
      const limits = limitsIn(platform, line, equipment.id);
      return {
        id: equipment.id,
        name: equipment.name,
        kind: equipment.kind,
        stateTag: equipment.state ? id(equipment.state.tag) : null,
        isShared: equipment.shared === true,
        flowsTo: flows.get(equipment.id) ?? [],
        tags: equipment.tags.map((config) => infoOf(id(config.id), config)),
        calibrations: calibrationsOf(plant, equipment, id),
        ...(limits.length > 0 ? { limits } : {}),
      };
    };
    return {
      id: line.id,
      name: line.name,
      equipment: line.equipment.map(viewOf),
      powerTags: powerTagsOf(platform, line),
      hasDrawing: line.drawing !== undefined,
    };
  };
  return {
    platform: plant.platform,
    shelving: plant.shelving,
    lines: plant.lines.map(lineView),
    system: lineView(systemLine(plant)),
  };
}
