import { type ChildProcess, execFile, fork } from "node:child_process";
import { once } from "node:events";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { AttributeIds, TimestampsToReturn } from "node-opcua";
import { describe, expect, test } from "vitest";
import { parsePlant } from "#shared/plant/load.ts";
import { temporaryFolder } from "../fakes/folder.ts";
import { ModbusSerial, openModbus, openOpcua } from "./rig.ts";

const main = fileURLToPath(new URL("../../simulators/main.ts", import.meta.url));
const run = promisify(execFile);

interface Message {
  readonly ready?: { readonly opcua: string; readonly modbus: string };
  readonly event?: string;
}

/** The process with what it says, killed when the scope ends. */
async function start(args: readonly string[], temporary?: string) {
  const child: ChildProcess = fork(main, [...args, "--log", "error"], {
    stdio: ["ignore", "inherit", "inherit", "ipc"],
    env: { ...process.env, ...(temporary === undefined ? {} : { TMPDIR: temporary }) },
  });
  const [message]: Message[] = await once(child, "message");
  const ready = message?.ready;
  if (!ready) throw new Error("The process was not ready.");
  return {
    child,
    ready,
    modbusPort: Number(ready.modbus.split(":")[1]),
    [Symbol.asyncDispose]: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill("SIGTERM");
      await once(child, "exit");
    },
  };
}

describe("simulate", () => {
  test("all lines are served, run on, and end quickly and tidily at SIGTERM", async () => {
    await using folder = await temporaryFolder();
    await using simulators = await start(["all", "--speed", "60", "--rate", "5"], folder.path);
    await using client = await openOpcua(simulators.ready.opcua);
    const read = (name: string) => client.session.read({ nodeId: client.node(name), attributeId: AttributeIds.Value });
    const phases = new Set<string>();
    await expect
      .poll(async () => phases.add((await read("fine-chemical.reactor.phase")).value.value).size, { timeout: 20_000 })
      .toBeGreaterThan(2);
    await using modbus = await openModbus(simulators.modbusPort, 54);
    expect((await modbus.client.readHoldingRegisters(3_203, 4)).buffer.readBigUInt64BE()).toBeGreaterThan(0n);
    const idle = connect(simulators.modbusPort, "127.0.0.1");
    await once(idle, "connect");

    const asked = performance.now();
    simulators.child.kill("SIGTERM");
    const [code] = await once(simulators.child, "exit");
    expect(code).toBe(0);
    expect(performance.now() - asked).toBeLessThan(3_000);
    expect(await readdir(folder.path)).toEqual([]);
  });

  test("it ends when its supervisor is gone", async () => {
    await using simulators = await start(["load", "--tags", "10"]);
    simulators.child.disconnect();
    expect((await once(simulators.child, "exit"))[0]).toBe(0);
  });

  test("the same seed starts with the same register, another with another", async () => {
    const energy = async (seed: string) => {
      await using simulators = await start(["fermentation", "--seed", seed]);
      await using modbus = await openModbus(simulators.modbusPort, 34);
      return (await modbus.client.readHoldingRegisters(3_203, 4)).buffer.readBigUInt64BE() / 1_000n;
    };
    const [one, again, other] = [await energy("4"), await energy("4"), await energy("5")];
    expect(again).toBe(one);
    expect(other).not.toBe(one);
  });

  test("a scenario makes it misbehave, and the framing is what was asked for", async () => {
    await using folder = await temporaryFolder();
    const file = join(folder.path, "scenario.yaml");
    await writeFile(file, "steps:\n  - { fault: modbus.exception, code: 6, unit: 34 }\n");
    await using simulators = await start(["fermentation", "--scenario", file, "--modbus-framing", "rtu"]);
    const client = new ModbusSerial();
    await client.connectTelnet("127.0.0.1", { port: simulators.modbusPort });
    client.setTimeout(5_000);
    client.setID(34);
    await expect(client.readHoldingRegisters(3_203, 4)).rejects.toMatchObject({ modbusCode: 6 });
    await new Promise<void>((resolve) => client.destroy(() => resolve()));

    await writeFile(file, "steps:\n  - { fault: modbus.exception, unit: 34 }\n");
    await expect(run(process.execPath, [main, "fermentation", "--scenario", file])).rejects.toMatchObject({
      code: 1,
      stderr: expect.stringContaining(`${file}:2: steps[0].code: is missing`),
    });
  });

  test("a plant file can be written for any number of tags", async () => {
    await using folder = await temporaryFolder();
    const file = join(folder.path, "plant.yaml");
    await run(process.execPath, [main, "load", "--tags", "450", "--write-plant", file]);
    const { plant, problems } = parsePlant(await readFile(file, "utf8"), file, {});
    expect(problems).toEqual([]);
    expect(plant?.lines[0]?.equipment.flatMap(({ tags }) => tags).length).toBe(450);
  });

  test.each([
    [["mars"], "There is no plant `mars`"],
    [["all", "--speed", "fast"], "--speed takes a number"],
    [["replay"], "takes the recording"],
    [["replay", "nowhere.csv"], "nowhere.csv cannot be read"],
    [["replay", "a.csv", "--shift", "now", "--speed", "5"], "use --shift past"],
    [["all", "--modbus-framing", "udp"], "--modbus-framing takes tcp, rtu, ascii"],
    [["all", "--scenario", "nowhere.yaml"], "the scenario cannot be read"],
    [["coating", "a.csv"], "Only `replay` takes a second argument"],
  ])("%j is refused with exit code 1", async (args, reason) => {
    await expect(run(process.execPath, [main, ...args])).rejects.toMatchObject({
      code: 1,
      stderr: expect.stringContaining(reason.replaceAll('"', '\\"')),
    });
  });
});

describe("simulate replay", () => {
  test("serves a recording as its own plant file says, and tells its supervisor when it is at the end", async () => {
    await using folder = await temporaryFolder();
    const csv = join(folder.path, "run.csv");
    const plantFile = join(folder.path, "plant.yaml");
    await writeFile(
      csv,
      "time,Tank Level,flow\n2024-01-01 08:00:00,1.5,2\n2024-01-01 08:00:01,2.5,2\n2024-01-01 08:00:04,3.5,2\n",
    );
    await run(process.execPath, [main, "replay", csv, "--write-plant", plantFile]);
    const { plant, problems } = parsePlant(await readFile(plantFile, "utf8"), plantFile, {});
    expect(problems).toEqual([]);
    expect(plant?.lines[0]?.equipment[0]?.tags.map(({ address }) => address.node)).toEqual([
      "nsu=urn:pilotline:simulators;s=recording.all.Tank-Level",
      "nsu=urn:pilotline:simulators;s=recording.all.flow",
    ]);

    await using replay = await start(["replay", csv, "--speed", "0"]);
    await using client = await openOpcua(replay.ready.opcua);
    const subscription = await client.session.createSubscription2({
      requestedPublishingInterval: 50,
      publishingEnabled: true,
    });
    const group = await subscription.monitorItems(
      [{ nodeId: client.node("recording.all.Tank-Level"), attributeId: AttributeIds.Value }],
      { samplingInterval: 0, queueSize: 10, discardOldest: true },
      TimestampsToReturn.Both,
    );
    const seen: unknown[] = [];
    group.on("changed", (_item, { value, sourceTimestamp }) =>
      seen.push([value.value, sourceTimestamp?.toISOString()]),
    );
    const [message] = await once(replay.child, "message");
    expect(message).toEqual({
      event: "replay-end",
      rows: 3,
      first: Date.UTC(2024, 0, 1),
      last: Date.UTC(2024, 0, 1, 0, 0, 4),
    });
    await expect
      .poll(() => seen, { timeout: 10_000 })
      .toEqual([
        [1.5, "2024-01-01T00:00:00.000Z"],
        [2.5, "2024-01-01T00:00:01.000Z"],
        [3.5, "2024-01-01T00:00:04.000Z"],
      ]);
    await using modbus = await openModbus(replay.modbusPort);
    expect((await modbus.client.readInputRegisters(0, 2)).buffer.readFloatBE()).toBe(3.5);
  });
});
