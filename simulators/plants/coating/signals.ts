import { energyMeter } from "../../instruments/energyMeter.ts";
import { gasController, gasLimits } from "../../instruments/gasController.ts";
import { bad } from "../../signal.ts";
import { analog, count, flag, type Loose, machineSignals, placed, text, total } from "../measured.ts";
import type { Measured } from "../plant.ts";
import { gasControllerId, gasControllerUnit, lineId, meterId, meters } from "./facts.ts";
import { heaterMostKW, lelPercent, standbyC, zoneSettings } from "./oven.ts";
import { type Coating, type MachineName, ratedKW } from "./state.ts";
import { deviationUm, wetFilmGPerM2 } from "./web.ts";

type Signals = readonly Loose<Coating>[];

const slurry: Signals = [
  analog("tank", ["浆料罐质量", "Slurry tank mass"], "kg", [0, 50], (s) => s.slurry.tankKg, {
    normal: [3, 45],
    noise: 0.005,
  }),
  analog("temperature", ["浆料温度", "Slurry temperature"], "Cel", [0, 60], (s) => s.slurry.temperatureC, {
    decimals: 1,
    noise: 0.03,
  }),
  analog("viscosity", ["浆料黏度", "Slurry viscosity"], "Pa.s", [0, 20], (s) => s.slurry.viscosityPaS, {
    normal: [4, 6.5],
    noise: 0.01,
  }),
  analog("flow", ["供料流量", "Slurry flow"], "mL/min", [0, 500], (s) => s.slurry.flowMLPerMin, {
    decimals: 1,
    noise: 0.3,
    key: true,
  }),
  analog("filterPressure", ["过滤器压差", "Filter pressure drop"], "bar", [0, 4], (s) => s.slurry.filterBar, {
    normal: [0, 1.5],
    noise: 0.003,
  }),
  analog("stirrerSpeed", ["搅拌转速", "Stirrer speed"], "{rev}/min", [0, 150], (s) => s.slurry.stirrerRpm, {
    decimals: 0,
    noise: 0.2,
  }),
];

const unwinder: Signals = [
  analog("tension", ["放卷张力", "Unwind tension"], "N", [0, 200], (s) => s.web.unwindTensionN, {
    normal: [15, 100],
    decimals: 1,
    noise: 0.2,
  }),
  analog("diameter", ["放卷卷径", "Unwind diameter"], "mm", [0, 600], (s) => s.web.unwindDiameterMm, {
    decimals: 0,
    noise: 0.2,
  }),
  analog("edge", ["纠偏偏差", "Edge offset"], "mm", [-5, 5], (s) => s.web.edgeOffsetMm, {
    normal: [-0.5, 0.5],
    noise: 0.01,
  }),
  analog("airPressure", ["压缩空气压力", "Compressed air pressure"], "bar", [0, 10], (s) => s.air.pressureBar, {
    noise: 0.005,
  }),
  analog("airFlow", ["压缩空气流量", "Compressed air flow"], "m3/h", [0, 40], (s) => s.air.flowM3PerH, { noise: 0.02 }),
  total("air", ["压缩空气累计量", "Compressed air used"], "m3", (s) => s.air.airM3, {
    decimals: 2,
    deadband: 0.02,
    meaning: "air",
  }),
];

const coater: Signals = [
  text("phase", ["工步", "Phase"], (s) => s.progress.phase),
  count("roll", ["卷号", "Roll number"], (s) => s.progress.run),
  analog("webSpeed", ["走带速度", "Web speed"], "m/min", [0, 15], (s) => s.web.mPerMin, {
    normal: [0, 8],
    noise: 0.01,
    key: true,
  }),
  analog("gap", ["刀口间隙", "Die gap"], "um", [0, 1_200], (s) => s.web.gapUm, { decimals: 0, noise: 0.2 }),
  analog(
    "wetLoading",
    ["湿膜面密度", "Wet film loading"],
    "g/m2",
    [0, 600],
    (s) => wetFilmGPerM2(s.slurry, s.web.mPerMin),
    { decimals: 1, noise: 0.4 },
  ),
  total("length", ["累计涂布长度", "Coated length"], "m", (s) => s.web.coatedM, { decimals: 1, deadband: 0.05 }),
];

const zone = (s: Coating, index: number) => s.zones[index];
const oven: Signals = zoneSettings.flatMap(({ setC }, index): Signals => {
  const n = index + 1;
  return [
    analog(
      `temperature${n}`,
      [`${n} 区温度`, `Zone ${n} temperature`],
      "Cel",
      [0, 200],
      (s) => zone(s, index)?.airC ?? bad,
      {
        normal: [standbyC - 10, setC + 10],
        decimals: 1,
        noise: 0.05,
        key: index === 1,
      },
    ),
    analog(
      `heater${n}`,
      [`${n} 区加热功率`, `Zone ${n} heater`],
      "kW",
      [0, heaterMostKW],
      (s) => zone(s, index)?.heaterKW ?? bad,
      { noise: 0.02 },
    ),
    analog(
      `exhaust${n}`,
      [`${n} 区排风量`, `Zone ${n} exhaust`],
      "m3/h",
      [0, 700],
      (s) => zone(s, index)?.exhaustM3PerH ?? bad,
      { decimals: 0, noise: 1 },
    ),
    analog(
      `damper${n}`,
      [`${n} 区风门开度`, `Zone ${n} damper`],
      "%",
      [0, 100],
      (s) => zone(s, index)?.damperPercent ?? bad,
      { decimals: 0, noise: 0.1 },
    ),
  ];
});

const exhaust: Signals = [
  analog("flow", ["总排风量", "Exhaust flow"], "m3/h", [0, 2_500], (s) => s.exhaust.flowM3PerH, {
    decimals: 0,
    noise: 2,
    meaning: "safety",
    key: true,
  }),
  analog("fanSpeed", ["风机转速", "Fan speed"], "{rev}/min", [0, 2_000], (s) => s.exhaust.fanRpm, {
    decimals: 0,
    noise: 1,
  }),
  analog("temperature", ["排风温度", "Exhaust temperature"], "Cel", [0, 200], (s) => s.exhaust.temperatureC, {
    decimals: 1,
    noise: 0.05,
  }),
  analog("pressure", ["风管负压", "Duct pressure"], "Pa", [-1_000, 0], (s) => s.exhaust.pressurePa, {
    normal: [-700, -80],
    decimals: 0,
    noise: 1.5,
  }),
  analog("mains", ["母线电压", "Mains voltage"], "V", [0, 500], (s) => s.mainsV, {
    normal: [380, 420],
    decimals: 1,
    noise: 0.1,
  }),
];

const recovery: Signals = [
  analog("cooler", ["冷凝器出口温度", "Cooler outlet temperature"], "Cel", [0, 60], (s) => s.recovery.coolerC, {
    normal: [10, 24],
    decimals: 1,
    noise: 0.03,
  }),
  analog("rate", ["NMP 回收量", "NMP recovery rate"], "kg/h", [0, 30], (s) => s.recovery.recoveryKgPerH, {
    noise: 0.02,
  }),
  total("recovered", ["累计回收 NMP", "NMP recovered"], "kg", (s) => s.recovery.recoveredKg, {
    decimals: 2,
    deadband: 0.005,
  }),
  analog("stack", ["排放口 NMP 浓度", "NMP at the stack"], "mg/m3", [0, 100], (s) => s.recovery.stackMgPerM3, {
    normal: [0, 50],
    decimals: 1,
    noise: 0.1,
    meaning: "safety",
  }),
  analog("waterFlow", ["冷却水流量", "Cooling water flow"], "L/min", [0, 50], (s) => s.recovery.waterLPerMin, {
    decimals: 1,
    noise: 0.05,
  }),
  total("water", ["累计用水量", "Cooling water used"], "m3", (s) => s.recovery.waterM3, {
    decimals: 3,
    deadband: 0.002,
    meaning: "water",
  }),
  analog("wheel", ["转轮压差", "Wheel pressure drop"], "Pa", [0, 600], (s) => s.recovery.wheelPa, {
    decimals: 0,
    noise: 0.8,
  }),
];

const rewinder: Signals = [
  analog("tension", ["收卷张力", "Rewind tension"], "N", [0, 200], (s) => s.web.rewindTensionN, {
    decimals: 1,
    noise: 0.2,
  }),
  analog("diameter", ["收卷卷径", "Rewind diameter"], "mm", [0, 600], (s) => s.web.rewindDiameterMm, {
    decimals: 0,
    noise: 0.2,
  }),
  analog("rollLength", ["本卷长度", "Length on the roll"], "m", [0, 200], (s) => s.web.rollM, {
    decimals: 1,
    noise: 0.02,
  }),
];

const gauge: Signals = [
  analog("left", ["厚度（左）", "Thickness left"], "um", [0, 300], (s) => s.gauge.leftUm, {
    normal: [85, 100],
    decimals: 1,
    noise: 0.1,
  }),
  analog("middle", ["厚度（中）", "Thickness middle"], "um", [0, 300], (s) => s.gauge.middleUm, {
    normal: [85, 100],
    decimals: 1,
    noise: 0.1,
    key: true,
  }),
  analog("right", ["厚度（右）", "Thickness right"], "um", [0, 300], (s) => s.gauge.rightUm, {
    normal: [85, 100],
    decimals: 1,
    noise: 0.1,
  }),
  analog(
    "deviation",
    ["厚度偏差（涂布中）", "Thickness deviation while coating"],
    "um",
    [-50, 50],
    (s) => deviationUm(s.gauge, s.progress.phase, s.progress.sinceS),
    { normal: [-6, 6], decimals: 1, noise: 0.1 },
  ),
  analog("loading", ["干膜面密度", "Dry loading"], "g/m2", [0, 400], (s) => s.gauge.loadingGPerM2, {
    decimals: 1,
    noise: 0.2,
  }),
  analog("residual", ["残余溶剂", "Residual solvent"], "g/m2", [0, 50], (s) => s.gauge.residualGPerM2, {
    normal: [0, 5],
    noise: 0.01,
  }),
];

const lel = (s: Coating, index: number) => {
  const of = zone(s, index);
  return of ? lelPercent(of) : 0;
};
const controller = gasController(gasControllerId, gasControllerUnit);
const gas: Signals = zoneSettings.flatMap((_, index): Signals => {
  const n = index + 1;
  return [
    analog(`lel${n}`, [`${n} 区溶剂浓度`, `Solvent in zone ${n} (% LEL)`], "%", [0, 100], (s) => lel(s, index), {
      normal: [0, 25],
      decimals: 1,
      noise: 0.1,
      meaning: "safety",
      key: index === 0,
      at: controller.concentration(index),
    }),
    flag(`warning${n}`, [`一级报警 ${n}`, `Warning ${n}`], (s) => lel(s, index) >= gasLimits.warning, {
      meaning: "safety",
      at: controller.warning(index),
    }),
    flag(`alarm${n}`, [`二级报警继电器 ${n}`, `Alarm relay ${n}`], (s) => lel(s, index) >= gasLimits.alarm, {
      meaning: "safety",
      at: controller.alarm(index),
    }),
  ];
});

const machine = (name: MachineName, own: Signals): readonly Measured<Coating>[] =>
  placed(lineId, name, [
    ...machineSignals<Coating>(
      (s) => s.machines[name],
      ratedKW[name],
      energyMeter(meterId(name), meters[name].unit, meters[name].model),
      "word",
    ),
    ...own,
  ]);

export const measured: readonly Measured<Coating>[] = [
  ...machine("slurry", slurry),
  ...machine("unwinder", unwinder),
  ...machine("coater", coater),
  ...machine("oven", oven),
  ...machine("exhaust", exhaust),
  ...machine("recovery", recovery),
  ...machine("rewinder", rewinder),
  ...placed(lineId, "gauge", gauge),
  ...placed(lineId, "gas", gas),
];
