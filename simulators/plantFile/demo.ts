import { readFileSync } from "node:fs";
import type { RunningPlant } from "../plants/plant.ts";
import { plantFileText } from "./plantFile.ts";

const header = [
  "示范工厂：三条模拟中试线，由 `npm start` 启动。 | The demo's plant: three simulated pilot lines, run by `npm start`.",
  "",
  "This file is the one description of a platform: lines, equipment, tags, devices, alarm rules. Copy it, rename the",
  "platform, replace devices and tags by your own, and check it with `npm run pilotline -- check plant.yaml`, which",
  "names line, key and remedy of every mistake. Every key is explained in docs/plant-reference.md.",
  "本文件描述一个平台的全部：产线、设备、位号、装置、报警。复制后改成自己的装置与位号，再用 check 命令检查。",
  "",
  "How to read it | 阅读方法",
  "- A tag is one line: id, names, device, address, unit (UCUM), range, normal band, deadband, meaning.",
  "  每个位号一行：编号、中英文名、装置、地址、单位（UCUM）、量程、正常区间、死区、用途。",
  "- OPC UA tags name their node with the namespace's URI, so that the server may number its namespaces as it likes.",
  "- Modbus tags name table, register (0-based) and format; `scale` makes engineering units of raw integers. Each meter",
  "  is a unit id of its own behind one port, and the makers differ in formats and byte orders, as in life.",
  "- `state` maps what the machine reports to SEMI E10: PRD running, SBY idle, SDT set-up and maintenance, UDT fault.",
  "- `energyMeter` names the register of cumulative energy; `key: true` puts a tag on the line's card.",
  "",
  "It is written by `npm run pilotline -- simulate all --write-plant plant.example.yaml`; a test keeps it in step with",
  "the simulators.",
];

/** The library's alarm templates, without the words at the head of their file. */
const alarmTemplates = (): string => {
  const file = new URL("../../shared/plant/templates/library/alarm-rules.yaml", import.meta.url);
  const text = readFileSync(file, "utf8");
  const section = text.slice(text.indexOf("alarmTemplates:")).trimEnd();
  return `# 报警模板 | What is the same for every detector, reactor, oven zone.\n${section}`;
};

export const demoPlatform = {
  id: "demo",
  name: { zh: "示范中试平台", en: "Demonstration platform" },
  timeZone: "Asia/Shanghai",
} as const;

/** The demo's plant file for these lines. */
export const demoPlantFile = (plants: readonly RunningPlant[]): string =>
  plantFileText({
    header,
    platform: demoPlatform,
    gateway: { id: "edge-1", name: { zh: "一号边缘网关", en: "Edge gateway 1" } },
    lines: plants.map(({ facts }) => facts),
    signals: plants.flatMap(({ signals }) => signals),
    alarmTemplates: alarmTemplates(),
    everyRow: null,
  });
