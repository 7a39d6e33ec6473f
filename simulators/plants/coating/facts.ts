import { meterModels } from "../../instruments/energyMeter.ts";
import { named } from "../measured.ts";
import type { AlarmFacts, LineFacts } from "../plant.ts";
import type { MachineName } from "./state.ts";

export const lineId = "coating";

/** Which meter measures which machine: its unit id and model. */
export const meters = {
  slurry: { unit: 51, model: "C" },
  unwinder: { unit: 52, model: "E" },
  coater: { unit: 53, model: "D" },
  oven: { unit: 54, model: "B" },
  exhaust: { unit: 55, model: "A" },
  recovery: { unit: 56, model: "D" },
  rewinder: { unit: 57, model: "C" },
} as const satisfies Record<MachineName, { unit: number; model: keyof typeof meterModels }>;

export const meterId = (machine: MachineName): string => `ct-meter-${machine}`;
export const gasControllerId = "ct-gas-controller";
export const gasControllerUnit = 58;

const machines = [
  { id: "slurry", name: named("供料系统 P-301", "Slurry station P-301"), kind: "mixer", class: "special" },
  { id: "unwinder", name: named("放卷机 W-301", "Unwinder W-301"), kind: "winder", class: "general" },
  { id: "coater", name: named("狭缝涂布头 C-301", "Slot-die coater C-301"), kind: "coater", class: "special" },
  { id: "oven", name: named("四段烘箱 H-301", "Four-zone oven H-301"), kind: "oven", class: "special" },
  { id: "exhaust", name: named("排风机 V-301", "Exhaust fan V-301"), kind: "fan", class: "general" },
  { id: "recovery", name: named("NMP 回收装置 R-301", "NMP recovery R-301"), kind: "recovery", class: "general" },
  { id: "rewinder", name: named("收卷机 W-302", "Rewinder W-302"), kind: "winder", class: "general" },
] as const satisfies LineFacts["equipment"];

const zoneAlarm = (zone: number): AlarmFacts => ({
  from: {
    template: "exhaust-lel",
    id: `solvent-${zone}`,
    name: named(`烘箱 ${zone} 区`, `Oven zone ${zone}`),
    rule: "level1",
  },
  id: `solvent-${zone}-level1`,
  name: named(`烘箱 ${zone} 区溶剂浓度高`, `Solvent in oven zone ${zone} high`),
  tag: `gas/lel${zone}`,
  kind: "high",
  limit: 25,
  deadband: 4,
  onDelayMs: 2_000,
  priority: "critical",
  response: named(
    "停止涂布，全开排风风门，检查风机与风门执行器。",
    "Stop coating, open the exhaust damper, check fan and damper drive.",
  ),
});

export const facts: LineFacts = {
  id: lineId,
  name: named("电池极片涂布干燥中试线", "Battery electrode coating and drying line"),
  equipment: [
    ...machines,
    { id: "gauge", name: named("在线测厚仪 G-301", "Thickness gauge G-301"), kind: "gauge", class: "special" },
    { id: "gas", name: named("烘箱溶剂浓度监测", "Solvent monitors of the oven"), kind: "detector", class: "general" },
  ],
  alarms: [
    ...[1, 2, 3, 4].map(zoneAlarm),
    {
      id: "thickness-low",
      name: named("极片厚度偏低", "Electrode too thin"),
      tag: "gauge/deviation",
      kind: "low",
      limit: -6,
      deadband: 2,
      onDelayMs: 5_000,
      priority: "medium",
      response: named(
        "检查浆料脱泡与过滤器压差，标记该段极片。",
        "Check slurry degassing and filter, mark this stretch of electrode.",
      ),
    },
    {
      id: "web-tension-low",
      cause: named("断带、放卷制动失效。", "The web broke, or the unwinder's brake failed."),
      consequence: named("极片报废，烘箱内堆料。", "Electrode is lost and piles up in the dryer."),
      timeToRespondMinutes: 1,
      name: named("放卷张力低", "Web tension low"),
      tag: "unwinder/tension",
      kind: "low",
      limit: 12,
      deadband: 5,
      onDelayMs: 2_000,
      priority: "high",
      response: named("停机接带，检查断带位置。", "Stop the line, find the break and splice the web."),
    },
  ],
  rules: [
    {
      id: "slurry-lost",
      name: named("供料系统电能表失联", "Meter of the slurry station is lost"),
      tag: "slurry/power",
      kind: "lost",
      of: "device",
      onDelayMs: 10_000,
      priority: "low",
      response: named("检查电能表通信线。", "Check the meter's bus line."),
    },
    {
      id: "gauge-frozen",
      name: named("测厚仪读数无变化", "Thickness gauge does not move"),
      tag: "gauge/deviation",
      kind: "flatLine",
      forMs: 300_000,
      priority: "low",
      suppress: { equipment: "coater", states: ["SBY", "SDT", "UDT", "NST"] },
      response: named("检查测厚仪扫描架。", "Check the gauge's scanner."),
    },
  ],
  shared: ["exhaust"],
  flows: {
    slurry: ["coater"],
    unwinder: ["coater"],
    coater: ["oven"],
    oven: ["gauge", "recovery"],
    gauge: ["rewinder"],
  },
  runs: [
    {
      id: "roll",
      tag: "coater/phase",
      running: ["thread", "heat", "coat", "run-out"],
      equipment: ["slurry", "unwinder", "coater", "oven", "recovery", "rewinder"],
      batch: "coater/roll",
      kind: "sampleProduction",
    },
  ],
  instruments: [
    ...machines.map(({ id, name }) => ({
      id: meterId(id),
      unit: meters[id].unit,
      name: named(`电能表（${name.zh}）`, `Energy meter of ${name.en ?? id}`),
      byteOrder: meterModels[meters[id].model].byteOrder,
    })),
    {
      id: gasControllerId,
      unit: gasControllerUnit,
      name: named("溶剂浓度报警控制器", "Solvent vapour controller"),
      byteOrder: "ABCD",
    },
  ],
};
