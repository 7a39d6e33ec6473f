import { meterModels } from "../../instruments/energyMeter.ts";
import { named } from "../measured.ts";
import type { AlarmFacts, LineFacts, RuleFacts } from "../plant.ts";
import type { MachineName } from "./state.ts";

export const lineId = "fine-chemical";

/** Which meter measures which machine: its unit id and model. */
export const meters = {
  reactor: { unit: 11, model: "A" },
  dosing: { unit: 12, model: "C" },
  thermostat: { unit: 13, model: "B" },
  condenser: { unit: 14, model: "D" },
  scrubber: { unit: 15, model: "E" },
  centrifuge: { unit: 16, model: "B" },
  utilities: { unit: 17, model: "C" },
} as const satisfies Record<MachineName, { unit: number; model: keyof typeof meterModels }>;

export const meterId = (machine: MachineName): string => `fc-meter-${machine}`;
export const gasControllerId = "fc-gas-controller";
export const gasControllerUnit = 18;

const equipment = [
  { id: "reactor", name: named("反应釜 R-101", "Reactor R-101"), kind: "reactor", class: "special" },
  { id: "dosing", name: named("滴加系统 D-101", "Dosing skid D-101"), kind: "dosing", class: "special" },
  { id: "thermostat", name: named("高低温一体机 TCU-101", "Thermostat TCU-101"), kind: "thermostat", class: "general" },
  { id: "condenser", name: named("冷凝真空系统 E-101", "Condenser E-101"), kind: "condenser", class: "general" },
  { id: "scrubber", name: named("尾气洗涤塔 T-101", "Exhaust scrubber T-101"), kind: "scrubber", class: "general" },
  { id: "centrifuge", name: named("离心机 M-101", "Centrifuge M-101"), kind: "centrifuge", class: "general" },
  {
    id: "utilities",
    name: named("公用工程（压缩空气、氮气）", "Compressed air and nitrogen"),
    kind: "utility",
    class: "general",
  },
  { id: "gas", name: named("可燃气体报警器", "Combustible gas detectors"), kind: "detector", class: "general" },
] as const satisfies LineFacts["equipment"];

const gasAlarm = (channel: number): AlarmFacts => ({
  from: {
    template: "gas-detector",
    id: `gas-${channel}`,
    name: named(`可燃气体 ${channel}`, `Combustible gas ${channel}`),
    rule: "level1",
  },
  id: `gas-${channel}-level1`,
  name: named(`可燃气体浓度高 ${channel}`, `Combustible gas high ${channel}`),
  tag: `gas/lel${channel}`,
  kind: "high",
  limit: 20,
  deadband: 5,
  onDelayMs: 2_000,
  priority: "critical",
  response: named(
    "疏散人员，停止进料，加大排风，查找泄漏点。",
    "Clear the area, stop feeding, raise ventilation, find the leak.",
  ),
});

const alarms: readonly AlarmFacts[] = [
  {
    id: "reactor-temperature-high",
    cause: named("滴加过快、冷却不足或搅拌失效。", "Dosing is too fast, cooling too weak, or the stirrer has failed."),
    consequence: named("副反应加剧，可能失控。", "Side reactions gain, a runaway may follow."),
    timeToRespondMinutes: 5,
    name: named("反应釜温度高", "Reactor temperature high"),
    tag: "reactor/temperature",
    kind: "high",
    limit: 78,
    deadband: 1.5,
    onDelayMs: 3_000,
    priority: "high",
    response: named(
      "停止滴加，夹套全开冷却，确认搅拌运行。",
      "Stop dosing, cool the jacket fully, check that the stirrer runs.",
    ),
  },
  ...[1, 2, 3, 4].map(gasAlarm),
  {
    id: "exhaust-voc-high",
    name: named("尾气 VOC 浓度高", "Exhaust VOC high"),
    tag: "scrubber/vocOut",
    kind: "high",
    limit: 60,
    deadband: 8,
    onDelayMs: 5_000,
    priority: "medium",
    response: named(
      "检查洗涤液 pH 与循环泵，降低升温速率。",
      "Check the scrubber's pH and pump, slow the heating down.",
    ),
  },
];

const rules: readonly RuleFacts[] = [
  {
    id: "reactor-temperature-rising",
    name: named("反应釜升温过快", "Reactor heats up too fast"),
    tag: "reactor/temperature",
    kind: "rate",
    limit: 8,
    windowMs: 60_000,
    direction: "rising",
    deadband: 3,
    priority: "high",
    suppress: { alarms: ["reactor-temperature-high"] },
    cause: named("物料积累后集中反应，或加热失控。", "Accumulated feed reacts at once, or heating is out of control."),
    consequence: named("数分钟内到达高限。", "The high limit is reached within minutes."),
    response: named("停止滴加与加热，准备紧急冷却。", "Stop dosing and heating, prepare emergency cooling."),
    timeToRespondMinutes: 3,
  },
  {
    id: "reactor-unstirred-hot",
    name: named("高温下搅拌停转", "Hot and not stirred"),
    tag: "reactor/stirrerSpeed",
    kind: "calculated",
    when: "[reactor/temperature] > 50 and lasting([reactor/stirrerSpeed] < 20) > 30",
    priority: "high",
    cause: named("搅拌电机跳闸或联轴器松脱。", "The stirrer's motor tripped, or its coupling slipped."),
    consequence: named(
      "物料积累，恢复搅拌时集中放热。",
      "Feed accumulates and reacts at once when stirring begins again.",
    ),
    response: named("停止滴加，勿贸然重启搅拌。", "Stop dosing, do not simply start the stirrer again."),
    timeToRespondMinutes: 3,
  },
  {
    id: "reactor-fault",
    name: named("反应釜故障停机", "Reactor stopped by a fault"),
    tag: "reactor/state",
    kind: "state",
    states: ["UDT"],
    priority: "medium",
    response: named(
      "查看控制器报警，确认物料处于安全状态。",
      "Look at the controller's alarms, make sure that the mass is safe.",
    ),
  },
  {
    id: "plc-lost",
    name: named("精细化工线控制器失联", "Controller of the line is lost"),
    tag: "reactor/temperature",
    kind: "lost",
    of: "device",
    onDelayMs: 5_000,
    priority: "high",
    cause: named(
      "控制器断电、网络中断或网关停机。",
      "The controller has no power, the network is cut, or the gateway is down.",
    ),
    consequence: named("整条线失去监视与报警。", "The whole line is without supervision and alarms."),
    response: named("到现场查看仪表，检查网络与网关。", "Watch the instruments on site, check network and gateway."),
    timeToRespondMinutes: 10,
  },
];

const templates: readonly RuleFacts[] = [
  {
    template: "stirrer-fault",
    id: "reactor-stirrer",
    name: named("反应釜", "Reactor"),
    with: { speed: "reactor/stirrerSpeed", least: 20 },
  },
];

export const facts: LineFacts = {
  id: lineId,
  name: named("精细化工间歇反应中试线", "Fine-chemical batch reactor line"),
  equipment,
  alarms,
  rules,
  templates,
  shared: ["utilities", "scrubber"],
  flows: { dosing: ["reactor"], reactor: ["condenser", "centrifuge"], condenser: ["reactor"] },
  runs: [
    {
      id: "batch",
      tag: "reactor/phase",
      running: ["charge", "heat", "dose", "react", "cool", "discharge"],
      equipment: ["reactor", "dosing", "thermostat", "condenser"],
      batch: "reactor/batch",
      kind: "scaleUp",
    },
  ],
  instruments: [
    ...equipment.flatMap(({ id, name }) => {
      if (id === "gas") return [];
      const { unit, model } = meters[id];
      return [
        {
          id: meterId(id),
          unit,
          name: named(`电能表（${name.zh}）`, `Energy meter of ${name.en ?? id}`),
          byteOrder: meterModels[model].byteOrder,
        },
      ];
    }),
    {
      id: gasControllerId,
      unit: gasControllerUnit,
      name: named("可燃气体报警控制器", "Combustible gas controller"),
      byteOrder: "ABCD",
    },
  ],
};
