// F59 and F61 of the fault matrix: a dead unit among many on one connection, a tag that floods, very many tags.
import { expect, test } from "vitest";
import { systemClock } from "#shared/kit/clock.ts";
import { seconds } from "#shared/model/time.ts";
import type { Fault } from "../../simulators/faults/catalogue.ts";
import { signal } from "../simulators/rig.ts";
import {
  acquirePlant,
  isGood,
  type PlacedPoint,
  scenario,
  startHostileModbus,
  startHostileOpcua,
} from "./hostileRig.ts";

const uri = "urn:pilotline:simulators";

test("F59: beside a dead unit, 29 others on the connection keep their cadence", async () => {
  const units = Array.from({ length: 30 }, (_, i) => i + 1);
  const points = units.map((unit): PlacedPoint => ({ unit, table: "holding", register: 0, format: "uint16" }));
  const what = await scenario("modbus-dead-unit");
  await using hostile = await startHostileModbus(what, points);
  hostile.show(units.map((unit) => 100 + unit));
  // Trying the dead unit at every poll would take the line for longer than a poll may last.
  const periodMs = 500;
  await using acquired = await acquirePlant(
    units.map(
      (unit) =>
        `id: u${unit}, protocol: modbus, connection: { host: 127.0.0.1, port: ${hostile.port}, unit: ${unit}, timeoutMs: 800 }, polling: { periodMs: ${periodMs} }`,
    ),
    units.map(
      (unit) =>
        `id: t${unit}, device: u${unit}, report: every, address: { table: holding, register: 0, format: uint16 }`,
    ),
  );
  await acquired.until(() => units.every((unit) => isGood(acquired.last(`t${unit}`))));
  await hostile.to(what.steps[0]!.at);
  await acquired.until(() => acquired.last("t3")?.quality === "bad");
  const others = units.filter((unit) => unit !== 3);
  const counts = () => others.map((unit) => acquired.of(`t${unit}`).length);
  const before = counts();
  const began = performance.now();
  await systemClock.sleep(seconds(10));
  const due = (performance.now() - began) / periodMs;
  const kept = counts().map((count, i) => (count - before[i]!) / due);
  expect(Math.min(...kept)).toBeGreaterThan(0.9);
  for (const unit of others) {
    expect(acquired.states(`u${unit}`)).toEqual([true]);
    expect(acquired.of(`t${unit}`).every(({ value }) => value === 100 + unit)).toBe(true);
  }
  expect(acquired.states("u3")).toEqual([true, false]);
}, 90_000);

test("F61: a tag that changes thousands of times a second takes nothing from the others, and its losses are counted", async () => {
  const { steps } = await scenario("opcua-flood");
  const [flood] = steps;
  const what = { steps: [{ ...flood!, fault: { ...flood!.fault, tag: "line.unit.x" } as Fault }] };
  await using hostile = await startHostileOpcua(what, [signal("x"), signal("y")]);
  let y = 1;
  hostile.show([0, y]);
  await using acquired = await acquirePlant(
    [
      `id: d, protocol: opcua, connection: { endpoint: "${hostile.endpoint}", security: none }, polling: { publishMs: 500, samplingMs: 0 }`,
    ],
    [
      `id: x, device: d, address: { node: "nsu=${uri};s=line.unit.x" }, minIntervalMs: 1000`,
      `id: y, device: d, address: { node: "nsu=${uri};s=line.unit.y" }, report: every`,
    ],
  );
  await acquired.until(() => isGood(acquired.last("y")));
  const reported = acquired.of("x").length;
  await hostile.to(flood!.at);
  const began = performance.now();
  // One change of y at a time, each waited for: none of them may be lost in the flood.
  for (; y < 12 || performance.now() - began < 5_000; ) {
    y += 1;
    hostile.show([0, y]);
    await acquired.until(() => acquired.last("y")?.value === y);
  }
  const took = (performance.now() - began) / 1_000;
  await hostile.to(flood!.at + (flood!.for ?? 0));
  expect(acquired.of("y").map(({ value }) => value)).toEqual(Array.from({ length: y }, (_, i) => i + 1));
  expect(acquired.states("d")).toEqual([true]);
  // What is reported of the flooding tag keeps its minimum interval, give or take the first and the last.
  const flooded = acquired.of("x").length - reported;
  expect(flooded).toBeGreaterThan(2);
  expect(flooded).toBeLessThan(2 * took + 4);
  const values = acquired.of("x").map(({ value }) => Number(value));
  expect(Math.max(...values)).toBeGreaterThan(1_000);
  expect(acquired.status("d").driver.counters.overflows).toBeGreaterThan(0);
}, 90_000);

test("F61: thousands of tags at once are all there, with the values of their own nodes", async () => {
  const count = 5_000;
  const ids = Array.from({ length: count }, (_, i) => `n${i}`);
  await using hostile = await startHostileOpcua(
    { steps: [] },
    ids.map((id) => signal(id, { range: undefined })),
  );
  hostile.show(ids.map((_, i) => i));
  await using acquired = await acquirePlant(
    [`id: d, protocol: opcua, connection: { endpoint: "${hostile.endpoint}", security: none }`],
    ids.map((id) => `id: ${id}, device: d, address: { node: "nsu=${uri};s=line.unit.${id}" }`),
  );
  await acquired.until(() => ids.every((id) => acquired.last(id) !== undefined));
  expect(ids.filter((id, i) => acquired.last(id)?.value !== i)).toEqual([]);
}, 120_000);
