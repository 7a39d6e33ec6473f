import { AttributeIds, HistoryReadResult, resolveNodeId, StatusCodes, type UAVariable } from "node-opcua";
import { expect, test } from "vitest";
import { instant } from "#shared/model/time.ts";
import type { Reading } from "../../gateway/driver.ts";
import { backfill, type HistoryGap } from "../../gateway/drivers/opcua/history.ts";
import { nodeOf } from "../../gateway/drivers/opcua/nodes.ts";
import type { OpenSession } from "../../gateway/drivers/opcua/session.ts";
import { temporaryFolder } from "../fakes/folder.ts";
import { env } from "./modbusDevices.ts";
import { addHistorised, openPlant, startPlantServer } from "./opcuaPlantServer.ts";
import { uri } from "./opcuaServer.ts";
import { missing, startPeer } from "./pythonPeer.ts";

const never = new AbortController().signal;
const start = Date.UTC(2026, 0, 2, 3, 0, 0);

const gap = (open: OpenSession, name: string, index: number, from: number, to: number): HistoryGap => {
  const node = nodeOf({ node: `nsu=${uri};s=${name}` }, open.namespaces);
  if (!node) throw new Error(`no namespace for ${name}`);
  return { index, node, from: instant(start + from), to: instant(start + to) };
};

/** `count` values, one per `step` ms, counted from 0. */
const series = (count: number, step: number) => Array.from({ length: count }, (_, i) => [i, start + i * step] as const);

/** Answers each read of this node's history otherwise. */
function refuse(variable: UAVariable, answer: () => HistoryReadResult): void {
  Object.assign(variable, { historyRead: async () => answer() });
}

/** A server that has only so many continuation points at once, over all of its nodes. */
function scarcePoints(most: number): (variable: UAVariable) => void {
  const open = new Set<UAVariable>();
  return (variable) => {
    const read = variable.historyRead.bind(variable) as (...args: unknown[]) => Promise<HistoryReadResult>;
    const scarce = async (...args: unknown[]) => {
      if (!open.has(variable) && open.size >= most) {
        return new HistoryReadResult({ statusCode: StatusCodes.BadNoContinuationPoints });
      }
      open.add(variable);
      const result = await read(...args);
      if (!result.continuationPoint?.length) open.delete(variable);
      return result;
    };
    Object.assign(variable, { historyRead: scarce });
  };
}

type Given = readonly [index: number, reading: Reading];

async function filled(open: OpenSession, gaps: readonly HistoryGap[], signal = never): Promise<readonly Given[]> {
  const given: Given[] = [];
  await backfill(open, gaps, (index, reading) => given.push([index, reading]), env(), signal);
  return given;
}

test("what lies strictly between the ends is given once, in order, as historical", async () => {
  await using folder = await temporaryFolder();
  await using server = await startPlantServer(folder.path, {
    fill: (namespace) => addHistorised(namespace, "a", series(61, 1_000)),
  });
  await using open = await openPlant(folder.path, server.port);
  const given = await filled(open, [gap(open, "a", 7, 10_000, 20_000)]);
  expect(given.map(([index, { at, value }]) => [index, at - start, value])).toEqual(
    Array.from({ length: 9 }, (_, i) => [7, 11_000 + i * 1_000, 11 + i]),
  );
  expect(given.every(([, { historical, quality }]) => historical === true && quality === "good")).toBe(true);
  // Between neighbours there is nothing, and nobody is asked.
  server.forget();
  expect(await filled(open, [gap(open, "a", 0, 10_000, 10_001), gap(open, "a", 0, 10_000, 10_000)])).toEqual([]);
  expect(server.asked).toEqual([]);
});

test("a long history comes page by page, each value once", async () => {
  await using folder = await temporaryFolder();
  await using server = await startPlantServer(folder.path, {
    fill: (namespace) => addHistorised(namespace, "long", series(9_000, 10)),
  });
  await using open = await openPlant(folder.path, server.port);
  server.forget();
  const given = await filled(open, [gap(open, "long", 0, 0, 90_000)]);
  expect(given.map(([, { value }]) => value)).toEqual(Array.from({ length: 8_999 }, (_, i) => i + 1));
  expect(server.asked.filter(([service]) => service === "HistoryRead").length).toBeGreaterThanOrEqual(5);
});

test("nodes without a history are not asked for it, and each node that fails harms no other", async () => {
  await using folder = await temporaryFolder();
  await using server = await startPlantServer(folder.path, {
    fill: (namespace) => {
      addHistorised(namespace, "good", series(10, 1_000));
      const variable = addHistorised(namespace, "plain", []);
      // No longer says that it keeps one.
      variable.accessLevel = 1;
      const broken = addHistorised(namespace, "broken", series(10, 1_000));
      refuse(broken, () => new HistoryReadResult({ statusCode: StatusCodes.BadHistoryOperationUnsupported }));
    },
  });
  await using open = await openPlant(folder.path, server.port);
  server.forget();
  const names = ["broken", "plain", "nothing", "good"];
  const given = await filled(
    open,
    names.map((name, index) => gap(open, name, index, 0, 9_000)),
  );
  expect(given.map(([index, { value }]) => [index, value])).toEqual(Array.from({ length: 8 }, (_, i) => [3, i + 1]));
  const nodesRead = server.asked.filter(([service]) => service === "HistoryRead").map(([, nodes]) => nodes);
  expect(nodesRead[0]).toBe(2);
});

test("a server that refuses a whole call because of one node still gives the others, each value once", async () => {
  await using folder = await temporaryFolder();
  await using server = await startPlantServer(folder.path, {
    fill: (namespace) => {
      addHistorised(namespace, "good", series(3_000, 1));
      refuse(addHistorised(namespace, "broken", series(10, 1_000)), () => {
        throw new Error("broken");
      });
    },
  });
  await using open = await openPlant(folder.path, server.port);
  const given = await filled(open, [gap(open, "broken", 0, 0, 3_000), gap(open, "good", 1, 0, 3_000)]);
  expect(given.map(([index, { value }]) => [index, value])).toEqual(
    Array.from({ length: 2_999 }, (_, i) => [1, i + 1]),
  );
  const reads = server.asked.filter(([service]) => service === "HistoryRead").map(([, nodes]) => nodes);
  expect(reads.slice(0, 3)).toEqual([2, 1, 1]);
});

test("StatusCodes of the history become qualities", async () => {
  await using folder = await temporaryFolder();
  const at = (i: number) => start + i * 1_000;
  await using server = await startPlantServer(folder.path, {
    fill: (namespace) =>
      addHistorised(namespace, "mixed", [
        [1, at(1)],
        [2, at(2), StatusCodes.UncertainSensorNotAccurate as typeof StatusCodes.Good],
        [3, at(3), StatusCodes.BadSensorFailure as typeof StatusCodes.Good],
        [4, at(4)],
      ]),
  });
  await using open = await openPlant(folder.path, server.port);
  const given = await filled(open, [gap(open, "mixed", 0, 0, 9_000)]);
  expect(given.map(([, reading]) => reading)).toEqual([
    { at: at(1), quality: "good", value: 1, historical: true },
    { at: at(2), quality: "uncertain", value: 2, reason: "OUT_OF_RANGE", historical: true },
    { at: at(3), quality: "bad", value: null, reason: "DEVICE_FAULT", historical: true },
    { at: at(4), quality: "good", value: 4, historical: true },
  ]);
});

test("many nodes are asked together within the server's limits, also where it gives few continuation points", async () => {
  await using folder = await temporaryFolder();
  const names = Array.from({ length: 30 }, (_, i) => `n${i}`);
  const scarce = scarcePoints(2);
  await using server = await startPlantServer(folder.path, {
    fill: (namespace) => {
      for (const name of names) scarce(addHistorised(namespace, name, series(700, 10)));
    },
    operationLimits: { maxNodesPerHistoryReadData: 8 },
  });
  await using open = await openPlant(folder.path, server.port);
  server.forget();
  const given = await filled(
    open,
    names.map((name, index) => gap(open, name, index, index, 7_000)),
  );
  const reads = server.asked.filter(([service]) => service === "HistoryRead");
  expect(Math.max(...reads.map(([, nodes]) => nodes))).toBe(8);
  // Alone, for want of continuation points.
  expect(reads.map(([, nodes]) => nodes)).toContain(1);
  for (const index of names.keys()) {
    const own = given.filter(([one]) => one === index).map(([, { at }]) => at - start);
    expect(own).toEqual(Array.from({ length: 700 }, (_, i) => i * 10).filter((at) => at > index && at < 7_000));
  }
});

test("a stop ends the reading between two pages and releases the rest at the server", async () => {
  await using folder = await temporaryFolder();
  await using server = await startPlantServer(folder.path, {
    fill: (namespace) => addHistorised(namespace, "long", series(9_000, 10)),
  });
  await using open = await openPlant(folder.path, server.port);
  const stopping = new AbortController();
  const given: Reading[] = [];
  const give = (_: number, reading: Reading) => {
    given.push(reading);
    stopping.abort(new Error("stop"));
  };
  server.forget();
  const reading = backfill(open, [gap(open, "long", 0, 0, 90_000)], give, env(), stopping.signal);
  await expect(reading).rejects.toThrow("stop");
  expect(given.length).toBeLessThan(3_000);
  // One for the page, one that releases what follows; the session still answers.
  await open.session.read({ nodeId: resolveNodeId("i=2258"), attributeId: AttributeIds.Value });
  expect(server.asked.filter(([service]) => service === "HistoryRead").length).toBe(2);
});

test("a lost connection rejects, and what was given stands", async () => {
  await using folder = await temporaryFolder();
  const server = await startPlantServer(folder.path, {
    fill: (namespace) => addHistorised(namespace, "long", series(9_000, 10)),
  });
  const open = await openPlant(folder.path, server.port);
  const given: Reading[] = [];
  let closing: Promise<void> | undefined;
  const reading = backfill(
    open,
    [gap(open, "long", 0, 0, 90_000)],
    (_, value) => {
      given.push(value);
      closing ??= open[Symbol.asyncDispose]();
    },
    env(),
    never,
  );
  await expect(reading).rejects.toMatchObject({ verdict: "retry" });
  expect(given.length).toBeGreaterThan(0);
  await closing;
  await server[Symbol.asyncDispose]();
});

const noPeer = missing("asyncua");
test.skipIf(noPeer)(`the history of asyncua${noPeer ? ` (${noPeer})` : ""}`, async () => {
  await using folder = await temporaryFolder();
  await using peer = await startPeer("opcuaHistoryPeer.py");
  for (let i = 1; i <= 20; i++) await peer.ask(String(i));
  await using open = await openPlant(folder.path, peer.port);
  const given = await filled(open, [gap(open, "plain", 0, 0, 60_000), gap(open, "kept", 1, 5_000, 16_000)]);
  expect(given.map(([index, { at, value }]) => [index, at - start, value])).toEqual(
    Array.from({ length: 10 }, (_, i) => [1, 6_000 + i * 1_000, 6 + i]),
  );
});
