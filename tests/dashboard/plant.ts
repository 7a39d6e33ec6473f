import type { PlantView } from "#shared/model/live.ts";
import type { TagId } from "#shared/model/sample.ts";
import { parsePlant } from "#shared/plant/load.ts";
import type { Plant } from "#shared/plant/plant.ts";
import { plantView } from "#shared/plant/plantView.ts";

const tag = (id: string, more = "") =>
  `{ id: ${id}, name: { zh: ${id} }, device: box, address: { node: "nsu=urn:test;s=${id}" }${more} }`;

/** A small plant with two lines, as the file has it. */
export const testPlantText = `
platform: { id: demo, name: { zh: 平台, en: Platform } }
gateways: [{ id: edge-1 }]
devices:
  - { id: box, gateway: edge-1, protocol: opcua, connection: { endpoint: "opc.tcp://127.0.0.1:4840", security: none } }
lines:
  - id: chem
    name: { zh: 化工线 }
    equipment:
      - id: r1
        name: { zh: 反应釜 }
        kind: reactor
        state: { tag: mode, map: { "1": PRD, "0": SBY } }
        tags:
          - ${tag("temp", ", unit: Cel, key: true, heartbeatMs: 1000, gapAfterMs: 3000")}
          - ${tag("press", ", unit: kPa")}
          - ${tag("mode", ", type: int")}
    alarms:
      - { id: hot, name: { zh: 超温 }, tag: r1/temp, kind: high, limit: 80 }
  - id: coat
    name: { zh: 涂布线 }
    equipment:
      - { id: oven, name: { zh: 烘箱 }, kind: oven, tags: [${tag("note", ", type: string, key: true")}] }
`;

export const testPlant = (): Plant => {
  const { plant, problems } = parsePlant(testPlantText, "plant.yaml", {});
  if (!plant) throw new Error(JSON.stringify(problems));
  return plant;
};
export const testView = (): PlantView => plantView(testPlant());

export const temp = "demo/chem/r1/temp" as TagId;
export const note = "demo/coat/oven/note" as TagId;
