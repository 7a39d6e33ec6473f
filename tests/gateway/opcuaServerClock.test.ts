import { expect, test } from "vitest";
import type { Clock } from "#shared/kit/clock.ts";
import { systemClock } from "#shared/kit/clock.ts";
import { hours, instant, millis } from "#shared/model/time.ts";
import { measureSkew } from "../../gateway/drivers/opcua/serverClock.ts";
import { temporaryFolder } from "../fakes/folder.ts";
import { openPlant, startPlantServer } from "./opcuaPlantServer.ts";
import { missing, startPeer } from "./pythonPeer.ts";

const clockOff = (by: number): Clock => ({ ...systemClock, now: () => instant(systemClock.now() - by) });
/** Round trips on a slow machine. */
const slack = 3_000;

test("the server's clock is as far ahead as ours is behind, and the other way round", async () => {
  await using folder = await temporaryFolder();
  await using server = await startPlantServer(folder.path, { fill: () => {} });
  await using open = await openPlant(folder.path, server.port);
  expect(Math.abs(await measureSkew(open, systemClock))).toBeLessThan(slack);
  const ahead = await measureSkew(open, clockOff(hours(1)));
  expect(Math.abs(ahead - hours(1))).toBeLessThan(slack);
  const behind = await measureSkew(open, clockOff(-hours(1)));
  expect(Math.abs(behind + hours(1))).toBeLessThan(slack);
});

test("a step of our clock during the question is not taken for one of the server's", async () => {
  await using folder = await temporaryFolder();
  await using server = await startPlantServer(folder.path, { fill: () => {} });
  await using open = await openPlant(folder.path, server.port);
  let reads = 0;
  const stepping: Clock = {
    ...systemClock,
    now: () => instant(systemClock.now() + (reads++ === 0 ? 0 : hours(1))),
  };
  expect(Math.abs(await measureSkew(open, stepping))).toBeLessThan(slack);
});

test("half of the round trip is counted", async () => {
  await using folder = await temporaryFolder();
  await using server = await startPlantServer(folder.path, { fill: () => {} });
  await using open = await openPlant(folder.path, server.port);
  // As if the answer had taken two hours: the server said its time after one of them.
  const instants = [0, hours(2)];
  const slow: Clock = { ...systemClock, monotonic: () => millis(instants.shift() ?? hours(2)) };
  expect(Math.abs((await measureSkew(open, slow)) + hours(1))).toBeLessThan(slack);
});

test("a server that is gone rejects with NOT_CONNECTED or TIMEOUT", async () => {
  await using folder = await temporaryFolder();
  const server = await startPlantServer(folder.path, { fill: () => {} });
  const open = await openPlant(folder.path, server.port);
  await open[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
  await expect(measureSkew(open, systemClock)).rejects.toMatchObject({ verdict: "retry" });
});

const noPeer = missing("asyncua");
test.skipIf(noPeer)(`asyncua says its time too${noPeer ? ` (${noPeer})` : ""}`, async () => {
  await using folder = await temporaryFolder();
  await using peer = await startPeer("opcuaPeer.py");
  await using open = await openPlant(folder.path, peer.port);
  expect(Math.abs(await measureSkew(open, systemClock))).toBeLessThan(slack);
});
