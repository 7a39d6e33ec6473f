import { type TagId, tagId } from "#shared/model/sample.ts";
import type { LocalText } from "#shared/model/text.ts";
import { ofIngest } from "./ingestFigures.ts";
import type { AlarmTag, Plant, PlantAlarm } from "./plant.ts";
import type { EquipmentConfig, LineConfig, TagConfig } from "./schema.ts";
import { infoOf } from "./select.ts";
import { ofDashboard, ofGateway, ofLine, type SystemFigure } from "./systemFigures.ts";

/** Id of the line that Pilotline itself is: its parts are equipment, what it measures of them are tags. */
export const systemLineId = "system";

/** The parts of the chain that are watched, by the names under which they say their health. */
export type SystemPart = "ingest" | "dashboard" | `gateway-${string}` | `line-${string}`;

export type FigureOf<Part> = Part extends `gateway-${string}`
  ? (typeof ofGateway)[number]["id"]
  : Part extends `line-${string}`
    ? (typeof ofLine)[number]["id"]
    : Part extends "dashboard"
      ? (typeof ofDashboard)[number]["id"]
      : (typeof ofIngest)[number]["id"];

/** Newest data of a line may be as old as its slowest heartbeat, and this much more for the way. */
const wayS = 5;

interface WatchedPart {
  readonly part: SystemPart;
  readonly name: LocalText;
  readonly figures: readonly SystemFigure[];
}

const partsOf = (plant: Plant): readonly WatchedPart[] => [
  { part: "ingest", name: { zh: "主机（ingest）", en: "Host (ingest)" }, figures: ofIngest },
  { part: "dashboard", name: { zh: "页面服务", en: "Pages' server" }, figures: ofDashboard },
  ...plant.gateways.map(
    ({ id, name }): WatchedPart => ({
      part: `gateway-${id}`,
      name: name ?? { zh: `网关 ${id}`, en: `Gateway ${id}` },
      figures: ofGateway,
    }),
  ),
  ...plant.lines.flatMap((line): WatchedPart[] => {
    const heartbeats = line.equipment.flatMap(({ tags }) => tags.map(({ heartbeatMs }) => heartbeatMs));
    if (heartbeats.length === 0) return [];
    const limit = Math.min(...heartbeats) / 1_000 + wayS;
    return [{ part: `line-${line.id}`, name: line.name, figures: ofLine.map((figure) => ({ ...figure, limit })) }];
  }),
];

export const systemTag = <Part extends SystemPart>(platform: string, part: Part, figure: FigureOf<Part>): TagId =>
  tagId({ platform, line: systemLineId, equipment: part, tag: figure });

const tagConfigOf = ({ id, name, unit, decimals = 0 }: SystemFigure): TagConfig => ({
  id,
  name,
  device: "",
  address: {},
  type: "float",
  unit,
  decimals,
  deadband: 0,
  minIntervalMs: 0,
  heartbeatMs: 1_000,
  report: "change",
  meaning: "diagnostic",
  key: false,
});

/** Pilotline as a line of its own, which is not in plant.yaml. */
export const systemLine = (plant: Plant): LineConfig => ({
  id: systemLineId,
  name: { zh: "系统", en: "System" },
  equipment: partsOf(plant).map(
    ({ part, name, figures }): EquipmentConfig => ({
      ...{ id: part, name, kind: "system", class: "general" },
      tags: figures.map(tagConfigOf),
    }),
  ),
  alarms: [],
  runs: [],
});

/** The alarms of Pilotline itself, over the figures that ingest measures of its parts. */
export function systemAlarms(plant: Plant): readonly PlantAlarm[] {
  const { id: platform } = plant.platform;
  const line = systemLine(plant);
  const equipments = new Map(line.equipment.map((equipment) => [equipment.id, equipment]));
  return partsOf(plant).flatMap(({ part, figures }) =>
    figures.map((figure): PlantAlarm => {
      const equipment = equipments.get(part) as EquipmentConfig;
      const config = tagConfigOf(figure);
      const id = tagId({ platform, line: systemLineId, equipment: part, tag: figure.id });
      const tag: AlarmTag = { id, line, equipment, config, info: infoOf(id, config) };
      const { kind, limit, deadband = 0, onDelayMs = 0, priority, guidance } = figure;
      const rule = {
        id: `${part}.${figure.id}`,
        name: figure.name,
        tag: `${part}/${figure.id}`,
        ...{ kind, limit, deadband, onDelayMs, offDelayMs: 0, latching: false, priority, ...guidance },
      } as const;
      return { id: `${platform}/${systemLineId}/${rule.id}`, line, tag, inputs: [tag], rule };
    }),
  );
}
