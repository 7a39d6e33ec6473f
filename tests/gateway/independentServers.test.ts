import { describe, expect, test } from "vitest";
import type { ModbusAddress } from "#shared/plant/protocols/modbus.ts";
import { driverContract } from "../contracts/driver.ts";
import { temporaryFolder } from "../fakes/folder.ts";
import { openModbusPeer, openOpcuaPeer } from "./contractBenches.ts";
import { modbusSkips } from "./contractSkips.ts";
import { device, openOne, point, uint16 } from "./modbusDevices.ts";
import { node, subscribe } from "./opcuaBench.ts";
import { missing, startPeer } from "./pythonPeer.ts";

const never = new AbortController().signal;
const noModbus = missing("pymodbus");
const noOpcua = missing("asyncua");
const titled = (title: string, why: string | undefined) => (why ? `${title} (${why})` : title);

describe("servers of other makers", () => {
  test.skipIf(noModbus)(
    titled("pymodbus: every table, and the vectors in the standard's order", noModbus),
    async () => {
      await using peer = await startPeer("modbusPeer.py");
      await using driver = await openOne(device(peer.port, { timeoutMs: 5_000 }));
      await driver.connect(never);
      const addresses: readonly ModbusAddress[] = [
        { table: "holding", register: 7, format: "uint16" },
        { table: "input", register: 199, format: "uint16" },
        { table: "coil", register: 3 },
        { table: "discrete", register: 4 },
        { table: "holding", register: 100, format: "uint32" },
        { table: "holding", register: 102, format: "float32" },
        { table: "holding", register: 104, format: "int64" },
      ];
      const readings = await driver.read(addresses.map(point), never);
      expect(readings.map(({ value }) => value)).toEqual([7, 199, true, false, 0x12345678, Math.fround(123.456), -2]);
      const wrong = await driver.read([uint16(198), uint16(300), uint16(199)], never);
      expect(wrong.map(({ value }) => value)).toEqual([198, null, 199]);
      expect(wrong[1]).toMatchObject({ reason: "ADDRESS_UNKNOWN" });
    },
  );

  test.skipIf(noOpcua)(titled("asyncua: every type, changes in order, an unknown node, an end", noOpcua), async () => {
    await using folder = await temporaryFolder();
    await using peer = await startPeer("opcuaPeer.py");
    const points = [node("x", "every"), node("wide"), node("flag"), node("text"), node("nothing")];
    await using run = await subscribe(folder.path, peer.port, points);
    await run.until(() => run.readings.every((list) => list.length > 0));
    expect(run.readings.slice(1, 4).map((list) => list[0]?.value)).toEqual([-(2 ** 40), true, "运行"]);
    expect(run.readings[4]?.[0]).toMatchObject({ quality: "bad", reason: "ADDRESS_UNKNOWN" });
    for (let i = 1; i <= 30; i++) await peer.ask(String(i));
    await run.until(() => run.readings[0]?.at(-1)?.value === 30);
    expect(run.readings[0]?.map(({ value }) => value)).toEqual(Array.from({ length: 31 }, (_, i) => i));
    await peer[Symbol.asyncDispose]();
    expect(await run.ended).toMatchObject({ verdict: "retry" });
  });
});

driverContract("Modbus TCP, pymodbus,", openModbusPeer, modbusSkips, noModbus);
driverContract("OPC UA, asyncua,", openOpcuaPeer("opcuaPeer.py"), {}, noOpcua);
driverContract("OPC UA, open62541,", openOpcuaPeer("open62541Peer.py"), {}, missing("o6"));
