import type { EnergyNode } from "#shared/model/operation.ts";
import { ratio, sum } from "#shared/model/ratio.ts";
import { byState, isMainMeter, meterSum, metersIn, type OwnMeter } from "./meters.ts";
import type { EquipmentFacts, ScopeFacts } from "./scopeFacts.ts";

const coverageOf = (meters: readonly OwnMeter[]): number =>
  Math.min(1, ratio(meterSum(meters, "covered"), sum(meters.map(({ one }) => one.expectedMs))) ?? 0);

const hasElectricity = (one: EquipmentFacts): boolean => metersIn("equipment", [one]).length > 0;

function equipmentNode(one: EquipmentFacts): EnergyNode {
  const meters = metersIn("equipment", [one]);
  const kwh = meterSum(meters, "total");
  const coverage = coverageOf(meters);
  const parts = Object.entries(byState(meters)).map(
    ([state, amount]): EnergyNode => ({
      ...{ id: `${one.id}:${state}`, kind: "state", kwh: amount, coverage, parts: [], restKwh: 0 },
    }),
  );
  // States fill all time, so they add up to the register but for the last bits.
  return { id: one.id, kind: "equipment", kwh, coverage, parts, restKwh: 0 };
}

/** A node of a line or the platform: where it has a register of its own, what those below do not count is the rest. */
function nodeOf(
  id: string,
  kind: "platform" | "line",
  equipment: readonly EquipmentFacts[],
  parts: readonly EnergyNode[],
): EnergyNode {
  const meters = metersIn(kind, equipment);
  const kwh = meterSum(meters, "total");
  const hasMain = meters.some(({ meter }) => isMainMeter(meter, kind));
  const restKwh = hasMain ? kwh - sum(parts.map((part) => part.kwh)) : 0;
  return { id, kind, kwh, coverage: coverageOf(meters), parts, restKwh };
}

/** Energy of a scope down to the states of its equipment. Every level balances: its parts and its rest are its amount. */
export function balanceOf({ head, equipment }: ScopeFacts): EnergyNode {
  if (head.level === "equipment") {
    const [one] = equipment;
    if (one) return equipmentNode(one);
  }
  const lineNode = (id: string, own: readonly EquipmentFacts[]): EnergyNode =>
    nodeOf(id, "line", own, own.filter(hasElectricity).map(equipmentNode));
  if (head.level === "line") return lineNode(head.scope, equipment);
  const lines = [...Map.groupBy(equipment, ({ line }) => line)]
    .map(([line, own]) => lineNode(`${head.scope}/${line}`, own))
    .filter(({ kwh, parts }) => kwh > 0 || parts.length > 0);
  return nodeOf(head.scope, "platform", equipment, lines);
}

/** What no register of an equipment counted, over all levels. */
export const unmeteredOf = ({ restKwh, parts }: EnergyNode): number => restKwh + sum(parts.map(unmeteredOf));

/** Equipment without a register of electricity. */
export const withoutMeter = (equipment: readonly EquipmentFacts[]): readonly string[] =>
  equipment.filter((one) => !hasElectricity(one)).map(({ id }) => id);
