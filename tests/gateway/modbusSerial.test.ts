// A serial line for real: a pseudo-terminal pair, the gateway on one end, a slave of another maker on the other.
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { createReadStream, createWriteStream } from "node:fs";
import { open } from "node:fs/promises";
import { createInterface } from "node:readline";
import { describe, expect, test } from "vitest";
import type { ModbusConnection } from "#shared/plant/protocols/modbus.ts";
import { modbus } from "../../gateway/drivers/modbus/module.ts";
import { modbusPolling } from "./defaults.ts";
import { env, point, uint16 } from "./modbusDevices.ts";
import { missing, startPeer } from "./pythonPeer.ts";

const never = new AbortController().signal;
const noSocat = spawnSync("socat", ["-V"], { stdio: "ignore" }).status === 0 ? undefined : "socat is not installed";
const why = noSocat ?? missing("pymodbus") ?? missing("serial");

interface Line extends AsyncDisposable {
  /** The two ends. */
  readonly ends: readonly [string, string];
}

async function startLine(): Promise<Line> {
  const socat = spawn("socat", ["-d", "-d", "pty,raw,echo=0", "pty,raw,echo=0"], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  const ended = once(socat, "exit");
  const ends: string[] = [];
  for await (const line of createInterface({ input: socat.stderr })) {
    const path = /PTY is (\S+)/.exec(line)?.[1];
    if (path) ends.push(path);
    if (ends.length === 2) break;
  }
  socat.stderr.resume();
  return {
    ends: [ends[0] ?? "", ends[1] ?? ""],
    [Symbol.asyncDispose]: async () => {
      socat.kill();
      await ended;
    },
  };
}

const deviceOn = (connection: ModbusConnection) => ({
  ...{ id: "meter", gateway: "g", protocol: "modbus" as const, connection },
  polling: { ...modbusPolling, retries: 0 },
});

const rtuOn = (path: string, timeoutMs = 2_000): ModbusConnection => ({
  ...{ transport: "rtu", path, baudRate: 19_200, parity: "none", stopBits: 1, dataBits: 8 },
  ...{ unit: 1, timeoutMs, byteOrder: "ABCD" },
});

const asciiOn = (path: string): ModbusConnection => ({ ...rtuOn(path), transport: "ascii" }) as ModbusConnection;

describe.skipIf(why !== undefined)(why ? `Modbus on a serial line (${why})` : "Modbus on a serial line", () => {
  test.each([
    ["rtu", rtuOn],
    ["ascii", asciiOn],
  ] as const)(
    "%s: a pymodbus slave is read, an address that it lacks is bad alone",
    async (framing, connectionOn) => {
      await using line = await startLine();
      await using _peer = await startPeer("modbusSerialPeer.py", 0, [line.ends[1], framing]);
      await using driver = (await modbus.load(env())).driver(deviceOn(connectionOn(line.ends[0])));
      await driver.connect(never);
      const first = await driver.read([uint16(7), uint16(150), uint16(9)], never);
      expect(first.map(({ value }) => value)).toEqual([7, 150, 9]);
      const second = await driver.read([uint16(198), uint16(205)], never);
      expect(second.map(({ value }) => value)).toEqual([198, null]);
      expect(second[1]).toMatchObject({ reason: "ADDRESS_UNKNOWN" });
    },
    60_000,
  );

  test("rtu: an answer that comes too late is never the value of another register", async () => {
    await using line = await startLine();
    const wire = await open(line.ends[1], "r+");
    const input = createReadStream("", { fd: wire.fd, autoClose: false });
    const output = createWriteStream("", { fd: wire.fd, autoClose: false });
    // The line ends under the reader.
    input.on("error", () => {});
    output.on("error", () => {});
    // Register i holds i; the answer to register 3 is kept back until the next request has come.
    let kept: Buffer | undefined;
    input.on("data", (request) => {
      const bytes = Buffer.from(request);
      const [start, count] = [bytes.readUInt16BE(2), bytes.readUInt16BE(4)];
      const body = Buffer.from([1, 3, count * 2, ...Array.from({ length: count }, (_, i) => [0, start + i]).flat()]);
      const answer = Buffer.concat([body, crcOf(body)]);
      if (start === 3 && kept === undefined) kept = answer;
      else {
        if (kept && kept.length > 0) output.write(kept);
        if (kept) kept = Buffer.alloc(0);
        output.write(answer);
      }
    });
    {
      await using driver = (await modbus.load(env())).driver(deviceOn(rtuOn(line.ends[0], 300)));
      const asked = async (register: number): Promise<unknown> => {
        await driver.connect(never);
        return driver.read([point({ table: "holding", register, format: "uint32" })], never).then(
          ([reading]) => reading?.value,
          (error: unknown) => error,
        );
      };
      expect(await asked(3)).toMatchObject({ code: "TIMEOUT" });
      const registers = [50, 60, 70, 3, 80, 90];
      const values: unknown[] = [];
      for (const register of registers) values.push(await asked(register));
      const right = registers.map((register) => register * 65_536 + register + 1);
      expect(values.filter((value, i) => typeof value === "number" && value !== right[i])).toEqual([]);
      expect(values.at(-1)).toBe(right.at(-1));
    }
    input.destroy();
    output.destroy();
    await wire.close().catch(() => {});
  }, 60_000);
});

/** CRC-16 of Modbus over Serial Line V1.02, 6.2.2, low byte first. */
function crcOf(bytes: Uint8Array): Buffer {
  let crc = 0xffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >> 1) ^ 0xa001 : crc >> 1;
  }
  return Buffer.from([crc & 0xff, crc >> 8]);
}
