import type { AlarmLimit, CalibrationView } from "#shared/model/live.ts";
import { endOfDay } from "#shared/model/localDay.ts";
import { type TagId, tagId } from "#shared/model/sample.ts";
import { quantityKind } from "#shared/model/units.ts";
import { type LimitSide, limitsOf } from "./alarmRules/limitLines.ts";
import type { Plant } from "./plant.ts";
import type { EquipmentConfig, LineConfig } from "./schema.ts";

/** Limits that the line's alarm rules hold tags of an equipment against. */
export const limitsIn = (platform: string, line: LineConfig, equipment: string): AlarmLimit[] =>
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

/** A tag's own calibration, else its device's. */
export const calibrationsOf = (
  { devices, platform }: Plant,
  equipment: EquipmentConfig,
  idOf: (tag: string) => TagId,
): readonly CalibrationView[] =>
  equipment.tags.flatMap(({ id, device, calibration }) => {
    const { due, certificate = null } = calibration ?? devices.find((each) => each.id === device)?.calibration ?? {};
    if (due === undefined) return [];
    return [{ tag: idOf(id), due, until: endOfDay(due, platform.timeZone), certificate }];
  });

/** Tags whose sum is the power of the line: of a meter of the whole line, which has the parts in it, else of the parts. */
export function powerTagsOf(platform: string, line: LineConfig): readonly TagId[] {
  const of = (all: readonly EquipmentConfig[]): readonly TagId[] =>
    all.flatMap(({ id: equipment, tags }) =>
      tags
        .filter(({ meaning, unit }) => meaning === "power" && quantityKind(unit) === "power")
        .map(({ id: tag }) => tagId({ platform, line: line.id, equipment, tag })),
    );
  const whole = of(
    line.equipment.filter(({ meters = [] }) =>
      meters.some(({ measures, carrier }) => measures === "line" && carrier === "electricity"),
    ),
  );
  return whole.length > 0 ? whole : of(line.equipment);
}
