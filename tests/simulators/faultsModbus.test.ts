import { once } from "node:events";
import { connect } from "node:net";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { systemClock } from "#shared/kit/clock.ts";
import { instant, seconds } from "#shared/model/time.ts";
import type { Frame } from "../../simulators/faces/modbus/frames.ts";
import { type FramingName, framings } from "../../simulators/faces/modbus/framings.ts";
import { type Act, isFor, mangle } from "../../simulators/faces/modbus/mangle.ts";
import { type ModbusFace, serveModbus } from "../../simulators/faces/modbus/server.ts";
import type { ModbusFault } from "../../simulators/faults/catalogue.ts";
import { createPlayer } from "../../simulators/faults/player.ts";
import { parseScenario } from "../../simulators/faults/scenario.ts";
import { seeded } from "../../simulators/physics/random.ts";
import { good, type ModbusPoint } from "../../simulators/signal.ts";
import { ManualClock } from "../fakes/clock.ts";
import { askPython, openModbus, pythonMissing, signal } from "./rig.ts";

const faultOf = (text: string): ModbusFault =>
  parseScenario(`steps: [{ ${text} }]`, "test").steps[0]?.fault as ModbusFault;

/** Reads registers 10 and 11 of unit 1, and the answer 0x1234 0x5678 to it. */
const request: Frame = { transaction: 7, unit: 1, pdu: Buffer.from("03000a0002", "hex") };
const answer = Buffer.from("030412345678", "hex");
const right = "0007000000070103" + "0412345678";

const acts = (fault: string, framing: FramingName = "tcp") =>
  mangle(request, answer, [faultOf(fault)], framings[framing], seeded(1)).map((act) =>
    "bytes" in act ? `${act.afterMs} ${act.bytes.toString("hex")}` : `${act.afterMs} ${act.end}`,
  );

describe("mangling of an answer", () => {
  test.each([
    ["fault: modbus.silent", []],
    ["fault: modbus.reset", ["0 reset"]],
    ["fault: modbus.halfClose", ["0 finish"]],
    ["fault: modbus.slow, delayMs: 300", [`300 ${right}`]],
    ["fault: modbus.truncated, bytes: 5", ["0 0007000000"]],
    ["fault: modbus.flood, copies: 2", [`0 ${right}`, `0 ${right}`]],
    ["fault: modbus.wrong, field: transaction", ["0 00080000000701030412345678"]],
    ["fault: modbus.wrong, field: transaction, value: 0", ["0 00000000000701030412345678"]],
    ["fault: modbus.wrong, field: protocol", ["0 00070001000701030412345678"]],
    ["fault: modbus.wrong, field: unit", ["0 00070000000702030412345678"]],
    ["fault: modbus.wrong, field: function", ["0 00070000000701040412345678"]],
    ["fault: modbus.length, length: 0", ["0 00070000000001030412345678"]],
    ["fault: modbus.length, length: 65535", ["0 00070000ffff01030412345678"]],
    ["fault: modbus.byteCount, by: -2", ["0 00070000000701030212345678"]],
    ["fault: modbus.exception, code: 6", ["0 000700000003018306"]],
    ["fault: modbus.value, register: 10, value: float32 NaN", ["0 0007000000070103047fc00000"]],
    ["fault: modbus.value, register: 11, value: '0xFFFF'", ["0 000700000007010304" + "1234ffff"]],
    ["fault: modbus.value, register: 8, to: 14, value: '0x8000'", ["0 000700000007010304" + "80008000"]],
    // A value that is only partly in the answer stays as it is: half of it would be another lie.
    ["fault: modbus.value, register: 11, value: float32 NaN", [`0 ${right}`]],
    ["fault: modbus.order, register: 10, to: 11, order: CDAB", ["0 000700000007010304" + "56781234"]],
    ["fault: modbus.order, register: 10, to: 11, order: BADC", ["0 000700000007010304" + "34127856"]],
    ["fault: modbus.order, register: 10, to: 11, order: DCBA", ["0 000700000007010304" + "78563412"]],
    ["fault: modbus.order, register: 10, to: 11, order: DCBA, words: 1", ["0 000700000007010304" + "34127856"]],
  ])("%s", (fault, expected) => expect(acts(fault)).toEqual(expected));

  test("dribble sends the same bytes one by one, each after a while", () => {
    const given = acts("fault: modbus.dribble, delayMs: 5");
    expect(given.map((act) => act.split(" ")[1]).join("")).toBe(right);
    expect(given.map((act) => act.split(" ")[0])).toEqual(["0", ...Array(12).fill("5")]);
  });

  test("a wrong checksum spoils RTU and ASCII, and nothing else of them", () => {
    // CRC as pymodbus makes it, LRC by hand.
    const rtu = framings.rtu.encode({ ...request, pdu: answer }).toString("hex");
    expect(rtu).toBe("010304123456788107");
    expect(acts("fault: modbus.checksum", "rtu")[0]?.slice(2, -4)).toBe(rtu.slice(0, -4));
    expect(acts("fault: modbus.checksum", "rtu")[0]).not.toBe(`0 ${rtu}`);
    const ascii = framings.ascii.encode({ ...request, pdu: answer }).toString();
    expect(ascii).toBe(`:01030412345678${lrcByHand("01030412345678")}\r\n`);
  });

  test("garbage keeps the answer between its bytes", () => {
    const [given = ""] = acts("fault: modbus.garbage, before: 3, after: 2");
    expect(given.slice(2)).toMatch(new RegExp(`^[0-9a-f]{6}${right}[0-9a-f]{4}$`));
  });

  test.each([
    ["fault: modbus.silent", true],
    ["fault: modbus.silent, unit: 1", true],
    ["fault: modbus.silent, unit: 2", false],
    ["fault: modbus.silent, table: input", false],
    ["fault: modbus.silent, register: 11", true],
    ["fault: modbus.silent, register: 12", false],
    ["fault: modbus.silent, register: 5, to: 9", false],
    ["fault: modbus.silent, register: 5, to: 10", true],
  ])("%s is for the request: %s", (fault, isMeant) => expect(isFor(faultOf(fault), request)).toBe(isMeant));

  test("no fault and faults for others leave the bytes as they are, whatever the answer", () => {
    const pdu = fc.uint8Array({ minLength: 2, maxLength: 253 }).map((bytes) => Buffer.from(bytes));
    fc.assert(
      fc.property(pdu, fc.constantFrom<FramingName>("tcp", "rtu", "ascii"), (bytes, framing) => {
        const given: readonly Act[] = mangle(request, bytes, [], framings[framing], seeded(1));
        expect(given).toEqual([{ afterMs: 0, bytes: framings[framing].encode({ ...request, pdu: bytes }) }]);
      }),
    );
  });
});

const lrcByHand = (hex: string) =>
  ((256 - ((hex.match(/../g) ?? []).reduce((sum, byte) => sum + Number.parseInt(byte, 16), 0) % 256)) % 256)
    .toString(16)
    .padStart(2, "0")
    .toUpperCase();

describe("framings", () => {
  test.each(["rtu", "ascii"] as const)("%s finds every read request again, whatever way the bytes are cut", (name) => {
    const framing = framings[name];
    const frame = fc
      .tuple(fc.integer({ min: 1, max: 247 }), fc.integer({ min: 1, max: 6 }), fc.nat(65_535), fc.nat(65_535))
      .map(([unit, code, from, count]): Frame => {
        const pdu = Buffer.from([code, 0, 0, 0, 0]);
        pdu.writeUInt16BE(from, 1);
        pdu.writeUInt16BE(count, 3);
        return { transaction: 0, unit, pdu };
      });
    fc.assert(
      fc.property(fc.array(frame, { maxLength: 5 }), fc.array(fc.nat(100), { maxLength: 6 }), (frames, cuts) => {
        const bytes = Buffer.concat(frames.map((one) => framing.encode(one)));
        const edges = [0, ...cuts.filter((cut) => cut < bytes.length).toSorted((a, b) => a - b), bytes.length];
        let rest: Buffer = Buffer.alloc(0);
        const got = edges.slice(1).flatMap((end, i) => {
          const taken = framing.take(Buffer.concat([rest, bytes.subarray(edges[i], end)]));
          rest = taken?.rest ?? rest;
          return taken?.frames ?? [];
        });
        expect(got).toEqual(frames);
        expect(rest.length).toBe(0);
      }),
    );
  });
});

const point = (more: Partial<ModbusPoint>): ModbusPoint => ({
  face: "modbus",
  instrument: "meter",
  unit: 1,
  table: "holding",
  register: 0,
  format: "uint16",
  ...more,
});

/** A face with registers 0 = 100 and 1 = 200 in units 1 and 2, whose scenario's time the test moves. */
async function hostileFace(steps: string, framing: FramingName = "tcp") {
  const time = new ManualClock();
  const player = createPlayer(parseScenario(`steps:\n${steps}`, "test"), time, seeded(1));
  const points = [1, 2].flatMap((unit) => [point({ unit }), point({ unit, register: 1 })]);
  const signals = points.map((access, i) => signal(`p${i}`, { access }));
  const face: ModbusFace = await serveModbus({ host: "127.0.0.1", port: 0, framing }, signals, {
    player,
    clock: systemClock,
  });
  const show = (first: number) => face.show([good(first), good(200), good(first), good(200)], instant(0));
  show(100);
  return { face, time, show, [Symbol.asyncDispose]: () => face[Symbol.asyncDispose]() };
}

describe("Modbus face under a scenario", () => {
  test("a unit is silent for its time, the other answers, and then it is back", async () => {
    await using hostile = await hostileFace("  - { at: 10, for: 5, fault: modbus.silent, unit: 2 }");
    await using one = await openModbus(hostile.face.port, 1);
    await using two = await openModbus(hostile.face.port, 2);
    two.client.setTimeout(200);
    expect((await two.client.readHoldingRegisters(0, 2)).data).toEqual([100, 200]);
    await hostile.time.advance(seconds(10));
    await expect(two.client.readHoldingRegisters(0, 2)).rejects.toMatchObject({ errno: "ETIMEDOUT" });
    expect((await one.client.readHoldingRegisters(0, 2)).data).toEqual([100, 200]);
    await hostile.time.advance(seconds(5));
    expect((await two.client.readHoldingRegisters(0, 2)).data).toEqual([100, 200]);
  });

  test("registers stand still and move again", async () => {
    await using hostile = await hostileFace("  - { at: 1, for: 1, fault: modbus.frozen, unit: 1 }");
    await using one = await openModbus(hostile.face.port, 1);
    await using two = await openModbus(hostile.face.port, 2);
    await hostile.time.advance(seconds(1));
    hostile.show(101);
    expect((await one.client.readHoldingRegisters(0, 1)).data).toEqual([100]);
    expect((await two.client.readHoldingRegisters(0, 1)).data).toEqual([101]);
    await hostile.time.advance(seconds(1));
    hostile.show(102);
    expect((await one.client.readHoldingRegisters(0, 1)).data).toEqual([102]);
  });

  test("exceptions for a range of addresses, only there", async () => {
    await using hostile = await hostileFace("  - { fault: modbus.exception, code: 2, register: 1, to: 9 }");
    await using one = await openModbus(hostile.face.port, 1);
    expect((await one.client.readHoldingRegisters(0, 1)).data).toEqual([100]);
    await expect(one.client.readHoldingRegisters(0, 2)).rejects.toMatchObject({ modbusCode: 2 });
  });

  test("a late answer comes after the client gave up, and those behind it wait", async () => {
    await using hostile = await hostileFace("  - { fault: modbus.slow, delayMs: 300, register: 0 }");
    const socket = connect(hostile.face.port, "127.0.0.1");
    await once(socket, "connect");
    socket.write(Buffer.from("000100000006010300000001" + "000200000006010300010001", "hex"));
    const began = performance.now();
    let got = Buffer.alloc(0);
    while (got.length < 22) got = Buffer.concat([got, (await once(socket, "data"))[0]]);
    expect(performance.now() - began).toBeGreaterThan(290);
    expect(got.toString("hex")).toBe("0001000000050103020064" + "00020000000501030200c8");
    socket.destroy();
  });

  test("a late answer of a line goes to whoever is connected by then", async () => {
    await using hostile = await hostileFace("  - { for: 1, fault: modbus.slow, delayMs: 300, over: line }", "rtu");
    const first = connect(hostile.face.port, "127.0.0.1");
    await once(first, "connect");
    first.write(framings.rtu.encode({ transaction: 0, unit: 1, pdu: Buffer.from("0300000001", "hex") }));
    await systemClock.sleep(seconds(0.1));
    first.destroy();
    const second = connect(hostile.face.port, "127.0.0.1");
    const [late]: Buffer[] = await once(second, "data");
    expect(late?.toString("hex")).toMatch(/^0103020064/);
    second.destroy();
  });

  test.each([
    ["modbus.reset", "ECONNRESET"],
    ["modbus.halfClose", undefined],
  ])("%s ends the connection as it should", async (fault, code) => {
    await using hostile = await hostileFace(`  - { fault: ${fault} }`);
    const socket = connect(hostile.face.port, "127.0.0.1");
    await once(socket, "connect");
    socket.resume();
    const ended = once(socket, "close").catch((error: NodeJS.ErrnoException) => error);
    socket.write(Buffer.from("000100000006010300000001", "hex"));
    expect(await ended).toEqual(code === undefined ? [false] : expect.objectContaining({ code }));
  });

  test("chance hits its share of the requests, the same ones for the same seed", async () => {
    const codes = async () => {
      await using hostile = await hostileFace("  - { fault: modbus.exception, code: 6, chance: 0.5 }");
      await using one = await openModbus(hostile.face.port, 1);
      const given: boolean[] = [];
      for (let i = 0; i < 60; i++) {
        given.push(
          await one.client.readHoldingRegisters(0, 1).then(
            () => true,
            () => false,
          ),
        );
      }
      return given;
    };
    const first = await codes();
    expect(first.filter(Boolean).length).toBeGreaterThan(15);
    expect(first.filter(Boolean).length).toBeLessThan(45);
    expect(await codes()).toEqual(first);
  });

  test.skipIf(pythonMissing)(`pymodbus reads RTU and ASCII over TCP ${pythonMissing ?? ""}`, async () => {
    const program = `
import json, sys
from pymodbus import FramerType
from pymodbus.client import ModbusTcpClient
c = ModbusTcpClient("127.0.0.1", port=int(sys.argv[1]), framer=FramerType(sys.argv[2]), timeout=1, retries=0); c.connect()
r = [c.read_holding_registers(0, count=2, device_id=1).registers, c.read_holding_registers(5, count=1, device_id=1).exception_code]
try:
  c.read_holding_registers(0, count=1, device_id=77); r.append("answered")
except Exception as e:
  r.append("silent")
print(json.dumps(r))`;
    for (const framing of ["rtu", "ascii"] as const) {
      await using hostile = await hostileFace("  - { at: 1, fault: modbus.silent }", framing);
      expect(await askPython(program, String(hostile.face.port), framing)).toEqual([[100, 200], 2, "silent"]);
    }
  });
});
