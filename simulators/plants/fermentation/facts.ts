import { meterModels } from "../../instruments/energyMeter.ts";
import { named } from "../measured.ts";
import type { LineFacts } from "../plant.ts";
import type { MachineName } from "./state.ts";

export const lineId = "fermentation";

/** Which meter measures which machine: its unit id and model. */
export const meters = {
  seed: { unit: 31, model: "C" },
  fermenter: { unit: 32, model: "A" },
  feed: { unit: 33, model: "C" },
  steam: { unit: 34, model: "B" },
  air: { unit: 35, model: "D" },
  chiller: { unit: 36, model: "E" },
  harvest: { unit: 37, model: "A" },
} as const satisfies Record<MachineName, { unit: number; model: keyof typeof meterModels }>;

export const meterId = (machine: MachineName): string => `fm-meter-${machine}`;
export const roomMonitorId = "fm-room-monitor";
export const roomMonitorUnit = 38;

const machines = [
  { id: "seed", name: named("种子罐 F-201", "Seed vessel F-201"), kind: "fermenter", class: "special" },
  { id: "fermenter", name: named("发酵罐 F-202", "Fermenter F-202"), kind: "fermenter", class: "special" },
  { id: "feed", name: named("补料系统 P-201", "Feed skid P-201"), kind: "dosing", class: "special" },
  { id: "steam", name: named("电蒸汽发生器 B-201", "Steam generator B-201"), kind: "boiler", class: "general" },
  { id: "air", name: named("无油空压机 C-201", "Air compressor C-201"), kind: "compressor", class: "general" },
  { id: "chiller", name: named("冷水机 U-201", "Chiller U-201"), kind: "chiller", class: "general" },
  { id: "harvest", name: named("膜过滤机组 S-201", "Harvest filtration S-201"), kind: "filter", class: "general" },
] as const satisfies LineFacts["equipment"];

export const facts: LineFacts = {
  id: lineId,
  name: named("生物发酵中试线", "Fermentation line"),
  equipment: [
    ...machines,
    { id: "offgas", name: named("尾气分析仪 A-201", "Off-gas analyser A-201"), kind: "analyser", class: "special" },
    { id: "room", name: named("车间环境监测", "Room monitor"), kind: "detector", class: "general" },
  ],
  alarms: [
    {
      id: "oxygen-low",
      cause: named("泡沫堵塞尾气、通气不足或菌体过密。", "Foam blocks the off-gas, too little air, or too many cells."),
      consequence: named("菌体缺氧，本批次报废。", "The culture suffocates and the batch is lost."),
      timeToRespondMinutes: 5,
      name: named("溶解氧低", "Dissolved oxygen low"),
      tag: "fermenter/oxygen",
      kind: "low",
      limit: 20,
      deadband: 4,
      onDelayMs: 4_000,
      priority: "high",
      response: named(
        "检查泡沫与通气，提高搅拌转速，必要时降低补料。",
        "Check foam and air, raise the stirrer speed, reduce the feed if needed.",
      ),
    },
    {
      id: "room-co2-high",
      cause: named("尾气管路泄漏或排风停机。", "The exhaust line leaks, or ventilation has stopped."),
      consequence: named("人员窒息。", "People suffocate."),
      timeToRespondMinutes: 2,
      name: named("车间二氧化碳浓度高", "Carbon dioxide in the room high"),
      tag: "room/carbonDioxide",
      kind: "high",
      limit: 2_500,
      deadband: 400,
      onDelayMs: 3_000,
      priority: "critical",
      response: named(
        "人员撤离，开启强制通风，检查尾气管路。",
        "Leave the room, start forced ventilation, check the exhaust line.",
      ),
    },
    {
      id: "steam-pressure-high",
      cause: named("减压阀失效或用汽突然停止。", "The reducing valve failed, or consumption stopped at once."),
      consequence: named("安全阀起跳，蒸汽外泄。", "The safety valve opens and steam escapes."),
      timeToRespondMinutes: 3,
      name: named("蒸汽压力高", "Steam pressure high"),
      tag: "steam/pressure",
      kind: "high",
      limit: 5,
      deadband: 0.3,
      onDelayMs: 2_000,
      priority: "high",
      response: named("停止加热，检查安全阀与用汽阀。", "Stop heating, check the safety valve and the steam valves."),
    },
  ],
  rules: [
    {
      id: "temperature-deviation",
      name: named("发酵温度偏离设定", "Broth temperature off its set point"),
      tag: "fermenter/temperature",
      kind: "deviation",
      setPointTag: "fermenter/temperatureSet",
      limit: 2,
      deadband: 0.5,
      onDelayMs: 60_000,
      priority: "medium",
      suppress: { states: ["SBY", "SDT", "NST"] },
      cause: named("冷却水不足或夹套阀故障。", "Too little cooling water, or the jacket's valve has failed."),
      response: named("检查夹套温度与循环泵。", "Check jacket temperature and circulation pump."),
    },
    {
      id: "ph-bad",
      name: named("pH 电极无有效值", "pH probe gives no value"),
      tag: "fermenter/ph",
      kind: "badQuality",
      onDelayMs: 10_000,
      priority: "medium",
      response: named("检查电极与变送器，改用离线取样。", "Check probe and transmitter; sample by hand meanwhile."),
    },
    {
      id: "co2-monitor-stale",
      name: named("二氧化碳监测中断", "Carbon-dioxide monitor is silent"),
      tag: "room/carbonDioxide",
      kind: "stale",
      afterMs: 30_000,
      priority: "high",
      cause: named("监测仪断电或通信中断。", "The monitor has no power or cannot be reached."),
      consequence: named("车间二氧化碳升高无法发现。", "Rising carbon dioxide would not be noticed."),
      response: named("进入车间须携带便携仪。", "Enter the room with a portable monitor only."),
      timeToRespondMinutes: 10,
    },
  ],
  shared: ["steam", "air", "chiller"],
  flows: { seed: ["fermenter"], feed: ["fermenter"], fermenter: ["harvest", "offgas"] },
  runs: [
    {
      id: "fermentation",
      tag: "fermenter/phase",
      running: ["sterilise", "cool", "inoculate", "batch", "fed-batch", "harvest"],
      equipment: ["seed", "fermenter", "feed", "harvest"],
      batch: "fermenter/run",
      kind: "development",
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
      id: roomMonitorId,
      unit: roomMonitorUnit,
      name: named("车间环境监测仪", "Indoor-air monitor"),
      byteOrder: "ABCD",
    },
  ],
};
