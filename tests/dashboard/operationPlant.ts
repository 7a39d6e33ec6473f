// Seven weeks of a small plant whose energy and use are known in closed form, brought into the facts by ingest's own engine.

import { join } from "node:path";
import { silentLog } from "#shared/kit/log.ts";
import { type Sample, tagId } from "#shared/model/sample.ts";
import { instant } from "#shared/model/time.ts";
import { parsePlant } from "#shared/plant/load.ts";
import type { Plant } from "#shared/plant/plant.ts";
import { openEmbeddedReader } from "#shared/store/embedded/open.ts";
import { openFactFile } from "#shared/store/facts/factFile.ts";
import { createFigures, type FigureEngine } from "../../ingest/indicators/computeFigures.ts";
import type { TestServer } from "./server.ts";

const tag = (id: string, unit: string) =>
  `{ id: ${id}, name: { zh: ${id} }, type: ${unit ? `float, unit: ${unit}` : "int"}, gapAfterMs: 1800000, device: box, address: { node: "nsu=urn:test;s=${id}" } }`;

export const operationPlantText = `
platform: { id: demo, name: { zh: 山东中试平台, en: Pilot platform } }
gateways: [{ id: edge-1 }]
gridRegion: shandong
contractedDemandKw: 20
calendar: { shifts: [{ from: "08:00", to: "20:00" }] }
tariffs:
  - id: test-2026
    source: test notice
    validFrom: "2026-01-01"
    default: 平段
    bands:
      - { band: 高峰, from: "10:00", to: "12:00" }
      - { band: 低谷, from: "23:00", to: "07:00" }
    prices: { 平段: 0.65, 高峰: 1.0, 低谷: 0.35 }
devices:
  - { id: box, gateway: edge-1, protocol: opcua, connection: { endpoint: "opc.tcp://127.0.0.1:4840", security: none } }
lines:
  - id: chem
    name: { zh: 化工线, en: Chemistry }
    equipment:
      - id: r1
        name: { zh: 反应釜, en: Reactor }
        kind: reactor
        state: { tag: mode, map: { "0": SBY, "1": PRD, "2": ENG, "3": SDT } }
        energyMeter: kwh
        meters: [{ tag: water, carrier: water }]
        tags:
          - ${tag("mode", "")}
          - ${tag("kwh", "kW.h")}
          - ${tag("water", "m3")}
      - id: r2
        name: { zh: 干燥机, en: Dryer }
        kind: dryer
        state: { tag: mode, map: { "0": SBY, "1": PRD } }
        energyMeter: kwh
        tags:
          - ${tag("mode", "")}
          - ${tag("kwh", "kW.h")}
      - id: main
        name: { zh: 配电柜, en: Distribution }
        kind: utility
        meters: [{ tag: all, measures: line }]
        tags: [${tag("all", "kW.h")}]
  - id: coat
    name: { zh: 涂布线, en: Coating }
    equipment:
      - { id: oven, name: { zh: 烘箱, en: Oven }, kind: oven, energyMeter: kwh, tags: [${tag("kwh", "kW.h")}] }
      - { id: fan, name: { zh: 风机, en: Fan }, kind: fan, tags: [${tag("speed", "Hz")}] }
`;

export function operationPlant(more = ""): Plant {
  const { plant, problems } = parsePlant(`${operationPlantText}${more}`, "plant.yaml", {});
  if (!plant) throw new Error(JSON.stringify(problems));
  return plant;
}

const quarterMs = 15 * 60_000;
const begin = Date.parse("2026-02-10T00:00:00+08:00");
/** Tuesday in the afternoon. */
export const operationNow = instant(Date.parse("2026-03-31T15:20:00+08:00"));

/** Hour of the local day, and the number of the day. */
const hourOf = (at: number): number => ((at + 8 * 3_600_000) % 86_400_000) / 3_600_000;
const dayOf = (at: number): number => Math.floor((at + 8 * 3_600_000) / 86_400_000);

/** Runs from 9 for three to six hours, then engineering for an hour; the dryer from 10 to 15. */
const r1Mode = (at: number): number => {
  const hour = hourOf(at);
  const end = 12 + (dayOf(at) % 4);
  if (hour >= 9 && hour < end) return 1;
  return hour >= 16 && hour < 17 ? 2 : hour >= 8 && hour < 9 ? 3 : 0;
};
const r2Mode = (at: number): number => (hourOf(at) >= 10 && hourOf(at) < 15 ? 1 : 0);
const r1Kw = (at: number): number => [2, 10, 5, 3][r1Mode(at)] ?? 0;
const r2Kw = (at: number): number => (r2Mode(at) === 1 ? 4 : 1);
const ovenKw = (at: number): number => (hourOf(at) >= 8 && hourOf(at) < 18 ? 3 : 0.5);
/** Nobody hears of the dryer for three hours. */
const isLost = (at: number): boolean =>
  at >= Date.parse("2026-03-30T11:00:00+08:00") && at < Date.parse("2026-03-30T14:00:00+08:00");

function samples(): Sample[] {
  const all: Sample[] = [];
  const put = (line: string, equipment: string, name: string, at: number, value: number): void => {
    all.push({ tag: tagId({ platform: "demo", line, equipment, tag: name }), at: instant(at), value, quality: "good" });
  };
  let [r1, r2, main, oven, water] = [100, 200, 300, 400, 5];
  for (let at = begin; at <= operationNow; at += quarterMs) {
    put("chem", "r1", "mode", at, r1Mode(at));
    put("chem", "r1", "kwh", at, r1);
    put("chem", "r1", "water", at, water);
    if (!isLost(at)) put("chem", "r2", "mode", at, r2Mode(at));
    put("chem", "r2", "kwh", at, r2);
    put("chem", "main", "all", at, main);
    put("coat", "oven", "kwh", at, oven);
    r1 += r1Kw(at) / 4;
    r2 += r2Kw(at) / 4;
    main += (r1Kw(at) + r2Kw(at) + 1.5) / 4;
    oven += ovenKw(at) / 4;
    water += r1Mode(at) === 1 ? 0.05 : 0;
  }
  return all;
}

const at = (day: string, time: string) => instant(Date.parse(`${day}T${time}:00+08:00`));
const days = ["2026-03-24", "2026-03-25", "2026-03-26", "2026-03-27", "2026-03-30", "2026-03-31"];

/** Runs on the reactor, bookings of both machines, of which one is not kept. */
function writeRecords({ records }: TestServer): void {
  const about = { at: at("2026-03-01", "08:00"), by: "engineer", why: null };
  const tenant = { creditCode: null, contact: null, active: true };
  records.addTenants(
    [
      { id: "own", record: { ...tenant, name: "本院", relation: "own" as const } },
      { id: "ext", record: { ...tenant, name: "海岱新材料", relation: "external" as const } },
    ].map((one) => ({ ...about, ...one, origin: `tenant ${one.id}` })),
  );
  records.addRuns(
    days.map((day, i) => {
      const isOpen = day === "2026-03-31";
      return {
        ...{ ...about, id: `R00000${i + 1}`, origin: `run ${i}` },
        record: {
          ...{ line: "chem", equipment: ["r1"], project: null, tenant: i % 2 === 0 ? "own" : "ext", kind: "scaleUp" },
          ...{ batch: `B${i + 1}`, recipe: null, lot: null, quantities: null, plannedSecondsPerUnit: null },
          ...{ from: at(day, "09:00"), to: isOpen ? null : at(day, "15:00"), state: isOpen ? "running" : "completed" },
          ...{ reason: null, source: "person", rule: null, note: null },
        } as const,
      };
    }),
  );
  const booking = (id: string, equipment: string, day: string, from: string, to: string) => ({
    ...{ ...about, id, origin: id },
    record: {
      ...{ line: "chem", equipment, from: at(day, from), to: at(day, to), tenant: "ext", project: null },
      ...({ state: "confirmed", note: null } as const),
    },
  });
  records.addBookings([
    booking("K000001", "r1", "2026-03-25", "09:00", "15:00"),
    booking("K000002", "r2", "2026-03-26", "10:00", "14:00"),
    booking("K000003", "r2", "2026-03-27", "16:00", "18:00"),
    booking("K000004", "r1", "2026-03-31", "09:00", "12:00"),
  ]);
}

/** Brings the plant's data into a server's store, records and facts; the engine stays for comparisons. */
export async function fillOperation(
  server: TestServer,
  plant: Plant = operationPlant(),
): Promise<{ readonly figures: FigureEngine } & AsyncDisposable> {
  const stack = new AsyncDisposableStack();
  const clock = { now: () => operationNow, monotonic: () => 0 as never, sleep: async () => {} };
  const all = samples();
  for (let i = 0; i < all.length; i += 5_000)
    await server.samples.write([{ name: null, samples: all.slice(i, i + 5_000) }], () => {});
  writeRecords(server);
  const reader = stack.use(
    await openEmbeddedReader({ file: join(server.folder, "history.db"), clock, log: silentLog }),
  );
  const file = stack.use(openFactFile(join(server.folder, "facts.db"), operationNow, () => {}));
  const figures = createFigures({ plant, reader, records: server.records, file, clock });
  await figures.of(figures.calendar.periodAt("day", operationNow), [plant.platform.id]);
  figures.saveOpenDay();
  return { figures, [Symbol.asyncDispose]: () => stack.disposeAsync() };
}
