import { type FlowValue, flow } from "#shared/kit/flowYaml.ts";
import type { EquipmentFacts } from "../plants/plant.ts";
import type { Signal } from "../signal.ts";

/** Set points of the simulated gas controllers, in % LEL. */
const gasLevels = { level1: 25, level2: 50, deadband: 2 } as const;
/** Original values by class, in CNY; made up, as the equipment is. */
const originalValueCny = { special: 600_000, general: 150_000 } as const;

const mediums: Readonly<Record<string, Readonly<Record<string, string | boolean>>>> = {
  water: { carrier: "water" },
  air: { carrier: "compressed_air", purchased: false },
  nitrogen: { carrier: "nitrogen" },
};

/** What indicators need to know of an equipment, as far as its signals give rise to it: lines of YAML below its id. */
export function equipmentFigureLines(
  { kind, class: instrumentClass }: EquipmentFacts,
  own: readonly Signal[],
): readonly string[] {
  const meters = own.flatMap(({ id, unit }): FlowValue[] =>
    unit === "m3" && mediums[id] ? [{ tag: id, ...mediums[id] }] : [],
  );
  const detectors = own.flatMap(({ id }): FlowValue[] =>
    /^lel\d$/.test(id) ? [{ tag: id, kind: "flammable", ...gasLevels }] : [],
  );
  const outlet = own.find(({ id, unit }) => unit === "mg/m3" && (id === "vocOut" || id === "stack"));
  const airFlow = own.find(({ id, unit }) => unit === "m3/h" && id === "airFlow");
  const exhaust: FlowValue[] = outlet
    ? [{ concentration: outlet.id, limitMgPerM3: 60, ...(airFlow ? { flow: airFlow.id } : {}) }]
    : [];
  const isInstrument = kind !== "detector" && kind !== "meter";
  return [
    ...(isInstrument
      ? [
          `        originalValueCny: ${originalValueCny[instrumentClass]}`,
          `        openness: ${flow({ isOpen: instrumentClass === "special" })}`,
        ]
      : []),
    ...(meters.length > 0 ? [`        meters: ${flow(meters)}`] : []),
    ...(detectors.length > 0 ? [`        detectors: ${flow(detectors)}`] : []),
    ...(exhaust.length > 0 ? [`        exhaust: ${flow(exhaust)}`] : []),
  ];
}

const band = (name: string, from: string, to: string): FlowValue => ({ band: name, from, to });

/** What indicators need to know of the platform: lines of YAML. The tariff's bands only illustrate. */
export const platformFigureLines: readonly string[] = [
  "# 指标所需 | For indicators: whose grid factor makes CO₂, the contracted demand, and bands and prices of a tariff, which only illustrate: take your notice's.",
  "gridRegion: shandong",
  "contractedDemandKw: 150",
  "tariffs:",
  `  - ${flow({
    id: "illustration",
    source: "illustration, not a notice",
    validFrom: "2026-01-01",
    default: "平段",
    bands: [
      band("尖峰", "17:00", "19:00"),
      band("高峰", "16:00", "22:00"),
      band("深谷", "11:00", "14:00"),
      band("低谷", "10:00", "15:00"),
    ],
    prices: { 尖峰: 1.05, 高峰: 0.95, 平段: 0.68, 低谷: 0.38, 深谷: 0.25 },
  })}`,
  "",
];
