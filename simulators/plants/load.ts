import { analog, placed } from "./measured.ts";
import type { Measured, PlantModel } from "./plant.ts";

/** A line for load tests: any number of tags, every one of them new at each reading. */
interface Load {
  readonly elapsedS: number;
}

const lineId = "load";
const tagsPerEquipment = 100;
const shortestPeriodS = 20;

/** Waves of different length, so that no two tags carry the same values. */
const wave = (elapsedS: number, index: number): number =>
  50 * Math.sin((2 * Math.PI * elapsedS) / (shortestPeriodS + index * 0.37) + index);

export function load(tags: number): PlantModel<Load> {
  const equipmentCount = Math.ceil(tags / tagsPerEquipment);
  const equipmentId = (index: number) => `u${String(Math.floor(index / tagsPerEquipment) + 1).padStart(4, "0")}`;
  const measured = Array.from({ length: tags }, (_, index): readonly Measured<Load>[] =>
    placed(lineId, equipmentId(index), [
      analog(
        `t${String(index + 1).padStart(6, "0")}`,
        [`测点 ${index + 1}`, `Point ${index + 1}`],
        "1",
        [-100, 100],
        ({ elapsedS }) => wave(elapsedS, index),
      ),
    ]),
  ).flat();
  return {
    facts: {
      id: lineId,
      name: { zh: "负载测试线", en: "Load test line" },
      equipment: Array.from({ length: equipmentCount }, (_, index) => ({
        id: equipmentId(index * tagsPerEquipment),
        name: { zh: `负载单元 ${index + 1}`, en: `Load unit ${index + 1}` },
        kind: "load",
        class: "general",
      })),
      instruments: [],
      alarms: [],
    },
    measured,
    start: () => ({ elapsedS: 0 }),
    step: ({ elapsedS }, dtS) => ({ elapsedS: elapsedS + dtS }),
  };
}
