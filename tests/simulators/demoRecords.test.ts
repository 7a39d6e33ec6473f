import { expect, test } from "vitest";
import { instant } from "#shared/model/time.ts";
import { parsePlant } from "#shared/plant/load.ts";
import { readRecords } from "#shared/plant/recordTables.ts";
import { demoPlantFile, demoPlatform } from "../../simulators/plantFile/demo.ts";
import { demoRecords } from "../../simulators/plantFile/records.ts";
import { plantNames, startPlants } from "../../simulators/plants/registry.ts";

test("the demo's records fit the demo's plant, each table naming only what stands in one before it, and are marked", () => {
  const running = startPlants(plantNames, 1);
  const { plant } = parsePlant(demoPlantFile(running), "plant.yaml", {});
  const tables = demoRecords(
    running.map(({ facts }) => facts),
    instant(Date.parse("2026-01-01T00:30:00+08:00")),
    demoPlatform.timeZone,
  );
  const tenants = new Map<string, boolean>();
  const projects = new Map<string, { tenant: string; active: boolean }>();
  for (const { kind, csv } of tables) {
    const known = { lines: plant?.lines ?? [], now: instant(0), tenants, projects };
    const read = readRecords(kind, csv, known);
    expect(read.problems, kind).toEqual([]);
    expect(read.rows.length, kind).toBeGreaterThan(0);
    expect(JSON.stringify(read.rows), kind).toMatch(/模拟|simulated/);
    if (read.kind === "tenants") for (const { row } of read.rows) tenants.set(row.id, row.tenant.active);
    if (read.kind === "projects") for (const { row } of read.rows) projects.set(row.id, row.project);
    // No equipment is promised to two at a time.
    if (read.kind === "bookings") {
      const confirmed = read.rows.filter(({ row }) => row.state === "confirmed");
      expect(new Set(confirmed.map(({ row }) => `${row.equipment} ${row.from}`)).size).toBe(confirmed.length);
    }
  }
  expect(tables.map(({ kind }) => kind)).toEqual(["tenants", "projects", "prices", "bookings", "declared"]);
});
