import { energyMeter } from "../../instruments/energyMeter.ts";
import { gasController } from "../../instruments/gasController.ts";
import { analog, count, flag, type Loose, machineSignals, placed, text, total } from "../measured.ts";
import type { Measured } from "../plant.ts";
import { gasControllerId, gasControllerUnit, lineId, meterId, meters } from "./facts.ts";
import { conversion, pressureBar, vesselL, volumeL } from "./reactor.ts";
import { setpointC } from "./recipe.ts";
import { type FineChemical, faultyDetector, gasAbove, type MachineName, ratedKW, seenGas } from "./state.ts";

type Signals = readonly Loose<FineChemical>[];

const reactor: Signals = [
  text("phase", ["工步", "Phase"], (s) => s.progress.phase),
  count("batch", ["批次号", "Batch number"], (s) => s.progress.run),
  analog("temperature", ["釜内温度", "Contents temperature"], "Cel", [0, 150], (s) => s.reactor.temperatureC, {
    normal: [20, 77],
    decimals: 1,
    noise: 0.04,
    key: true,
  }),
  analog("setpoint", ["温度设定值", "Temperature set point"], "Cel", [0, 150], (s) => setpointC[s.progress.phase], {
    decimals: 1,
  }),
  analog("jacketInlet", ["夹套进口温度", "Jacket inlet temperature"], "Cel", [-20, 160], (s) => s.thermostat.jacketC, {
    decimals: 1,
    noise: 0.05,
  }),
  analog(
    "jacketOutlet",
    ["夹套出口温度", "Jacket outlet temperature"],
    "Cel",
    [-20, 160],
    (s) => s.thermostat.returnC,
    {
      decimals: 1,
      noise: 0.05,
    },
  ),
  analog("pressure", ["釜内压力（绝压）", "Vessel pressure (absolute)"], "bar", [0, 4], (s) => pressureBar(s.reactor), {
    normal: [1, 1.8],
    decimals: 3,
    noise: 0.002,
    meaning: "safety",
    key: true,
  }),
  analog("level", ["液位", "Level"], "%", [0, 100], (s) => (100 * volumeL(s.reactor)) / vesselL, {
    decimals: 1,
    noise: 0.1,
  }),
  analog("mass", ["物料质量", "Contents mass"], "kg", [0, 20], (s) => s.reactor.massKg, { decimals: 3, noise: 0.002 }),
  analog("stirrerSpeed", ["搅拌转速", "Stirrer speed"], "{rev}/min", [0, 500], (s) => s.reactor.stirrerRpm, {
    normal: [0, 350],
    decimals: 0,
    noise: 0.5,
  }),
  analog(
    "stirrerTorque",
    ["搅拌扭矩", "Stirrer torque"],
    "N.m",
    [0, 40],
    (s) => (s.reactor.stirrerRpm > 1 ? (s.machines.reactor.powerKW * 9_549) / Math.max(60, s.reactor.stirrerRpm) : 0),
    { decimals: 1, noise: 0.1 },
  ),
  analog("heatRelease", ["反应放热功率", "Reaction heat"], "kW", [0, 30], (s) => s.reactor.heatKW, {
    noise: 0.03,
    key: true,
  }),
  analog("conversion", ["转化率", "Conversion"], "%", [0, 100], (s) => 100 * conversion(s.reactor), {
    decimals: 1,
    noise: 0.15,
  }),
];

const dosing: Signals = [
  analog("tankMass", ["滴加罐质量", "Feed tank mass"], "kg", [0, 15], (s) => s.dosing.tankKg, {
    normal: [1, 14],
    decimals: 3,
    noise: 0.001,
  }),
  analog("flow", ["滴加流量", "Dosing flow"], "kg/h", [0, 120], (s) => s.dosing.kgPerS * 3_600, {
    normal: [0, 40],
    decimals: 1,
    noise: 0.1,
  }),
  analog("valve", ["调节阀开度", "Control valve position"], "%", [0, 100], (s) => s.dosing.valvePercent, {
    decimals: 1,
    noise: 0.1,
  }),
  analog("pumpPressure", ["计量泵出口压力", "Pump outlet pressure"], "bar", [0, 10], (s) => s.dosing.pumpBar, {
    noise: 0.01,
  }),
  total("dosed", ["累计滴加量", "Total dosed"], "kg", (s) => s.reactor.dosedKg, { decimals: 3, deadband: 0.001 }),
];

const thermostat: Signals = [
  analog("heater", ["加热功率", "Heater power"], "kW", [0, 15], (s) => s.thermostat.heaterKW, { noise: 0.01 }),
  analog("coolingValve", ["冷却阀开度", "Cooling valve position"], "%", [0, 100], (s) => s.thermostat.valvePercent, {
    decimals: 1,
    noise: 0.1,
  }),
  analog("coolingPower", ["制冷功率", "Cooling power"], "kW", [0, 40], (s) => s.thermostat.coolingKW, { noise: 0.02 }),
  analog("glycol", ["乙二醇供液温度", "Glycol temperature"], "Cel", [-20, 40], (s) => s.thermostat.glycolC, {
    decimals: 1,
    noise: 0.03,
  }),
  analog("oilFlow", ["导热油流量", "Oil flow"], "L/min", [0, 60], (s) => s.thermostat.flowLPerMin, {
    decimals: 1,
    noise: 0.1,
  }),
];

const condenser: Signals = [
  analog("vapour", ["气相温度", "Vapour temperature"], "Cel", [0, 150], (s) => s.condenser.vapourC, {
    decimals: 1,
    noise: 0.04,
  }),
  analog("waterIn", ["冷却水进口温度", "Cooling water inlet"], "Cel", [0, 60], (s) => s.condenser.waterInC, {
    decimals: 1,
    noise: 0.03,
  }),
  analog("waterOut", ["冷却水出口温度", "Cooling water outlet"], "Cel", [0, 60], (s) => s.condenser.waterOutC, {
    decimals: 1,
    noise: 0.03,
  }),
  analog("waterFlow", ["冷却水流量", "Cooling water flow"], "L/min", [0, 30], (s) => s.condenser.waterLPerMin, {
    decimals: 1,
    noise: 0.05,
  }),
  total("water", ["累计用水量", "Cooling water used"], "m3", (s) => s.condenser.waterM3, {
    decimals: 3,
    deadband: 0.001,
    meaning: "water",
  }),
];

const scrubber: Signals = [
  analog("vocIn", ["进口 VOC 浓度", "VOC before the scrubber"], "mg/m3", [0, 2_000], (s) => s.scrubber.inMgPerM3, {
    decimals: 0,
    noise: 1.5,
  }),
  analog("vocOut", ["排口 VOC 浓度", "VOC behind the scrubber"], "mg/m3", [0, 200], (s) => s.scrubber.outMgPerM3, {
    normal: [0, 60],
    decimals: 1,
    noise: 0.2,
    meaning: "safety",
    key: true,
  }),
  analog("airFlow", ["风量", "Exhaust air flow"], "m3/h", [0, 1_000], (s) => s.scrubber.airM3PerH, {
    decimals: 0,
    noise: 1.5,
  }),
  analog("fanSpeed", ["风机转速", "Fan speed"], "{rev}/min", [0, 2_000], (s) => s.scrubber.fanRpm, {
    decimals: 0,
    noise: 1,
  }),
  analog("pressureDrop", ["塔压差", "Pressure drop"], "Pa", [0, 1_000], (s) => s.scrubber.dropPa, {
    normal: [0, 600],
    decimals: 0,
    noise: 1,
  }),
  analog("ph", ["洗涤液 pH", "Scrubbing liquor pH"], "[pH]", [0, 14], (s) => s.scrubber.ph, {
    normal: [7.5, 9.2],
    noise: 0.01,
  }),
  analog("sumpTemperature", ["洗涤液温度", "Liquor temperature"], "Cel", [0, 60], (s) => s.scrubber.sumpC, {
    decimals: 1,
    noise: 0.03,
  }),
  total("water", ["累计补水量", "Make-up water"], "m3", (s) => s.scrubber.waterM3, {
    decimals: 3,
    deadband: 0.001,
    meaning: "water",
  }),
];

const centrifuge: Signals = [
  analog("speed", ["转鼓转速", "Drum speed"], "{rev}/min", [0, 1_500], (s) => s.centrifuge.rpm, {
    decimals: 0,
    noise: 1,
  }),
  analog("vibration", ["振动速度", "Vibration"], "mm/s", [0, 20], (s) => s.centrifuge.vibrationMmPerS, {
    normal: [0, 7.1],
    noise: 0.03,
    meaning: "safety",
  }),
  analog("cake", ["滤饼质量", "Cake mass"], "kg", [0, 10], (s) => s.centrifuge.cakeKg, { decimals: 3, noise: 0.003 }),
  analog("drainFlow", ["滤液流量", "Filtrate flow"], "L/min", [0, 10], (s) => s.centrifuge.drainLPerMin, {
    noise: 0.005,
  }),
];

const utilities: Signals = [
  analog("airPressure", ["压缩空气压力", "Compressed air pressure"], "bar", [0, 10], (s) => s.utilities.airBar, {
    normal: [6, 8],
    noise: 0.005,
  }),
  analog("airFlow", ["压缩空气流量", "Compressed air flow"], "m3/h", [0, 60], (s) => s.utilities.airM3PerH, {
    decimals: 1,
    noise: 0.1,
  }),
  total("air", ["压缩空气累计量", "Compressed air used"], "m3", (s) => s.utilities.airM3, {
    decimals: 2,
    deadband: 0.05,
    meaning: "air",
  }),
  analog("dewPoint", ["压力露点", "Pressure dew point"], "Cel", [-60, 20], (s) => s.utilities.dewPointC, {
    decimals: 1,
    noise: 0.05,
  }),
  analog("nitrogenFlow", ["氮气流量", "Nitrogen flow"], "m3/h", [0, 20], (s) => s.utilities.nitrogenM3PerH, {
    noise: 0.005,
  }),
  total("nitrogen", ["氮气累计量", "Nitrogen used"], "m3", (s) => s.utilities.nitrogenM3, {
    decimals: 3,
    deadband: 0.005,
  }),
  analog("mains", ["母线电压", "Mains voltage"], "V", [0, 500], (s) => s.mainsV, {
    normal: [380, 420],
    decimals: 1,
    noise: 0.1,
  }),
];

const controller = gasController(gasControllerId, gasControllerUnit);
const gas: Signals = [0, 1, 2, 3].flatMap((channel): Signals => {
  const n = channel + 1;
  return [
    analog(
      `lel${n}`,
      [`可燃气体浓度 ${n}`, `Combustible gas ${n} (% LEL)`],
      "%",
      [0, 100],
      (s) => seenGas(s, channel),
      {
        normal: [0, 20],
        decimals: 1,
        noise: 0.1,
        meaning: "safety",
        key: channel === 0,
        at: controller.concentration(channel),
      },
    ),
    flag(`warning${n}`, [`一级报警 ${n}`, `Warning ${n}`], (s) => gasAbove(s, channel, "warning"), {
      meaning: "safety",
      at: controller.warning(channel),
    }),
    flag(`alarm${n}`, [`二级报警继电器 ${n}`, `Alarm relay ${n}`], (s) => gasAbove(s, channel, "alarm"), {
      meaning: "safety",
      at: controller.alarm(channel),
    }),
    flag(`fault${n}`, [`探测器故障 ${n}`, `Detector fault ${n}`], (s) => faultyDetector(s) === channel, {
      meaning: "diagnostic",
      at: controller.fault(channel),
    }),
  ];
});

const machine = (name: MachineName, own: Signals): readonly Measured<FineChemical>[] =>
  placed(lineId, name, [
    ...machineSignals<FineChemical>(
      (s) => s.machines[name],
      ratedKW[name],
      energyMeter(meterId(name), meters[name].unit, meters[name].model),
      "word",
    ),
    ...own,
  ]);

export const measured: readonly Measured<FineChemical>[] = [
  ...machine("reactor", reactor),
  ...machine("dosing", dosing),
  ...machine("thermostat", thermostat),
  ...machine("condenser", condenser),
  ...machine("scrubber", scrubber),
  ...machine("centrifuge", centrifuge),
  ...machine("utilities", utilities),
  ...placed(lineId, "gas", gas),
];
