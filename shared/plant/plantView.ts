import type { AlarmLimit, EquipmentView, LineView, PlantView } from "#shared/model/live.ts";
import { tagId } from "#shared/model/sample.ts";
import { type LimitSide, limitsOf } from "./alarmRules/limitLines.ts";
import type { Plant } from "./plant.ts";
import type { LineConfig } from "./schema.ts";
import { infoOf } from "./select.ts";
import { systemLine } from "./systemLine.ts";

/** What pages know of the plant: no addresses, no connections. */
export function plantView(plant: Plant): PlantView {
  const { id: platform } = plant.platform;
  const limitsIn = (line: LineConfig, equipment: string): AlarmLimit[] =>
    line.alarms.flatMap((rule) => {
      const [place = "", tag = ""] = rule.tag.split("/");
      if (place !== equipment) return [];
      const about = {
        alarm: `${platform}/${line.id}/${rule.id}`,
        name: rule.name,
        tag: tagId({ platform, line: line.id, equipment, tag }),
        priority: rule.priority,
      };
      return limitsOf(rule).map(([side, limit]: LimitSide): AlarmLimit => ({ ...about, side, limit }));
    });
  const lineView = (line: LineConfig): LineView => ({
    id: line.id,
    name: line.name,
    equipment: line.equipment.map((equipment): EquipmentView => {
      const id = (tag: string) => tagId({ platform, line: line.id, equipment: equipment.id, tag });
      const limits = limitsIn(line, equipment.id);
      return {
        id: equipment.id,
        name: equipment.name,
        kind: equipment.kind,
        stateTag: equipment.state ? id(equipment.state.tag) : null,
        tags: equipment.tags.map((config) => infoOf(id(config.id), config)),
        ...(limits.length > 0 ? { limits } : {}),
      };
    }),
  });
  return {
    platform: plant.platform,
    shelving: plant.shelving,
    lines: plant.lines.map(lineView),
    system: lineView(systemLine(plant)),
  };
}
