import { readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { parseBatchName } from "#shared/wire/delivery.ts";
import { realDisk } from "../../gateway/outbox/disk.ts";
import { parseSegmentName, recordsIn } from "../../gateway/outbox/segment.ts";
import { temporaryFolder } from "../fakes/folder.ts";
import { startBroker } from "./broker.ts";
import { endGateway, startGateway } from "./gatewayProcess.ts";
import { meterPlantText } from "./meterPlant.ts";
import { startModbusServer } from "./modbusServer.ts";
import { startHost } from "./testHost.ts";

/** One counter that grows with every poll: a missing sample is a missing number. */
const plant = (port: number): string =>
  meterPlantText(
    [
      `id: counter, protocol: modbus, connection: { host: 127.0.0.1, port: ${port} }, polling: { periodMs: 50 }`,
      "id: absent, protocol: modbus, connection: { host: 127.0.0.1, port: 1, timeoutMs: 100 }",
    ],
    [
      "id: n, device: counter, type: int, report: every, address: { table: holding, register: 0, format: uint32 }",
      "id: off, device: absent, type: int, address: { table: holding, register: 0, format: uint16 }",
    ],
  );

/** Names of all batches that lie in the outbox. */
async function onDisk(folder: string): Promise<readonly string[]> {
  const outbox = join(folder, "gateway", "g", "outbox");
  const names: string[] = [];
  for (const file of (await readdir(outbox)).filter((name) => name.endsWith(".seg"))) {
    const queueId = parseSegmentName(file)?.queueId;
    for await (const { record } of recordsIn(realDisk, join(outbox, file))) names.push(`${queueId}:${record.number}`);
  }
  return names;
}

test("a gateway that is killed in mid-flow loses nothing that it accepted", async () => {
  await using folder = await temporaryFolder();
  let polls = 0;
  await using device = await startModbusServer(() => {
    polls += 1;
    return { registers: [polls >> 16, polls & 0xffff] };
  });
  await writeFile(join(folder.path, "plant.yaml"), plant(device.port));
  await using broker = await startBroker();
  await using host = await startHost(() => broker.url, "p", "g");
  const accepted: string[] = [];

  for (let round = 0; round < 3; round++) {
    const running = await startGateway(folder.path, broker.url);
    const before = host.stored.size;
    await host.until(() => host.stored.size >= before + 5);
    if (round === 1) {
      // The host stores nothing for a while: what is accepted now lies on the disk only.
      host.policy = () => ({ store: false, acknowledge: false });
      const seen = host.heard.length;
      await host.until(() => host.heard.length >= seen + 8);
      host.policy = () => ({ store: true, acknowledge: true });
    }
    await endGateway(running, "SIGKILL");
    accepted.push(...(await onDisk(folder.path)));
  }
  const last = await startGateway(folder.path, broker.url);
  const before = host.stored.size;
  await host.until(() => host.stored.size > before + 5 && accepted.every((name) => host.stored.has(name)));
  await host.until(() => new Set([...host.stored.keys()].map((name) => parseBatchName(name).queueId)).size === 4);
  await endGateway(last, "SIGTERM");
  expect(last.exitCode).toBe(0);

  expect(host.broken).toEqual([]);
  const queues = Map.groupBy(host.stored.entries(), ([name]) => parseBatchName(name).queueId);
  expect(queues.size).toBe(4);
  for (const batches of queues.values()) {
    const sorted = batches.toSorted(([a], [b]) => parseBatchName(a).number - parseBatchName(b).number);
    expect(sorted.map(([name]) => parseBatchName(name).number)).toEqual(sorted.map((_, i) => i + 1));
    const counted = sorted.flatMap(([, samples]) => samples.filter(({ tag }) => tag === "p/l/e/n"));
    const values = counted.map(({ value }) => Number(value));
    expect(values).toEqual(values.map((_, i) => (values[0] ?? 0) + i));
  }
  const absent = [...host.stored.values()].flat().filter(({ tag }) => tag === "p/l/e/off");
  expect(absent.every(({ quality, reason }) => quality === "bad" && reason === "NOT_CONNECTED")).toBe(true);
  expect(absent.length).toBe(4);
}, 90_000);
