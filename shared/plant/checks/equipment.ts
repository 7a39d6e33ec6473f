import { parseUnit, quantityKind } from "#shared/model/units.ts";
import { suggest } from "../nearest.ts";
import type { Plant } from "../plant.ts";
import type { Report } from "../problem.ts";
import type { EquipmentConfig, TagConfig } from "../schema.ts";

/** What an equipment says of its own tags (the state tag with its map, the energy meter) and of its neighbours. */
export function checkEquipment({ lines }: Plant, report: Report): void {
  for (const [l, line] of lines.entries()) {
    for (const [e, equipment] of line.equipment.entries()) {
      const path = `lines[${l}].equipment[${e}]`;
      checkState(equipment, path, report);
      checkMeter(equipment, path, report);
      checkFlows(equipment, line.equipment, path, report);
    }
  }
}

function checkFlows(
  { id, flowsTo = [] }: EquipmentConfig,
  all: readonly EquipmentConfig[],
  path: string,
  report: Report,
) {
  const others = all.map((each) => each.id).filter((other) => other !== id);
  for (const [i, to] of flowsTo.entries()) {
    const at = `${path}.flowsTo[${i}]`;
    if (to === id) report(at, `equipment \`${id}\` flows to itself`, "name the equipment that comes after it.");
    else if (!others.includes(to)) {
      report(at, `the line has no equipment \`${to}\``, suggest(to, others, "other equipment"));
    }
  }
}

function tagNamed({ id, tags }: EquipmentConfig, name: string, path: string, report: Report): TagConfig | undefined {
  const found = tags.find((tag) => tag.id === name);
  const known = tags.map((tag) => tag.id);
  if (!found) report(path, `equipment \`${id}\` has no tag \`${name}\``, suggest(name, known, "its tags"));
  return found;
}

function checkState(equipment: EquipmentConfig, path: string, report: Report): void {
  const { state } = equipment;
  if (!state) return;
  const tag = tagNamed(equipment, state.tag, `${path}.state.tag`, report);
  const values = Object.keys(state.map);
  if (values.length === 0) {
    report(`${path}.state.map`, "the map is empty", "name a state for every value of the tag.");
  }
  for (const value of tag ? values : []) {
    const fitting = tag?.type === "string" || (tag?.type === "bool" ? isBoolean(value) : isNumber(value));
    if (fitting) continue;
    const remedy = tag?.type === "bool" ? "use true and false." : "use the numbers that the tag reports.";
    report(`${path}.state.map.${value}`, `tag \`${state.tag}\` of type ${tag?.type} is never \`${value}\``, remedy);
  }
}

const isBoolean = (text: string): boolean => text === "true" || text === "false";
const isNumber = (text: string): boolean => text.trim() !== "" && Number.isFinite(Number(text));

function checkMeter(equipment: EquipmentConfig, path: string, report: Report): void {
  if (equipment.energyMeter === undefined) return;
  const at = `${path}.energyMeter`;
  const tag = tagNamed(equipment, equipment.energyMeter, at, report);
  // A unit that does not exist is reported at the tag.
  if (!tag || !parseUnit(tag.unit) || quantityKind(tag.unit) === "energy") return;
  report(at, `tag \`${tag.id}\` has the unit \`${tag.unit}\`, which is no energy`, "name a tag in kW.h, MW.h or MJ.");
}
