import { expect, test } from "vitest";
import type { LineView } from "#shared/model/live.ts";
import { parsePlant } from "#shared/plant/load.ts";
import { plantView } from "#shared/plant/plantView.ts";

const tag = (id: string, more = "") =>
  `{ id: ${id}, name: { zh: ${id} }, device: box, address: { node: "nsu=urn:test;s=${id}" }${more} }`;
const power = tag("power", ", unit: kW, meaning: power");
const unit = (id: string, more = "", tags = power) =>
  `      - { id: ${id}, name: { zh: ${id} }, kind: pump${more}, tags: [${tags}] }`;

function lineOf(equipment: readonly string[], device = "", line = ""): LineView | undefined {
  const text = `
platform: { id: demo, name: { zh: 平台 } }
gateways: [{ id: edge }]
devices:
  - { id: box, gateway: edge, protocol: opcua, connection: { endpoint: "opc.tcp://127.0.0.1:1", security: none }${device} }
lines:
  - id: chem
    name: { zh: 线 }${line}
    equipment:
${equipment.join("\n")}
`;
  const { plant, problems } = parsePlant(text, "plant.yaml", {});
  expect(problems).toEqual([]);
  return plant ? plantView(plant).lines[0] : undefined;
}
const flows = (line: LineView | undefined) => line?.equipment.map(({ id, flowsTo }) => [id, ...flowsTo].join(" "));

test("without `flowsTo` product goes along the list, past what is shared", () => {
  const line = lineOf([unit("a"), unit("air", ", shared: true"), unit("b"), unit("c")]);
  expect(flows(line)).toEqual(["a b", "air", "b c", "c"]);
  expect(line?.equipment.map(({ isShared }) => isShared)).toEqual([false, true, false, false]);
});

test("as soon as one says where its product goes, nothing is guessed of the others", () => {
  const line = lineOf([unit("a", ", flowsTo: [c, b]"), unit("b"), unit("c", ", flowsTo: [a]")]);
  expect(flows(line)).toEqual(["a c b", "b", "c a"]);
});

test("the power of a line is the sum of its parts, or what a meter of the whole line says, never both", () => {
  const current = tag("current", ", unit: A, meaning: power");
  const parts = [unit("a", "", `${power}, ${current}`), unit("b")];
  expect(lineOf(parts)?.powerTags).toEqual(["demo/chem/a/power", "demo/chem/b/power"]);
  const meter = `${power}, ${tag("energy", ", unit: kW.h, meaning: energy")}`;
  const whole = unit("main", ", meters: [{ tag: energy, measures: line }]", meter);
  expect(lineOf([...parts, whole])?.powerTags).toEqual(["demo/chem/main/power"]);
});

test("a calibration is the tag's own, else its device's, and holds through its last day in the plant's zone", () => {
  const own = tag("own", ", calibration: { due: 2026-03-31, certificate: C-1 }");
  const line = lineOf([unit("a", "", `${own}, ${tag("other")}`)], ", calibration: { due: 2026-12-31 }");
  expect(line?.equipment[0]?.calibrations).toEqual([
    { tag: "demo/chem/a/own", due: "2026-03-31", until: Date.parse("2026-04-01T00:00:00+08:00"), certificate: "C-1" },
    { tag: "demo/chem/a/other", due: "2026-12-31", until: Date.parse("2027-01-01T00:00:00+08:00"), certificate: null },
  ]);
  expect(lineOf([unit("a")])?.equipment[0]?.calibrations).toEqual([]);
});
