import { energyMeter } from "../../instruments/energyMeter.ts";
import { roomMonitor } from "../../instruments/roomMonitor.ts";
import { type Reading, uncertain } from "../../signal.ts";
import { analog, count, flag, type Loose, machineSignals, placed, text, total } from "../measured.ts";
import type { Measured } from "../plant.ts";
import { lineId, meterId, meters, roomMonitorId, roomMonitorUnit } from "./facts.ts";
import { type Fermentation, type MachineName, ratedKW } from "./state.ts";
import { inletOxygenPercent } from "./surroundings.ts";
import { cultureC, oxygenSetPercent, phSet } from "./vessel.ts";

type Signals = readonly Loose<Fermentation>[];

/** Probes are uncertain while they are steamed, and out of the vessel while it is cleaned. */
const probe =
  (read: (state: Fermentation) => number) =>
  (state: Fermentation): number | Reading | null => {
    if (state.progress.phase === "clean") return null;
    return state.progress.phase === "sterilise" ? uncertain(read(state)) : read(state);
  };

const seed: Signals = [
  analog("temperature", ["温度", "Temperature"], "Cel", [0, 80], (s) => s.seed.temperatureC, {
    decimals: 1,
    noise: 0.03,
  }),
  analog("opticalDensity", ["光密度 OD600", "Optical density OD600"], "1", [0, 20], (s) => s.seed.opticalDensity, {
    noise: 0.01,
  }),
  analog("oxygen", ["溶解氧", "Dissolved oxygen"], "%", [0, 150], (s) => s.seed.oxygenPercent, {
    decimals: 1,
    noise: 0.2,
  }),
  analog("ph", ["pH", "pH"], "[pH]", [0, 14], (s) => s.seed.ph, { normal: [6.5, 7.5], noise: 0.005 }),
  analog("stirrerSpeed", ["搅拌转速", "Stirrer speed"], "{rev}/min", [0, 800], (s) => s.seed.stirrerRpm, {
    decimals: 0,
    noise: 0.5,
  }),
];

const fermenter: Signals = [
  text("phase", ["工步", "Phase"], (s) => s.progress.phase),
  count("run", ["批次号", "Run number"], (s) => s.progress.run),
  analog("temperature", ["发酵温度", "Broth temperature"], "Cel", [0, 150], (s) => s.vessel.temperatureC, {
    normal: [36, 38],
    decimals: 2,
    noise: 0.02,
    key: true,
  }),
  analog("temperatureSet", ["温度设定值", "Temperature set point"], "Cel", [0, 150], () => cultureC, { decimals: 1 }),
  analog("jacket", ["夹套温度", "Jacket temperature"], "Cel", [0, 160], (s) => s.vessel.jacketC, {
    decimals: 1,
    noise: 0.05,
  }),
  analog(
    "ph",
    ["pH", "pH"],
    "[pH]",
    [0, 14],
    probe((s) => s.vessel.ph),
    { normal: [6.8, 7.2], noise: 0.004, key: true },
  ),
  analog("phSet", ["pH 设定值", "pH set point"], "[pH]", [0, 14], () => phSet),
  analog(
    "oxygen",
    ["溶解氧", "Dissolved oxygen"],
    "%",
    [0, 150],
    probe((s) => s.vessel.oxygenPercent),
    {
      normal: [20, 100],
      decimals: 1,
      noise: 0.2,
      key: true,
    },
  ),
  analog("oxygenSet", ["溶解氧设定值", "Oxygen set point"], "%", [0, 150], () => oxygenSetPercent, { decimals: 1 }),
  analog("stirrerSpeed", ["搅拌转速", "Stirrer speed"], "{rev}/min", [0, 1_500], (s) => s.vessel.stirrerRpm, {
    decimals: 0,
    noise: 0.8,
  }),
  analog("airFlow", ["通气量", "Air flow"], "L/min", [0, 10], (s) => s.vessel.airLPerMin, { noise: 0.01 }),
  analog("foam", ["泡沫液位", "Foam level"], "%", [0, 100], (s) => s.vessel.foamPercent, {
    normal: [0, 40],
    decimals: 0,
    noise: 0.4,
  }),
  analog("pressure", ["罐压（绝压）", "Vessel pressure (absolute)"], "bar", [0, 4], (s) => s.vessel.pressureBar, {
    normal: [1, 2.3],
    decimals: 3,
    noise: 0.002,
    meaning: "safety",
  }),
  analog("volume", ["发酵液体积", "Broth volume"], "L", [0, 7], (s) => s.culture.volumeL, {
    decimals: 3,
    noise: 0.002,
  }),
  analog("biomass", ["菌体浓度（在线）", "Biomass (online)"], "g/L", [0, 100], (s) => s.culture.biomassGPerL, {
    noise: 0.03,
    key: true,
  }),
  analog("glucose", ["残糖浓度（在线）", "Glucose (online)"], "g/L", [0, 50], (s) => s.culture.glucoseGPerL, {
    noise: 0.03,
  }),
];

const feed: Signals = [
  analog("glucoseFlow", ["补糖流量", "Glucose feed"], "mL/min", [0, 150], (s) => s.feed.glucoseMLPerMin, {
    decimals: 1,
    noise: 0.05,
    key: true,
  }),
  analog("baseFlow", ["补碱流量", "Base feed"], "mL/min", [0, 50], (s) => s.feed.baseMLPerMin, {
    decimals: 1,
    noise: 0.05,
  }),
  analog("antifoamFlow", ["消泡剂流量", "Antifoam feed"], "mL/min", [0, 10], (s) => s.feed.antifoamMLPerMin, {
    noise: 0.01,
  }),
  analog("glucoseMass", ["糖液瓶质量", "Glucose bottle mass"], "kg", [0, 5], (s) => s.feed.glucoseKg, {
    normal: [0.2, 5],
    decimals: 3,
    noise: 0.0005,
  }),
  analog("baseMass", ["碱液瓶质量", "Base bottle mass"], "kg", [0, 5], (s) => s.feed.baseKg, {
    decimals: 3,
    noise: 0.0005,
  }),
  analog("antifoamMass", ["消泡剂瓶质量", "Antifoam bottle mass"], "kg", [0, 5], (s) => s.feed.antifoamKg, {
    decimals: 3,
    noise: 0.0005,
  }),
];

const uptake = (s: Fermentation) => s.culture.uptakeMmolPerLS * 3_600;
const offgas: Signals = [
  analog("oxygen", ["尾气氧浓度", "Oxygen in the off-gas"], "%", [0, 25], (s) => s.offGas.oxygenPercent, {
    normal: [15, 21.5],
    noise: 0.005,
  }),
  analog(
    "carbonDioxide",
    ["尾气二氧化碳浓度", "Carbon dioxide in the off-gas"],
    "%",
    [0, 15],
    (s) => s.offGas.carbonDioxidePercent,
    {
      noise: 0.005,
      key: true,
    },
  ),
  analog("flow", ["尾气流量", "Off-gas flow"], "L/min", [0, 10], (s) => s.offGas.flowLPerMin, { noise: 0.01 }),
  analog(
    "filterPressure",
    ["排气滤器压差", "Exhaust filter pressure drop"],
    "mbar",
    [0, 200],
    (s) => s.offGas.filterMbar,
    {
      normal: [0, 50],
      decimals: 0,
      noise: 0.2,
    },
  ),
  analog(
    "uptake",
    ["耗氧量（氧浓度差）", "Oxygen taken from the air"],
    "%",
    [0, 12],
    (s) => inletOxygenPercent - s.offGas.oxygenPercent,
    { noise: 0.005 },
  ),
  total("uptakeRate", ["摄氧率 OUR", "Oxygen uptake rate"], "mmol/(L.h)", uptake, {
    decimals: 1,
    deadband: 0.5,
  }),
];

const steam: Signals = [
  analog("pressure", ["蒸汽压力（绝压）", "Steam pressure (absolute)"], "bar", [0, 8], (s) => s.steam.pressureBar, {
    normal: [1, 4.8],
    noise: 0.005,
    meaning: "safety",
  }),
  analog("heater", ["加热功率", "Heater power"], "kW", [0, 20], (s) => s.steam.heaterKW, { noise: 0.02 }),
  analog("level", ["水位", "Water level"], "%", [0, 100], (s) => s.steam.levelPercent, {
    normal: [40, 75],
    decimals: 1,
    noise: 0.2,
  }),
  total("water", ["累计给水量", "Feed water"], "m3", (s) => s.steam.waterM3, {
    decimals: 3,
    deadband: 0.001,
    meaning: "water",
  }),
];

const air: Signals = [
  analog("pressure", ["储气罐压力", "Receiver pressure"], "bar", [0, 10], (s) => s.air.receiverBar, {
    normal: [6, 8],
    noise: 0.005,
  }),
  analog("flow", ["压缩空气流量", "Compressed air flow"], "m3/h", [0, 20], (s) => s.air.flowM3PerH, { noise: 0.01 }),
  total("air", ["压缩空气累计量", "Compressed air used"], "m3", (s) => s.air.airM3, {
    decimals: 2,
    deadband: 0.01,
    meaning: "air",
  }),
  flag("loaded", ["加载状态", "Loaded"], (s) => s.air.loaded),
];

const chiller: Signals = [
  analog("supply", ["供水温度", "Supply temperature"], "Cel", [0, 40], (s) => s.chiller.supplyC, {
    decimals: 1,
    noise: 0.03,
  }),
  analog("return", ["回水温度", "Return temperature"], "Cel", [0, 80], (s) => s.chiller.returnC, {
    decimals: 1,
    noise: 0.03,
  }),
  analog("flow", ["循环流量", "Circulation"], "L/min", [0, 40], (s) => s.chiller.flowLPerMin, {
    decimals: 1,
    noise: 0.05,
  }),
];

const harvest: Signals = [
  analog("pressure", ["跨膜压差", "Transmembrane pressure"], "bar", [0, 4], (s) => s.harvest.pressureBar, {
    noise: 0.005,
  }),
  analog("flux", ["透过液流量", "Permeate flow"], "L/min", [0, 20], (s) => s.harvest.fluxLPerMin, { noise: 0.01 }),
  analog("turbidity", ["透过液浊度", "Permeate turbidity"], "%", [0, 100], (s) => s.harvest.turbidityPercent, {
    noise: 0.02,
  }),
  total("product", ["累计收获量", "Product harvested"], "L", (s) => s.harvest.productL, {
    decimals: 1,
    deadband: 0.05,
  }),
];

const monitor = roomMonitor(roomMonitorId, roomMonitorUnit);
const room: Signals = [
  analog("carbonDioxide", ["二氧化碳浓度", "Carbon dioxide"], "[ppm]", [0, 10_000], (s) => s.room.carbonDioxidePpm, {
    normal: [0, 2_500],
    decimals: 0,
    noise: 8,
    meaning: "safety",
    at: monitor.carbonDioxide,
  }),
  analog("oxygen", ["氧浓度", "Oxygen"], "%", [0, 25], (s) => s.room.oxygenPercent, {
    normal: [19.5, 23.5],
    noise: 0.01,
    meaning: "safety",
    at: monitor.oxygen,
  }),
  analog("temperature", ["室温", "Room temperature"], "Cel", [-20, 60], (s) => s.room.temperatureC, {
    decimals: 1,
    noise: 0.05,
    at: monitor.temperature,
  }),
  flag("horn", ["声光报警", "Horn"], (s) => s.room.carbonDioxidePpm > 5_000, { meaning: "safety", at: monitor.horn }),
];

const machine = (name: MachineName, own: Signals): readonly Measured<Fermentation>[] =>
  placed(lineId, name, [
    ...machineSignals<Fermentation>(
      (s) => s.machines[name],
      ratedKW[name],
      energyMeter(meterId(name), meters[name].unit, meters[name].model),
      "number",
    ),
    ...own,
  ]);

export const measured: readonly Measured<Fermentation>[] = [
  ...machine("seed", seed),
  ...machine("fermenter", fermenter),
  ...machine("feed", feed),
  ...machine("steam", steam),
  ...machine("air", air),
  ...machine("chiller", chiller),
  ...machine("harvest", harvest),
  ...placed(lineId, "offgas", offgas),
  ...placed(lineId, "room", room),
];
