import { expect, test } from "vitest";
import type { EnergyNode } from "#shared/model/operation.ts";
import { tableCsv } from "../../dashboard/web/chart/chartTable.ts";
import { bandFill, bandsInOrder } from "../../dashboard/web/chart/fills.ts";
import { sankeyOf } from "../../dashboard/web/chart/sankey.ts";
import { digitsOfMarks, labelStep, marksOf } from "../../dashboard/web/chart/scale.ts";
import { ladderSteps } from "../../dashboard/web/pages/utilisation/ladderSteps.ts";

const state = (place: string, name: string, kwh: number): EnergyNode => ({
  ...{ id: `${place}:${name}`, kind: "state", kwh, coverage: 1, parts: [], restKwh: 0 },
});
const machine = (id: string, prd: number, sby: number): EnergyNode => ({
  ...{ id, kind: "equipment", kwh: prd + sby, coverage: 1, restKwh: 0 },
  parts: [state(id, "PRD", prd), state(id, "SBY", sby)],
});
const size = { height: 300, gap: 10, most: 4 };
const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

test("the flow of energy balances at every node, and what no sub-meter counted is a node of its own", () => {
  const root: EnergyNode = {
    ...{ id: "demo/chem", kind: "line", kwh: 100, coverage: 1, restKwh: 15 },
    parts: [machine("demo/chem/r1", 40, 20), machine("demo/chem/r2", 20, 5)],
  };
  const { nodes, flows, columns, overcounted } = sankeyOf(root, size);
  expect(columns).toBe(3);
  expect(overcounted).toEqual([]);
  expect(nodes.filter(({ column }) => column === 2).map(({ id, kwh }) => [id, kwh])).toEqual(
    expect.arrayContaining([
      ["PRD", 60],
      ["SBY", 25],
      ["rest", 15],
    ]),
  );
  for (const node of nodes) {
    const out = sum(flows.filter(({ from }) => from === node.id).map(({ kwh }) => kwh));
    const into = sum(flows.filter(({ to }) => to === node.id).map(({ kwh }) => kwh));
    if (node.column < columns - 1) expect(out, node.id).toBeCloseTo(node.kwh, 9);
    if (node.column > 0) expect(into, node.id).toBeCloseTo(node.kwh, 9);
    expect(node.y + node.height).toBeLessThanOrEqual(size.height + 1e-9);
  }
  // Bands at a node do not lie upon one another.
  const atRoot = flows.filter(({ from }) => from === root.id).toSorted((a, b) => a.y0 - b.y0);
  for (let i = 1; i < atRoot.length; i++)
    expect(atRoot[i]?.y0).toBeCloseTo((atRoot[i - 1]?.y0 ?? 0) + (atRoot[i - 1]?.height ?? 0), 9);
});

test("sub-meters that count more than their main are named, and nothing flows out that did not flow in", () => {
  const root: EnergyNode = {
    ...{ id: "demo/chem", kind: "line", kwh: 50, coverage: 1, restKwh: -10 },
    parts: [machine("demo/chem/r1", 40, 20)],
  };
  const { nodes, overcounted } = sankeyOf(root, size);
  expect(overcounted).toEqual(["demo/chem"]);
  expect(nodes[0]?.kwh).toBe(60);
  expect(nodes.some(({ id }) => id === "rest")).toBe(false);
});

test("of many machines the smallest are one node; an empty tree is drawn as nothing", () => {
  const parts = Array.from({ length: 7 }, (_, i) => machine(`demo/chem/m${i}`, i + 1, 0));
  const root: EnergyNode = { id: "demo/chem", kind: "line", kwh: 28, coverage: 1, restKwh: 0, parts };
  const { nodes } = sankeyOf(root, size);
  const others = nodes.find(({ kind }) => kind === "others");
  expect(others).toMatchObject({ count: 4, kwh: 1 + 2 + 3 + 4 });
  const tiny = [machine("demo/chem/a", 100, 0), machine("demo/chem/b", 0.5, 0), machine("demo/chem/c", 0.4, 0)];
  const few = sankeyOf({ ...root, kwh: 100.9, parts: tiny }, size);
  expect(few.nodes.find(({ kind }) => kind === "others")).toMatchObject({ count: 2 });
  // However many nodes there are, gaps leave most of the height to what flows.
  const crowd = Array.from({ length: 60 }, (_, i) => machine(`demo/chem/n${i}`, 1, 0));
  const crowded = sankeyOf({ ...root, kwh: 60, parts: crowd }, { ...size, most: 100 });
  expect(crowded.nodes[0]?.height).toBeGreaterThan(0.69 * size.height);
  const none = sankeyOf({ id: "x", kind: "line", kwh: 0, coverage: 0, parts: [], restKwh: 0 }, size);
  expect(none.flows).toEqual([]);
});

test("marks are round and hold the values; labels keep their distance", () => {
  expect(marksOf(0, 18.5)).toEqual([0, 5, 10, 15, 20]);
  expect(marksOf(-120, 40)).toEqual([-150, -100, -50, 0, 50]);
  expect(marksOf(0, 0)).toEqual([0, 0.25]);
  expect(digitsOfMarks([0, 0.25])).toBe(1);
  expect(labelStep(31, 310, 40)).toBe(4);
});

test("bands are ordered from the dearest, each with a shade of its own", () => {
  const bands = ["深谷", "平段", "尖峰", "低谷", "高峰"];
  expect(bandsInOrder(bands)).toEqual(["尖峰", "高峰", "平段", "低谷", "深谷"]);
  expect(new Set(bands.map((band) => bandFill(band, bands))).size).toBe(5);
});

test("the steps of the ladder and what lies between add up", () => {
  const ladder = {
    ...{ calendarH: 24, unknownH: 2, notScheduledH: 10, openH: 12, bookedH: 6, bookedUnusedH: 1, unbookedUseH: 2 },
    ...{ idleOccupiedH: 1, occupiedH: 8, haltH: 0.5, runningH: 7.5, withoutProjectH: 1, preparedH: 0.5, effectiveH: 7 },
  };
  const steps = ladderSteps(ladder);
  for (let i = 1; i < steps.length; i++) {
    const [before, step] = [steps[i - 1], steps[i]];
    const changed = sum(step?.changes.map(({ hours }) => hours) ?? []);
    expect((before?.hours ?? 0) + changed, step?.step).toBeCloseTo(step?.hours ?? Number.NaN, 9);
  }
});

test("a table as a file: numbers whole, the unknown empty, nothing that a spreadsheet runs", () => {
  const table = {
    columns: [{ title: "a" }, { title: "b", decimals: 1 }],
    rows: [
      ["=1+1", 0.1 + 0.2],
      ["x", null],
    ],
  };
  expect(tableCsv(table, [["period", "2026-03"]])).toBe("\uFEFF# period,2026-03\r\na,b\r\n'=1+1,0.3\r\nx,\r\n");
});
