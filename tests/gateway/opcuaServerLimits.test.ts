import { DataType } from "node-opcua";
import { expect, test } from "vitest";
import { opcua } from "../../gateway/drivers/opcua/module.ts";
import { temporaryFolder } from "../fakes/folder.ts";
import { env, upTo } from "./modbusDevices.ts";
import { node, opcuaDevice } from "./opcuaBench.ts";
import { openPlant, startPlantServer } from "./opcuaPlantServer.ts";

const never = new AbortController().signal;

const serverOf = (folder: string, operationLimits: Readonly<Record<string, number>>) =>
  startPlantServer(folder, {
    operationLimits,
    fill: (namespace, addressSpace) => {
      for (const i of upTo(10)) {
        namespace.addVariable({
          browseName: `n${i}`,
          nodeId: `s=n${i}`,
          organizedBy: addressSpace.rootFolder.objects,
          dataType: DataType.Double,
          value: { dataType: DataType.Double, value: i },
        });
      }
    },
  });

test.each([1, 3, 50])("a server that takes %i nodes per read is asked for its limits, and read, so", async (reads) => {
  await using folder = await temporaryFolder();
  await using server = await serverOf(folder.path, {
    maxNodesPerRead: reads,
    maxMonitoredItemsPerCall: 7,
    maxNodesPerBrowse: 8,
    maxNodesPerTranslateBrowsePathsToNodeIds: 9,
    maxNodesPerHistoryReadData: 0,
  });
  await using open = await openPlant(folder.path, server.port);
  expect(open.limits).toEqual({ reads, items: 7, browses: 8, paths: 9, historyReads: Number.POSITIVE_INFINITY });

  const driver = (await opcua.load(env(folder.path))).driver(opcuaDevice(server.port));
  await using _ = driver;
  await driver.connect(never);
  const names = upTo(10).map((i) => node(`n${i}`));
  expect((await driver.read(names, never)).map(({ value }) => value)).toEqual(upTo(10));
  const sizes = server.asked.filter(([service]) => service === "Read").map(([, nodes]) => nodes);
  expect(Math.max(...sizes)).toBe(Math.min(reads, 10));
});
