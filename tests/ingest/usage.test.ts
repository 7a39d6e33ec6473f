import { join } from "node:path";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { createFigures } from "../../ingest/indicators/computeFigures.ts";
import { type EquipmentDay, equipmentUsage } from "../../ingest/usage/day.ts";
import { createUsageRound } from "../../ingest/usage/usageRound.ts";
import { silentLog } from "../../shared/kit/log.ts";
import type { Booking } from "../../shared/model/booking.ts";
import { calendar } from "../../shared/model/calendar.ts";
import { sumMs, union } from "../../shared/model/interval.ts";
import type { Recorded } from "../../shared/model/revision.ts";
import type { Run } from "../../shared/model/run.ts";
import { instant } from "../../shared/model/time.ts";
import type { UsagePart } from "../../shared/model/usage.ts";
import { openFactsAnew } from "../../shared/store/facts/factFile.ts";
import { openRecordsWriter } from "../../shared/store/records/sqlite.ts";
import { ManualClock } from "../fakes/clock.ts";
import { temporaryFolder } from "../fakes/folder.ts";
import { memoryReader } from "./memoryReader.ts";
import { plantYaml, testPlant } from "./plantFixture.ts";
import { good } from "./samples.ts";

const hour = 3_600_000;
const zone = calendar("Asia/Shanghai");
const day = zone.period("2026-03-10");
const at = (h: number) => instant(day.from + h * hour);
const mark = { number: 1, at: instant(0), by: "li", why: null };

const run = (
  id: string,
  from: number,
  to: number | null,
  tenant: string | null,
  equipment = ["r101"],
): Recorded<Run> => ({
  id,
  revision: mark,
  line: "chem",
  equipment,
  project: null,
  tenant,
  kind: "scaleUp",
  batch: null,
  recipe: null,
  lot: null,
  quantities: null,
  plannedSecondsPerUnit: null,
  from: at(from),
  to: to === null ? null : at(to),
  state: to === null ? "running" : "completed",
  reason: null,
  source: "person",
  rule: null,
  note: null,
});
const booking = (id: string, from: number, to: number, tenant: string): Recorded<Booking> => ({
  id,
  revision: mark,
  line: "chem",
  equipment: "r101",
  from: at(from),
  to: at(to),
  tenant,
  project: null,
  state: "confirmed",
  note: null,
});

const usedBy = (parts: readonly UsagePart[]) => parts.map(({ tenant, run, usedH }) => [tenant, run, usedH]);
const tariff = { default: "flat", bands: [{ band: "peak", fromS: 8 * 3_600, toS: 12 * 3_600 }] };

test("time goes to the run, else to the booking, else to nobody; energy follows, also while the run stands still", () => {
  const data: EquipmentDay = {
    equipment: "r101",
    claims: {
      runs: [run("R1", 8, 12, "acme")],
      bookings: [booking("B1", 10, 16, "univ")],
      tenantOfProject: () => null,
    },
    states: [
      { from: at(9), to: at(15), state: "PRD" },
      { from: at(15), to: at(17), state: "SBY" },
      { from: at(17), to: at(18), state: "PRD" },
    ],
    energy: [{ from: at(0), to: at(24), amount: 240, isEstimated: false }],
    water: null,
    alarms: [{ at: at(8.5) }, { at: at(13) }, { at: at(23) }],
  };
  const usage = equipmentUsage(data, day, tariff, zone);
  expect(usedBy(usage.parts)).toEqual([
    [null, null, 1],
    ["acme", "R1", 3],
    ["univ", null, 3],
  ]);
  expect(usage).toMatchObject({ usedH: 7, knownH: 9, elapsedH: 24 });
  const acme = usage.parts.find(({ tenant }) => tenant === "acme");
  expect(acme).toMatchObject({ heldH: 4, alarms: 1 });
  expect(acme?.energyKwh.peak).toBeCloseTo(40);
  const univ = usage.parts.find(({ tenant }) => tenant === "univ");
  expect(univ?.energyKwh.flat).toBeCloseTo(40);
});

test("whatever overlaps, the parts add up to what the equipment used: hours, energy, water, alarms", () => {
  const span = fc.tuple(fc.integer({ min: -5, max: 29 }), fc.integer({ min: 1, max: 12 }));
  const tenant = fc.constantFrom(null, "a", "b");
  fc.assert(
    fc.property(
      fc.array(fc.tuple(span, tenant), { maxLength: 6 }),
      fc.array(fc.tuple(span, fc.constantFrom("a", "c")), { maxLength: 4 }),
      fc.array(
        fc.tuple(fc.integer({ min: 0, max: 23 }), fc.constantFrom("PRD" as const, "ENG" as const, "SBY" as const)),
        {
          maxLength: 20,
        },
      ),
      fc.array(fc.integer({ min: 0, max: 23 }), { maxLength: 5 }),
      (runs, bookings, states, alarms) => {
        const pieces = [...new Map(states)].map(([h, state]) => ({ from: at(h), to: at(h + 1), state }));
        const data: EquipmentDay = {
          equipment: "r101",
          claims: {
            runs: runs.map(([[from, length], who], i) => run(`R${i}`, from, i === 0 ? null : from + length, who)),
            bookings: bookings.map(([[from, length], who], i) => booking(`B${i}`, from, from + length, who)),
            tenantOfProject: () => null,
          },
          states: pieces,
          energy: [
            { from: at(-2), to: at(7), amount: 9, isEstimated: false },
            { from: at(7), to: at(30), amount: 46, isEstimated: true },
          ],
          water: [{ from: at(0), to: at(24), amount: 12, isEstimated: false }],
          alarms: alarms.map((h) => ({ at: at(h) })),
        };
        const { parts, usedH, energyKwh } = equipmentUsage(data, day, tariff, zone);
        const total = (of: (part: UsagePart) => number) => parts.reduce((sum, part) => sum + of(part), 0);
        expect(total((part) => part.usedH)).toBeCloseTo(usedH, 9);
        expect(total(({ energyKwh: bands }) => Object.values(bands).reduce((a, b) => a + b, 0))).toBeCloseTo(41, 9);
        expect(energyKwh).toBeCloseTo(41, 9);
        expect(total((part) => part.waterM3)).toBeCloseTo(12, 9);
        expect(total((part) => part.alarms)).toBeCloseTo(alarms.length, 9);
        const productive = sumMs(union(pieces.filter(({ state }) => state === "PRD"))) / hour;
        expect(usedH).toBeGreaterThanOrEqual(productive - 1e-9);
      },
    ),
  );
});

test("days are worked out from the store, anew when a run is corrected or data comes late; a utility is divided", async () => {
  const plant = testPlant(
    plantYaml
      .replace(
        "        name: { zh: 结晶釜 }\n        kind: reactor\n",
        (text) => `${text}        shared: true\n        energyMeter: kwh\n`,
      )
      .replace(
        "device: plc, address: { node: s=mode2 }, type: int, meaning: state }",
        (text) =>
          `${text}\n          - { id: kwh, name: { zh: 电量 }, device: meter, address: { node: s=k2 }, unit: kW.h, gapAfterMs: 86400000, meaning: energy }`,
      )
      .replace(
        "{ id: mode, name: { zh: 状态 }, device: plc, address: { node: s=mode }, type: int,",
        (text) => `${text} gapAfterMs: 86400000,`,
      ),
  );
  await using folder = await temporaryFolder();
  await using records = await openRecordsWriter(join(folder.path, "records.db"));
  const reader = memoryReader();
  const clock = new ManualClock(at(20));
  reader.write([
    good("chem/r101/mode", at(6), 1),
    good("chem/r101/mode", at(18), 2),
    good("chem/r102/kwh", at(0), 100),
    good("chem/r102/kwh", at(19), 119),
  ]);
  const { id, revision: _, ...content } = run("R000001", 8, 12, "acme");
  records.addRuns([{ id, at: at(12), by: "li", why: null, origin: "a", record: content }]);
  const figuresBy = (now: ManualClock) =>
    createFigures({ plant, reader, records, file: openFactsAnew("/nowhere"), clock: now });
  const round = createUsageRound({ plant, records, reader, figures: figuresBy(clock), clock, log: silentLog });
  const kept = () => records.usageDays(day.name, day.name).find(({ line }) => line === "chem");
  const partsOf = (equipment: string) => kept()?.equipment.find((one) => one.equipment === equipment)?.parts ?? [];

  await round.follow();
  expect(usedBy(partsOf("r101"))).toEqual([
    [null, null, 8],
    ["acme", "R000001", 4],
  ]);
  const energy = partsOf("r102").map(({ tenant, energyKwh }) => [tenant, Math.round((energyKwh.all ?? 0) * 100) / 100]);
  expect(energy).toEqual([
    [null, 12.67],
    ["acme", 6.33],
  ]);

  const next = new ManualClock(at(40));
  const figures = figuresBy(next);
  const later = createUsageRound({ plant, records, reader, figures, clock: next, log: silentLog });
  await later.follow();
  records.addRuns([{ id, at: at(30), by: "li", why: "earlier", origin: "b", record: { ...content, from: at(6) } }]);
  await later.follow();
  expect(usedBy(partsOf("r101"))).toEqual([
    [null, null, 6],
    ["acme", "R000001", 6],
  ]);
  const fault = good("chem/r101/mode", at(14), 2);
  reader.write([fault]);
  figures.stored([fault]);
  later.stored([fault]);
  await later.follow();
  expect(usedBy(partsOf("r101"))).toEqual([
    [null, null, 2],
    ["acme", "R000001", 6],
  ]);

  const about = { line: "chem", equipment: "r101", reason: "seen", isWithdrawn: false } as const;
  const correction = { ...about, from: at(14), to: at(17), state: "PRD" } as const;
  records.addStateCorrections([{ id: "C1", at: at(40), by: "li", why: "seen", origin: "c1", record: correction }]);
  await later.follow();
  expect(usedBy(partsOf("r101"))).toEqual([
    [null, null, 5],
    ["acme", "R000001", 6],
  ]);
  const withdrawn = { ...correction, isWithdrawn: true };
  records.addStateCorrections([{ id: "C1", at: at(41), by: "li", why: "not so", origin: "c2", record: withdrawn }]);
  await later.follow();
  expect(usedBy(partsOf("r101"))).toEqual([
    [null, null, 2],
    ["acme", "R000001", 6],
  ]);
});

test("use of equipment without a state tag is what its power tells", async () => {
  const plant = testPlant(
    plantYaml.replace(
      "        energyMeter: kwh\n",
      (text) => `        powerState: { tag: power, onKw: 1, runKw: 5, runOffKw: 4 }\n${text}`,
    ),
  );
  expect(plant.lines[0]?.equipment[0]?.powerState?.tag).toBe("power");
  await using folder = await temporaryFolder();
  await using records = await openRecordsWriter(join(folder.path, "records.db"));
  const reader = memoryReader();
  const clock = new ManualClock(at(20));
  reader.write(
    Array.from({ length: 19 * 360 }, (_, i) =>
      good("chem/r101/power", at(i / 360), i >= 6 * 360 && i < 9 * 360 ? 8 : 2),
    ),
  );
  const figures = createFigures({ plant, reader, records, file: openFactsAnew("/nowhere"), clock });
  const round = createUsageRound({ plant, records, reader, figures, clock, log: silentLog });
  await round.follow();
  const used = records.usageDays(day.name, day.name).find(({ line }) => line === "chem")?.equipment ?? [];
  expect(used.find(({ equipment }) => equipment === "r101")).toMatchObject({ usedH: 3, basis: "states" });
});
