import { parsePlant } from "../../shared/plant/load.ts";
import type { Plant } from "../../shared/plant/plant.ts";

/** A small plant: two lines, a state tag and an energy meter on each equipment, two alarm rules. */
export const plantYaml = `
platform: { id: demo, name: { zh: 示范平台, en: Demo platform }, timeZone: Asia/Shanghai }
gateways:
  - { id: edge-1 }
devices:
  - id: plc
    gateway: edge-1
    protocol: opcua
    connection: { endpoint: "opc.tcp://127.0.0.1:4840", security: none }
  - id: meter
    gateway: edge-1
    protocol: opcua
    connection: { endpoint: "opc.tcp://127.0.0.1:4841", security: none }
lines:
  - id: chem
    name: { zh: 精细化工线 }
    equipment:
      - id: r101
        name: { zh: 反应釜 }
        kind: reactor
        state: { tag: mode, map: { "1": PRD, "2": SBY, "3": ENG, "4": SDT, "5": UDT, "6": NST } }
        energyMeter: kwh
        tags:
          - { id: temp, name: { zh: 温度 }, device: plc, address: { node: s=temp }, unit: Cel, key: true }
          - { id: mode, name: { zh: 状态 }, device: plc, address: { node: s=mode }, type: int, meaning: state }
          - { id: kwh, name: { zh: 电量 }, device: meter, address: { node: s=kwh }, unit: kW.h, meaning: energy }
          - { id: power, name: { zh: 功率 }, device: meter, address: { node: s=p }, unit: kW, meaning: power, range: [0, 50] }
      - id: r102
        name: { zh: 结晶釜 }
        kind: reactor
        state: { tag: mode, map: { "1": PRD, "2": SBY, "6": NST } }
        tags:
          - { id: mode, name: { zh: 状态 }, device: plc, address: { node: s=mode2 }, type: int, meaning: state }
    alarms:
      - { id: hot, name: { zh: 超温 }, tag: r101/temp, kind: high, limit: 80, deadband: 2, priority: high }
      - { id: hot-long, name: { zh: 持续高温 }, tag: r101/temp, kind: high, limit: 70, onDelayMs: 1000 }
      - { id: power-high, name: { zh: 功率高 }, tag: r101/power, kind: high, limit: 40, priority: critical, latching: true }
  - id: ferment
    name: { zh: 发酵线 }
    equipment:
      - id: f1
        name: { zh: 发酵罐 }
        kind: fermenter
        tags:
          - { id: ph, name: { zh: 酸碱度 }, device: plc, address: { node: s=ph }, unit: "[pH]" }
`;

export function testPlant(yaml = plantYaml): Plant {
  const { plant, problems } = parsePlant(yaml, "plant.yaml", {});
  if (!plant) throw new Error(problems.map(({ key, what, remedy }) => `${key}: ${what}; ${remedy}`).join("\n"));
  return plant;
}
