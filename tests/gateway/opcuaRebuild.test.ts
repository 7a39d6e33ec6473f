// Subscriptions that die without a word: everything is built anew, and nothing of their settings is lost.
import { CreateMonitoredItemsRequest, CreateSubscriptionRequest, MonitoringMode, type OPCUAServer } from "node-opcua";
import { expect, test } from "vitest";
import { temporaryFolder } from "../fakes/folder.ts";
import { acquirePlant, isGood } from "./hostileRig.ts";
import { double, startOpcuaServer, uri } from "./opcuaServer.ts";

const acquire = (port: number) =>
  acquirePlant(
    [
      `id: d, protocol: opcua, connection: { endpoint: "opc.tcp://127.0.0.1:${port}", security: none }, polling: { publishMs: 100, samplingMs: 50, deadband: server }`,
    ],
    ["id: x, deadband: 2, periodMs: 200", "id: y, report: every", "id: z"].map(
      (tag) => `device: d, address: { node: "nsu=${uri};s=${/id: (.)/.exec(tag)?.[1]}" }, ${tag}`,
    ),
  );

const nodes = { x: double(1), y: double(1), z: double(1) };

/** What a server is asked for from now on: how often for a subscription, and each of our items with its settings. */
function recordOf(server: OPCUAServer) {
  const record = { subscriptions: 0, items: new Map<string, string>() };
  server.on("request", (request) => {
    if (request instanceof CreateSubscriptionRequest) record.subscriptions += 1;
    if (!(request instanceof CreateMonitoredItemsRequest)) return;
    for (const { itemToMonitor, monitoringMode, requestedParameters } of request.itemsToCreate ?? []) {
      const { samplingInterval, queueSize, discardOldest, filter } = requestedParameters;
      const { nodeId } = itemToMonitor;
      if (nodeId.namespace === 0) continue;
      const settings = { monitoringMode, samplingInterval, queueSize, discardOldest, filter: filter?.toJSON() ?? null };
      record.items.set(String(nodeId.value), JSON.stringify(settings));
    }
  });
  return record;
}

// Both mostly wait.
test.concurrent("a server that comes back without a place for our subscription, and has one later, gives values again", async () => {
  await using folder = await temporaryFolder();
  const first = await startOpcuaServer(folder.path, { nodes });
  await using _ = first;
  const before = recordOf(first.server);
  await using run = await acquire(first.port);
  await run.until(() => ["x", "y", "z"].every((tag) => isGood(run.last(tag))));
  await first[Symbol.asyncDispose]();

  await using again = await startOpcuaServer(folder.path, { nodes, port: first.port });
  const { serverCapabilities } = again.server.engine;
  const places = serverCapabilities.maxSubscriptions;
  serverCapabilities.maxSubscriptions = 0;
  const after = recordOf(again.server);
  again.set("x", double(10));
  // Refused twice at least, so also when we, not the library alone, have asked.
  await run.until(() => after.subscriptions >= 2);
  expect(run.last("x")).toMatchObject({ quality: "bad", value: null });
  expect(after.items.size).toBe(0);

  serverCapabilities.maxSubscriptions = places;
  await run.until(() => isGood(run.last("x")) && run.last("x")?.value === 10);
  for (const value of [11, 13]) again.set("x", double(value));
  await run.until(() => run.last("x")?.value === 13);
  expect(run.of("x").some(({ value }) => value === 11)).toBe(false);
  expect(before.items.size).toBe(3);
  expect(before.items.get("x")).toMatch(/deadbandValue/);
  expect(after.items).toEqual(before.items);
}, 120_000);

test.concurrent("a subscription that only keeps alive, while the server's time stands still in it, is built anew", async () => {
  await using folder = await temporaryFolder();
  await using server = await startOpcuaServer(folder.path, { nodes });
  const record = recordOf(server.server);
  await using run = await acquire(server.port);
  await run.until(() => ["x", "y", "z"].every((tag) => isGood(run.last(tag))));
  const [frozen] = server.server.engine.getSessions().flatMap(({ publishEngine }) => publishEngine.subscriptions);
  if (!frozen) throw new Error("The server has no subscription.");
  const counts = { notifications: 0, keepAlives: 0 };
  frozen.on("notification", () => {
    counts.notifications += 1;
  });
  // Nothing but the server's time changes: a clock that was never seen to move would be no reason to doubt.
  await run.until(() => counts.notifications >= 2);

  frozen.on("keepalive", () => {
    counts.keepAlives += 1;
  });
  for (const id of frozen.getMonitoredItems().serverHandles) {
    frozen.getMonitoredItem(id)?.setMonitoringMode(MonitoringMode.Disabled);
  }
  server.set("x", double(10));
  await run.until(() => run.last("x")?.value === 10);
  const reported = run.of("x").map(({ reason, value }) => reason ?? value);
  expect(reported.slice(-3)).toEqual([1, "NOT_CONNECTED", 10]);
  expect(run.status("d").lastError).toMatchObject({ code: "TIMEOUT", detail: expect.stringMatching(/stands still/) });
  expect(run.states("d")).toEqual([true, false, true]);
  expect(counts.keepAlives).toBeGreaterThan(1);
  expect(record.subscriptions).toBe(2);
}, 120_000);
