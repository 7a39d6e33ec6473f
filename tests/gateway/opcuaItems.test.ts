import { DataType } from "node-opcua";
import { describe, expect, test } from "vitest";
import { instant, millis } from "#shared/model/time.ts";
import type { OpcuaAddress } from "#shared/plant/protocols/opcua.ts";
import type { Point } from "../../gateway/driver.ts";
import { doubtClock } from "../../gateway/drivers/opcua/clockDoubt.ts";
import { neededBetweenPublishes, queueSizeOf } from "../../gateway/drivers/opcua/parameters.ts";
import { NoSubscriptions, subscriptionFailure } from "../../gateway/drivers/opcua/pollInstead.ts";
import { temporaryFolder } from "../fakes/folder.ts";
import { node, subscribe } from "./opcuaBench.ts";
import { double, startOpcuaServer } from "./opcuaServer.ts";

const within = (name: string, deadband: Point<OpcuaAddress>["deadband"]): Point<OpcuaAddress> => ({
  ...node(name),
  ...(deadband ? { deadband } : {}),
});

/** Shows the values one after the other at `x`, then an end mark at `y`; gives what came of `x`. */
async function pushedOf(point: Point<OpcuaAddress>, values: readonly number[], where: "server" | "gateway") {
  await using folder = await temporaryFolder();
  await using server = await startOpcuaServer(folder.path, { nodes: { x: double(0), y: double(0) } });
  await using driver = await subscribe(folder.path, server.port, [point, node("y")], { deadband: where });
  await driver.until(() => driver.readings.every((readings) => readings.length > 0));
  let at = Date.now();
  for (const value of values) server.set("x", double(value), new Date(++at));
  server.set("y", double(1), new Date(++at));
  await driver.until(() => driver.readings[1]?.some(({ value }) => value === 1) ?? false);
  const counters = driver.driver.diagnosis().counters;
  return { came: driver.readings[0]?.map(({ value }) => value), counters };
}

describe("deadbands", () => {
  test("the server drops changes within an absolute deadband", async () => {
    const { came } = await pushedOf(within("x", { raw: 2 }), [1, 2, 3, 4, 6], "server");
    expect(came).toEqual([0, 3, 6]);
  });

  test("where the gateway is to drop them, everything comes", async () => {
    const { came } = await pushedOf(within("x", { raw: 2 }), [1, 2, 3], "gateway");
    expect(came).toEqual([0, 1, 2, 3]);
  });

  test("a percent deadband of a node without EURange becomes the same one in raw units", async () => {
    const { came, counters } = await pushedOf(within("x", { raw: 2, percent: 1 }), [1, 2, 3], "server");
    expect(came).toEqual([0, 3]);
    expect(counters["items without server-side filter"]).toBe(0);
  });

  test("a node that takes no deadband at all is subscribed without one", async () => {
    await using folder = await temporaryFolder();
    const nodes = { text: { dataType: DataType.String, value: "a" }, x: double(0) };
    await using server = await startOpcuaServer(folder.path, { nodes });
    const points = [within("text", { raw: 1, percent: 1 }), within("x", { raw: 1 })];
    await using driver = await subscribe(folder.path, server.port, points);
    await driver.until(() => driver.readings.every((readings) => readings.length > 0));
    server.set("text", { dataType: DataType.String, value: "b" });
    await driver.until(() => driver.readings[0]?.some(({ value }) => value === "b") ?? false);
    expect(driver.driver.diagnosis().counters["items without server-side filter"]).toBe(1);
  });
});

test("items are created a few per call; each tag has its own rate; a refused node is a standing warning", async () => {
  await using folder = await temporaryFolder();
  const names = Array.from({ length: 25 }, (_, i) => `n${i}`);
  const nodes = Object.fromEntries(names.map((name, i) => [name, double(i)]));
  await using server = await startOpcuaServer(folder.path, { nodes });
  const points = [
    ...names.map((name, i): Point<OpcuaAddress> => (i % 2 ? { ...node(name), period: millis(200) } : node(name))),
    node("missing"),
  ];
  await using driver = await subscribe(folder.path, server.port, points, { itemsPerCall: 4 });
  await driver.until(() => driver.readings.every((readings) => readings.length > 0));
  expect(driver.readings.slice(0, 25).map(([first]) => first?.value)).toEqual(names.map((_, i) => i));
  expect(driver.readings[25]?.[0]).toMatchObject({ quality: "bad", reason: "ADDRESS_UNKNOWN" });
  const { warnings, counters } = driver.driver.diagnosis();
  expect(warnings.join("\n")).toMatch(/the server refuses .*missing.*BadNodeIdUnknown/);
  expect(counters.subscriptions).toBe(1);
  expect(counters.notifications).toBeGreaterThanOrEqual(25);
});

describe("the source's clock", () => {
  const now = instant(1_000_000);
  const good = (at: number) => ({ at: instant(at), quality: "good", value: 1 }) as const;

  test.each([
    ["a punctual value stays", good(999_000), 0, good(999_000)],
    ["an old value may be right", good(1_000), 0, good(1_000)],
    ["within the tolerance the future is believed", good(1_005_000), 0, good(1_005_000)],
    [
      "a value of the future is of now, and uncertain",
      good(1_005_001),
      0,
      { at: now, quality: "uncertain", value: 1, reason: "CLOCK_SUSPECT" },
    ],
    [
      "a server whose clock is behind is uncertain at its own time",
      good(900_000),
      -6_000,
      { at: 900_000, quality: "uncertain", value: 1, reason: "CLOCK_SUSPECT" },
    ],
    [
      "what is bad stays bad for its own reason",
      { at: instant(2_000_000), quality: "bad", value: null, reason: "TIMEOUT" } as const,
      0,
      { at: now, quality: "bad", value: null, reason: "TIMEOUT" },
    ],
  ])("%s", (_, reading, skew, expected) => {
    expect(doubtClock(reading, now, millis(skew), millis(5_000))).toEqual(expected);
  });

  test("a value of the future reaches the gateway as one of now", async () => {
    await using folder = await temporaryFolder();
    await using server = await startOpcuaServer(folder.path, { nodes: { x: double(0) } });
    await using driver = await subscribe(folder.path, server.port, [node("x")]);
    await driver.until(() => (driver.readings[0]?.length ?? 0) > 0);
    server.set("x", double(7), new Date(Date.now() + 86_400_000));
    await driver.until(() => driver.readings[0]?.some(({ value }) => value === 7) ?? false);
    const late = driver.readings[0]?.find(({ value }) => value === 7);
    expect(late).toMatchObject({ quality: "uncertain", reason: "CLOCK_SUSPECT" });
    expect(late?.at).toBeLessThanOrEqual(Date.now());
  });
});

test.each([
  [1_000, 100, 10],
  [1_000, 1_000, 1],
  [1_000, 0, 1],
  [250, 1_000, 1],
])("publishing %d ms, sampling %d ms: at least %d values have to fit", (publishMs, samplingMs, needed) => {
  expect(neededBetweenPublishes(publishMs, samplingMs)).toBe(needed);
  expect(queueSizeOf(publishMs, samplingMs)).toBeGreaterThanOrEqual(2 * needed);
});

test.each([
  ["serviceResult = BadServiceUnsupported (0x800b0000)", true],
  ["serviceResult = BadTooManySubscriptions (0x80770000)", false],
  ["The connection may have been rejected by server", false],
])("%s: no subscriptions at all: %s", (message, expected) =>
  expect(subscriptionFailure(new Error(message)) instanceof NoSubscriptions).toBe(expected),
);
