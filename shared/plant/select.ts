import { endOfDay } from "#shared/model/localDay.ts";
import { type TagId, tagId } from "#shared/model/sample.ts";
import type { TagInfo } from "#shared/model/tag.ts";
import { inputsOf } from "./alarmRules/registry.ts";
import type { Address, Device, Plant, PlantAlarm, PlantTag } from "./plant.ts";
import type { EquipmentConfig, LineConfig, TagConfig } from "./schema.ts";
import { staleAfterMsOf } from "./staleness.ts";

const isNumeric = (config: TagConfig): boolean => config.type === "float" || config.type === "int";

/** What is known of a tag besides its values. */
export function infoOf(id: TagId, config: TagConfig): TagInfo {
  const staleAfterMs = staleAfterMsOf(config);
  return {
    tag: id,
    name: config.name,
    type: config.type,
    unit: isNumeric(config) ? config.unit : "",
    meaning: config.meaning,
    ...(config.range ? { range: bandOf(config.range) } : {}),
    ...(config.normal ? { normal: bandOf(config.normal) } : {}),
    decimals: config.decimals,
    staleAfterMs,
    gapAfterMs: config.gapAfterMs ?? staleAfterMs,
    key: config.key,
  };
}

/** The schema lets exactly two numbers through. */
const bandOf = ([low, high]: readonly number[]): readonly [number, number] => [low as number, high as number];

const idOf = (plant: Plant, line: LineConfig, equipment: EquipmentConfig, tag: string): TagId =>
  tagId({ platform: plant.platform.id, line: line.id, equipment: equipment.id, tag });

/** Every tag of the plant, in the file's order. */
export function plantTags(plant: Plant): readonly PlantTag[] {
  const devices = new Map(plant.devices.map((device) => [device.id, device]));
  return plant.lines.flatMap((line) =>
    line.equipment.flatMap((equipment) =>
      equipment.tags.map((config): PlantTag => {
        const id = idOf(plant, line, equipment, config.id);
        // The loader lets no plant through with an unknown device, or with an address of another protocol.
        const device = devices.get(config.device) as Device;
        const address = config.address as unknown as Address;
        const due = (config.calibration ?? device.calibration)?.due;
        const calibration = due === undefined ? {} : { calibratedUntil: endOfDay(due, plant.platform.timeZone) };
        return { id, line, equipment, config, device, address, info: infoOf(id, config), ...calibration };
      }),
    ),
  );
}

export const tagsOfDevice = (plant: Plant, deviceId: string): readonly PlantTag[] =>
  plantTags(plant).filter(({ device }) => device.id === deviceId);

export const devicesOfGateway = (plant: Plant, gatewayId: string): readonly Device[] =>
  plant.devices.filter(({ gateway }) => gateway === gatewayId);

/** Every alarm rule with the tags that it watches. */
export function plantAlarms(plant: Plant): readonly PlantAlarm[] {
  const tags = new Map<string, PlantTag>(plantTags(plant).map((tag) => [tag.id, tag]));
  return plant.lines.flatMap((line) =>
    line.alarms.map((rule): PlantAlarm => {
      const prefix = `${plant.platform.id}/${line.id}`;
      // The loader lets no rule through whose tags do not exist.
      const inputs = inputsOf(rule).map((name) => tags.get(`${prefix}/${name}`) as PlantTag);
      const stateOf = rule.suppress?.states.length ? (rule.suppress.equipment ?? rule.tag.split("/")[0]) : undefined;
      const state = line.equipment.find(({ id }) => id === stateOf)?.state?.tag;
      const stateTag = state === undefined ? undefined : tags.get(`${prefix}/${stateOf}/${state}`);
      return {
        id: `${prefix}/${rule.id}`,
        line,
        tag: inputs[0] as PlantTag,
        inputs,
        ...(stateTag ? { stateTag } : {}),
        rule,
      };
    }),
  );
}

/** Tags on whose samples an alarm depends. */
export const alarmTagsOf = (plant: Plant): ReadonlySet<TagId> =>
  new Set(
    plantAlarms(plant).flatMap(({ inputs, stateTag }) =>
      [...inputs, ...(stateTag ? [stateTag] : [])].map(({ id }) => id),
    ),
  );
