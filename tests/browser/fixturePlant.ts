import type { AlarmStatus } from "#shared/model/alarm.ts";
import type { AlarmLimit, EquipmentView, LineView, PlantView } from "#shared/model/live.ts";
import { type TagId, tagId } from "#shared/model/sample.ts";
import type { TagInfo } from "#shared/model/tag.ts";
import { instant } from "#shared/model/time.ts";

const platform = "demo";

type TagSpec = Partial<Omit<TagInfo, "tag" | "name">> & {
  readonly id: string;
  readonly zh: string;
  readonly en: string;
};

function equipment(
  line: string,
  id: string,
  zh: string,
  en: string,
  kind: string,
  tags: readonly TagSpec[],
): EquipmentView {
  const infoOf = ({ id: tag, zh, en, ...more }: TagSpec): TagInfo => ({
    tag: tagId({ platform, line, equipment: id, tag }),
    name: { zh, en },
    type: "float",
    unit: "1",
    meaning: "process",
    decimals: 1,
    staleAfterMs: 30_000,
    gapAfterMs: 30_000,
    key: false,
    ...more,
  });
  const state: TagSpec = { id: "state", zh: "运行状态", en: "Run state", type: "int", meaning: "state", decimals: 0 };
  const infos = [...tags, state].map(infoOf);
  const stateTag = infos.at(-1)?.tag ?? null;
  return {
    id,
    name: { zh, en },
    kind,
    stateTag,
    isShared: false,
    flowsTo: [],
    tags: infos,
    calibrations: calibrationsOf(infos),
  };
}

type PlainLine = Pick<LineView, "id" | "name" | "equipment">;

const calibrationsOf = (tags: readonly TagInfo[]) =>
  tags.flatMap(({ tag }) => {
    const due = { temperature: "2026-01-31", pressure: "2099-06-30" }[tag.split("/")[3] ?? ""];
    return due === undefined
      ? []
      : [{ tag, due, until: instant(Date.parse(`${due}T16:00:00Z`)), certificate: "RG-26-0417" }];
  });

/** Product goes along the list; what is shared stands apart. */
function flowing(line: PlainLine, shared: readonly string[] = []): LineView {
  const chain = line.equipment.map(({ id }) => id).filter((id) => !shared.includes(id));
  const equipment = line.equipment.map((each) => {
    const at = chain.indexOf(each.id);
    return { ...each, isShared: at < 0, flowsTo: at < 0 ? [] : chain.slice(at + 1, at + 2) };
  });
  const tags = equipment.flatMap((each) => each.tags);
  const powerTags = tags.filter(({ meaning }) => meaning === "power").map(({ tag }) => tag);
  return { ...line, equipment, powerTags, hasDrawing: false };
}

const limits = (line: string, unit: string, tag: string, [high, highHigh]: readonly [number, number]): AlarmLimit[] => {
  const common = { tag: tagId({ platform, line, equipment: unit, tag }), side: "upper" } as const;
  const alarm = (id: string) => `${platform}/${line}/${tag}-${id}`;
  return [
    { ...common, alarm: alarm("high"), name: { zh: "高", en: "High" }, limit: high, priority: "medium" },
    { ...common, alarm: alarm("high-high"), name: { zh: "高高", en: "High-high" }, limit: highHigh, priority: "high" },
  ];
};

const temperature = { unit: "Cel", range: [0, 200], normal: [70, 95], decimals: 1 } as const;
const pressure = { unit: "kPa", range: [0, 400], normal: [110, 210], decimals: 1 } as const;

const chemicalLine: PlainLine = {
  id: "fine-chemical",
  name: { zh: "精细化工中试线", en: "Fine-chemical pilot line" },
  equipment: [
    equipment("fine-chemical", "feed", "进料单元", "Feed unit", "pump", [
      { id: "flow", zh: "进料流量", en: "Feed flow", unit: "L/min", range: [0, 20], normal: [6, 12], key: true },
      { id: "tank-level", zh: "料罐液位", en: "Tank level", unit: "%", range: [0, 100], normal: [20, 90] },
    ]),
    equipment("fine-chemical", "reactor", "夹套反应釜", "Jacketed reactor", "reactor", [
      { id: "temperature", zh: "釜内温度", en: "Reactor temperature", ...temperature, key: true },
      { id: "jacket", zh: "夹套温度", en: "Jacket temperature", unit: "Cel", range: [0, 200], decimals: 1 },
      { id: "pressure", zh: "釜内压力", en: "Reactor pressure", ...pressure, meaning: "safety", key: true },
      {
        id: "speed",
        zh: "搅拌转速",
        en: "Stirrer speed",
        unit: "/min",
        range: [0, 600],
        normal: [200, 400],
        decimals: 0,
      },
    ]),
    equipment("fine-chemical", "meter", "电能表", "Energy meter", "meter", [
      { id: "power", zh: "有功功率", en: "Active power", unit: "kW", range: [0, 60], meaning: "power", key: true },
      { id: "energy", zh: "累计电量", en: "Energy register", unit: "kW.h", meaning: "energy", decimals: 1 },
    ]),
  ],
};
const chemical: PlainLine = {
  ...chemicalLine,
  equipment: chemicalLine.equipment.map((each) =>
    each.id === "reactor" ? { ...each, limits: limits("fine-chemical", "reactor", "temperature", [92, 97]) } : each,
  ),
};
const fermentation: PlainLine = {
  id: "fermentation",
  name: { zh: "生物发酵中试线", en: "Fermentation pilot line" },
  equipment: [
    equipment("fermentation", "fermenter", "100 L 发酵罐", "100 L fermenter", "fermenter", [
      {
        id: "temperature",
        zh: "发酵温度",
        en: "Broth temperature",
        unit: "Cel",
        range: [20, 50],
        normal: [36, 38],
        key: true,
      },
      { id: "ph", zh: "酸碱度", en: "pH", unit: "[pH]", range: [0, 14], normal: [6.8, 7.2], decimals: 2, key: true },
      { id: "oxygen", zh: "溶解氧", en: "Dissolved oxygen", unit: "%", range: [0, 100], normal: [30, 70], key: true },
      { id: "mode", zh: "阶段", en: "Phase", type: "string", unit: "", meaning: "process" },
    ]),
    equipment("fermentation", "air", "供气单元", "Air supply", "compressor", [
      {
        id: "flow",
        zh: "通气量",
        en: "Air flow",
        unit: "L/min",
        range: [0, 200],
        normal: [60, 120],
        key: true,
        meaning: "air",
      },
      { id: "valve", zh: "排气阀开", en: "Vent valve open", type: "bool", unit: "", decimals: 0 },
    ]),
  ],
};
const coating: PlainLine = {
  id: "coating",
  name: { zh: "电极涂布中试线", en: "Electrode-coating pilot line" },
  equipment: [
    equipment("coating", "coater", "狭缝涂布机", "Slot-die coater", "coater", [
      {
        id: "speed",
        zh: "走带速度",
        en: "Web speed",
        unit: "m/min",
        range: [0, 30],
        normal: [8, 15],
        decimals: 2,
        key: true,
      },
      {
        id: "thickness",
        zh: "湿膜厚度",
        en: "Wet thickness",
        unit: "um",
        range: [0, 300],
        normal: [140, 160],
        key: true,
      },
    ]),
    equipment("coating", "oven", "干燥烘箱", "Drying oven", "oven", [
      {
        id: "zone-1",
        zh: "一区温度",
        en: "Zone 1 temperature",
        unit: "Cel",
        range: [0, 180],
        normal: [95, 115],
        key: true,
      },
      {
        id: "zone-2",
        zh: "二区温度",
        en: "Zone 2 temperature",
        unit: "Cel",
        range: [0, 180],
        normal: [105, 125],
        key: true,
      },
      {
        id: "solvent",
        zh: "溶剂浓度",
        en: "Solvent concentration",
        unit: "%",
        range: [0, 100],
        normal: [0, 25],
        meaning: "safety",
      },
    ]),
  ],
};

export const fixturePlant: PlantView = {
  platform: {
    id: platform,
    name: { zh: "先进制造中试平台", en: "Advanced manufacturing pilot platform" },
    timeZone: "Asia/Shanghai",
  },
  lines: [flowing(chemical, ["meter"]), flowing(fermentation, ["air"]), flowing(coating)],
  system: { id: "system", name: { zh: "系统", en: "System" }, equipment: [], powerTags: [], hasDrawing: false },
  shelving: { critical: 0, high: 4, medium: 12, low: 12 },
};

export const fixtureTags: readonly TagInfo[] = fixturePlant.lines.flatMap(({ equipment }) =>
  equipment.flatMap(({ tags }) => tags),
);

/** The value of a tag at `at`: one smooth function of time, so that history and live agree. */
export function valueAt(info: TagInfo, at: number): number | boolean | string {
  const phase = [...info.tag].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) % 997, 7);
  const wave =
    Math.sin(at / 97_000 + phase) * 0.6 + Math.sin(at / 11_000 + phase * 2) * 0.25 + Math.sin(at / 1_700) * 0.05;
  if (info.type === "bool") return wave > 0;
  if (info.type === "string") return ["接种", "生长", "补料"][Math.floor(at / 600_000) % 3] ?? "生长";
  if (info.meaning === "state") return Math.floor(at / 900_000) % 3;
  if (info.meaning === "energy") return (at % 86_400_000) / 400_000 + 1_200;
  const [low, high] = info.normal ?? [20, 40];
  return (low + high) / 2 + (wave * (high - low)) / 2;
}

export function fixtureAlarm(
  more: Partial<AlarmStatus> & Pick<AlarmStatus, "alarm" | "tag">,
  since: number,
): AlarmStatus {
  const [, line = "", unit = ""] = more.tag.split("/");
  return {
    line,
    equipment: unit,
    name: { zh: "釜内温度高", en: "Reactor temperature high" },
    kind: "high",
    guidance: {
      cause: { zh: "冷却水中断或滴加过快。", en: "Cooling water failed, or dosing is too fast." },
      consequence: { zh: "反应失控，安全阀起跳。", en: "Runaway reaction, the relief valve opens." },
      response: {
        zh: "检查冷却水阀与夹套流量，必要时停止进料。",
        en: "Check the cooling valve and jacket flow; stop the feed if needed.",
      },
      timeToRespondMinutes: 5,
    },
    priority: "high",
    state: "UNACK",
    limit: 95,
    unit: "Cel",
    value: 96.3,
    since: instant(since),
    hiddenBy: [],
    shelvedUntil: null,
    acknowledgedBy: null,
    acknowledgedAt: null,
    ...more,
  };
}

export const tagOf = (path: string): TagId => `${platform}/${path}` as TagId;
