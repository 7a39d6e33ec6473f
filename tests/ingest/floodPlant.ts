import { type AlarmPriority, alarmPriorities } from "#shared/model/alarm.ts";
import { type TagId, tagId } from "#shared/model/sample.ts";

export const floodDevice = "plc";
/** Rules of one tag, one above the other: the value decides how many of them hold. */
export const rulesPerTag = 10;

export const floodTags = (tags: number): readonly TagId[] =>
  Array.from({ length: tags }, (_, i) => tagId({ platform: "demo", line: "flood", equipment: "r1", tag: `t${i}` }));

const priorityOf = (n: number): AlarmPriority => alarmPriorities[n % alarmPriorities.length] ?? "low";

/** A plant of one device whose `tags` have ten rules each: rule n of a tag holds from the value n + 1 on. */
export const floodPlant = (tags: number): string =>
  JSON.stringify({
    platform: { id: "demo", name: { zh: "示范平台" }, timeZone: "Asia/Shanghai" },
    gateways: [{ id: "edge-1" }],
    devices: [
      {
        ...{ id: floodDevice, gateway: "edge-1", protocol: "opcua" },
        connection: { endpoint: "opc.tcp://127.0.0.1:4840", security: "none" },
      },
    ],
    lines: [
      {
        ...{ id: "flood", name: { zh: "洪水线", en: "Flood line" } },
        equipment: [
          {
            ...{ id: "r1", name: { zh: "反应釜" }, kind: "reactor" },
            tags: Array.from({ length: tags }, (_, i) => ({
              ...{ id: `t${i}`, name: { zh: `温度 ${i}` }, device: floodDevice, unit: "Cel" },
              address: { node: `s=t${i}` },
            })),
          },
        ],
        alarms: Array.from({ length: tags * rulesPerTag }, (_, n) => ({
          ...{ id: `a${n}`, name: { zh: `温度 ${n} 超温`, en: `Temperature ${n} high` }, kind: "high" },
          tag: `r1/t${Math.floor(n / rulesPerTag)}`,
          ...{ limit: (n % rulesPerTag) + 1, priority: priorityOf(n) },
          ...{ cause: { zh: "冷却中断" }, consequence: { zh: "失控" }, response: { zh: "停止进料" } },
        })),
      },
    ],
  });
