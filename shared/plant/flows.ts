import type { EquipmentConfig } from "./schema.ts";

type Flowing = Pick<EquipmentConfig, "id" | "shared" | "flowsTo">;

/** Where the product of each equipment goes: as `flowsTo` says, or along the list where no equipment of the line says. */
export function flowsOf(equipment: readonly Flowing[]): ReadonlyMap<string, readonly string[]> {
  if (equipment.some(({ flowsTo }) => flowsTo !== undefined)) {
    return new Map(equipment.map(({ id, flowsTo = [] }) => [id, flowsTo]));
  }
  const chain = equipment.filter(({ shared }) => shared !== true);
  return new Map(chain.map(({ id }, i) => [id, chain.slice(i + 1, i + 2).map((next) => next.id)]));
}
