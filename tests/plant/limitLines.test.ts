import { expect, test } from "vitest";
import { parsePlant } from "#shared/plant/load.ts";
import { plantView } from "#shared/plant/plantView.ts";
import { testPlantText } from "../dashboard/plant.ts";

test("pages get the fixed limits of a tag, also those of a deviation from a fixed set point", () => {
  const rules = `
      - { id: cold, name: { zh: 过冷 }, tag: r1/temp, kind: lowLow, limit: 5, priority: high }
      - { id: far, name: { zh: 偏离 }, tag: r1/press, kind: deviation, setPoint: 100, limit: 8 }
      - { id: above, name: { zh: 偏高 }, tag: r1/press, kind: deviation, setPoint: 100, limit: 4, side: above }
      - { id: moving, name: { zh: 跟踪 }, tag: r1/press, kind: deviation, setPointTag: r1/press, limit: 4 }
      - { id: fast, name: { zh: 过快 }, tag: r1/temp, kind: rate, limit: 3, windowMs: 60000 }
`;
  const { plant } = parsePlant(testPlantText.replace(/(.*id: hot.*\n)/, `$1${rules.slice(1)}`), "plant.yaml", {});
  if (!plant) throw new Error("The plant was refused.");
  const [reactor, oven] = plantView(plant).lines.flatMap(({ equipment }) => equipment);
  expect(reactor?.limits?.map(({ alarm, tag, side, limit, priority }) => [alarm, tag, side, limit, priority])).toEqual([
    ["demo/chem/hot", "demo/chem/r1/temp", "upper", 80, "medium"],
    ["demo/chem/cold", "demo/chem/r1/temp", "lower", 5, "high"],
    ["demo/chem/far", "demo/chem/r1/press", "upper", 108, "medium"],
    ["demo/chem/far", "demo/chem/r1/press", "lower", 92, "medium"],
    ["demo/chem/above", "demo/chem/r1/press", "upper", 104, "medium"],
  ]);
  expect(oven?.limits).toBeUndefined();
});
