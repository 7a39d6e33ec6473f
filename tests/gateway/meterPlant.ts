// The plant of a test: one equipment `p/l/e` behind the gateway `g`; devices and tags are written as one line of YAML.
import { parsePlant } from "#shared/plant/load.ts";
import type { Plant } from "#shared/plant/plant.ts";

export const meterPlantText = (devices: readonly string[], tags: readonly string[], platform = "p"): string => `
platform: { id: ${platform}, name: { zh: 平台 }, timeZone: Asia/Shanghai }
gateways: [{ id: g }]
devices:
${devices.map((device) => `  - { gateway: g, ${device} }`).join("\n")}
lines:
  - id: l
    name: { zh: 线 }
    equipment:
      - id: e
        name: { zh: 机 }
        kind: meter
        tags:
${tags.map((tag) => `          - { name: { zh: 数 }, ${tag} }`).join("\n")}
`;

export function meterPlant(devices: readonly string[], tags: readonly string[]): Plant {
  const { plant, problems } = parsePlant(meterPlantText(devices, tags), "plant.yaml", {});
  if (!plant) throw new Error(JSON.stringify(problems));
  return plant;
}
