import { once } from "node:events";
import { connect } from "node:net";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { instant } from "#shared/model/time.ts";
import { encodeValue } from "../../simulators/faces/modbus/encode.ts";
import { frameBytes, takeFrames } from "../../simulators/faces/modbus/frames.ts";
import { createUnitImage } from "../../simulators/faces/modbus/image.ts";
import { respond } from "../../simulators/faces/modbus/respond.ts";
import { type ModbusFace, serveModbus } from "../../simulators/faces/modbus/server.ts";
import { type ByteOrder, bad, good, type ModbusPoint, type Reading, type Signal } from "../../simulators/signal.ts";
import { askPython, mbpollMissing, openModbus, outputOf, pythonMissing, signal } from "./rig.ts";

const point = (more: Partial<ModbusPoint>): ModbusPoint => ({
  face: "modbus",
  instrument: "meter",
  unit: 1,
  table: "holding",
  register: 0,
  format: "uint16",
  ...more,
});

const face = async (points: readonly ModbusPoint[], readings: readonly Reading[]): Promise<ModbusFace> => {
  const signals: readonly Signal[] = points.map((access, i) => signal(`p${i}`, { access }));
  const made = await serveModbus({ host: "127.0.0.1", port: 0 }, signals);
  made.show(readings, instant(0));
  return made;
};

/** Bytes of a big-endian value in the order that the four letters say, written down by hand. */
const orders: Readonly<Record<ByteOrder, string>> = {
  ABCD: "12345678",
  CDAB: "56781234",
  BADC: "34127856",
  DCBA: "78563412",
};

describe("encoding", () => {
  test.each(Object.entries(orders))("0x12345678 travels as %s", (order, hex) => {
    expect(encodeValue(0x12345678, "uint32", order as ByteOrder).toString("hex")).toBe(hex);
  });

  test.each([
    ["ABCDEFGH", "ABCD", "0123456789abcd"],
    ["word order turned", "CDAB", "0123456789abcd"],
  ] as const)("a 64-bit value keeps all its bits, %s", (_, order, hex) => {
    const bytes = encodeValue(Number(`0x${hex}`), "uint64", order);
    const words = bytes.toString("hex").match(/.{4}/g) ?? [];
    expect((order === "ABCD" ? words : words.toReversed()).join("")).toBe(hex.padStart(16, "0"));
  });

  test("floats are IEC 60559: 123.456 is 42 F6 E9 79, a missing one is NaN", () => {
    expect(encodeValue(123.456, "float32", "ABCD").toString("hex")).toBe("42f6e979");
    expect(encodeValue(null, "float32", "ABCD").readFloatBE()).toBeNaN();
    expect(encodeValue(-2, "float64", "DCBA").toString("hex")).toBe("00000000000000c0");
  });

  test("a single register keeps its byte order, whatever the order of longer values", () => {
    for (const order of ["ABCD", "CDAB", "BADC", "DCBA"] as const) {
      expect(encodeValue(-2, "int16", order).toString("hex")).toBe("fffe");
    }
  });

  test("integers stop at their limits instead of rolling over", () => {
    expect(encodeValue(70_000, "uint16", "ABCD").readUInt16BE()).toBe(65_535);
    expect(encodeValue(-1, "uint32", "ABCD").readUInt32BE()).toBe(0);
    expect(encodeValue(1e20, "int64", "ABCD").readBigInt64BE()).toBe(BigInt(Number.MAX_SAFE_INTEGER));
  });
});

describe("frames", () => {
  test("whatever way the bytes are cut, every frame comes out once", () => {
    const frame = fc.record({
      transaction: fc.integer({ min: 0, max: 65_535 }),
      unit: fc.integer({ min: 0, max: 255 }),
      pdu: fc.uint8Array({ minLength: 1, maxLength: 253 }).map((bytes) => Buffer.from(bytes)),
    });
    fc.assert(
      fc.property(fc.array(frame, { maxLength: 6 }), fc.array(fc.nat(1_200), { maxLength: 8 }), (frames, cuts) => {
        const bytes = Buffer.concat(frames.map((one) => frameBytes(one)));
        const edges = [0, ...cuts.filter((cut) => cut < bytes.length).toSorted((a, b) => a - b), bytes.length];
        let rest: Buffer = Buffer.alloc(0);
        const got = edges.slice(1).flatMap((end, i) => {
          const taken = takeFrames(Buffer.concat([rest, bytes.subarray(edges[i], end)]));
          rest = taken?.rest ?? rest;
          return taken?.frames ?? [];
        });
        expect(got).toEqual(frames);
        expect(rest.length).toBe(0);
      }),
    );
  });

  test.each([
    ["another protocol id", "000100010006010300000001"],
    ["a length that no frame has", "0001000000ff010300000001"],
    ["a length without a function", "000100000001010300000001"],
  ])("%s is no Modbus", (_, hex) => expect(takeFrames(Buffer.from(hex, "hex"))).toBeUndefined());
});

describe("answers", () => {
  const image = createUnitImage([
    point({}),
    point({ register: 10, format: "float32" }),
    point({ table: "coil", register: 3 }),
  ]);
  const ask = (hex: string) => respond(Buffer.from(hex, "hex"), image).toString("hex");

  test.each([
    ["a read within the unit, the reserved registers between points as 0", "030000000c", `0318${"0".repeat(48)}`],
    ["a read beyond the last register", "030000000d", "8302"],
    ["a read of a table that is not there", "0400000001", "8402"],
    ["no register", "0300000000", "8303"],
    ["126 registers", "030000007e", "8303"],
    ["2001 bits", "01000007d1", "8103"],
    ["a request that is too short", "0300", "8303"],
    ["a coil", "0100030001", "010100"],
    ["write of a coil", "050003ff00", "8501"],
    ["write of a register", "0600000001", "8601"],
    ["write of coils", "0f000300010101", "8f01"],
    ["write of registers", "10000000010200ff", "9001"],
    ["mask write", "16000000f20025", "9601"],
    ["read and write", "1700000001000000010200ff", "9701"],
  ])("%s", (_, request, answer) => expect(ask(request)).toBe(answer));

  test("a unit that is not there", () => {
    expect(respond(Buffer.from("0300000001", "hex"), undefined).toString("hex")).toBe("830b");
  });

  test("the most registers and bits of one request", () => {
    const wide = createUnitImage([
      point({}),
      point({ register: 50 }),
      point({ register: 100 }),
      point({ register: 124 }),
    ]);
    expect(respond(Buffer.from("030000007d", "hex"), wide).length).toBe(2 + 250);
  });
});

describe("server", () => {
  const points = [
    point({ unit: 1, format: "int16", register: 0, factor: 0.1 }),
    point({ unit: 1, format: "uint32", register: 1, byteOrder: "CDAB" }),
    point({ unit: 1, format: "float32", register: 3, byteOrder: "BADC" }),
    point({ unit: 1, format: "uint64", register: 5, factor: 0.001 }),
    point({ unit: 1, format: "bit", register: 20, bit: 5 }),
    point({ unit: 1, format: "bit", register: 20, bit: 0 }),
    point({ unit: 2, table: "input", format: "float64", register: 0, byteOrder: "DCBA" }),
    { ...point({ unit: 2, table: "discrete", register: 9 }), format: undefined },
    { ...point({ unit: 2, table: "coil", register: 1 }), format: undefined },
  ] as readonly ModbusPoint[];
  const readings = [
    good(-12.3),
    good(3_000_000_000),
    good(1.5),
    good(1234.567),
    good(true),
    good(false),
    good(Math.PI),
    good(true),
    good(true),
  ];

  test("modbus-serial reads every table, format and unit behind one port", async () => {
    await using server = await face(points, readings);
    await using one = await openModbus(server.port, 1);
    const { buffer } = await one.client.readHoldingRegisters(0, 21);
    expect(buffer.readInt16BE(0)).toBe(-123);
    expect(buffer.readUInt16BE(4) * 65_536 + buffer.readUInt16BE(2)).toBe(3_000_000_000);
    expect(Buffer.from(buffer.subarray(6, 10)).swap16().readFloatBE()).toBe(1.5);
    expect(buffer.readBigUInt64BE(10)).toBe(1_234_567n);
    expect(buffer.readUInt16BE(40)).toBe(0b100000);
    await using two = await openModbus(server.port, 2);
    expect((await two.client.readInputRegisters(0, 4)).buffer.readDoubleLE()).toBe(Math.PI);
    expect((await two.client.readDiscreteInputs(9, 1)).data[0]).toBe(true);
    expect((await two.client.readCoils(1, 1)).data[0]).toBe(true);
    await expect(two.client.writeCoil(1, false)).rejects.toMatchObject({ modbusCode: 1 });
    await expect(two.client.readHoldingRegisters(0, 1)).rejects.toMatchObject({ modbusCode: 2 });
  });

  test("new readings are seen at once, a bit does not disturb its neighbours, a failed sensor is NaN", async () => {
    await using server = await face(points, readings);
    server.show(
      readings.map((reading, i) => (i === 5 ? good(true) : i === 2 ? bad : reading)),
      instant(1),
    );
    await using one = await openModbus(server.port, 1);
    const { buffer } = await one.client.readHoldingRegisters(0, 21);
    expect(buffer.readUInt16BE(40)).toBe(0b100001);
    expect(Buffer.from(buffer.subarray(6, 10)).swap16().readFloatBE()).toBeNaN();
  });

  test("it hangs up on what is no Modbus and goes on serving others", async () => {
    await using server = await face(points, readings);
    const stranger = connect(server.port, "127.0.0.1");
    await once(stranger, "connect");
    stranger.write("GET / HTTP/1.1\r\n\r\n");
    await once(stranger, "close");
    await using one = await openModbus(server.port, 1);
    expect((await one.client.readHoldingRegisters(0, 1)).data).toEqual([65_536 - 123]);
  });

  test("it closes at once while clients are connected", async () => {
    const server = await face(points, readings);
    const idle = connect(server.port, "127.0.0.1");
    await once(idle, "connect");
    const gone = once(idle, "close");
    await server[Symbol.asyncDispose]();
    await gone;
  });

  test("hundreds of requests on one connection take no timer each", async () => {
    await using server = await face(points, readings);
    await using one = await openModbus(server.port, 1);
    const before = performance.now();
    for (let i = 0; i < 300; i++) await one.client.readHoldingRegisters(0, 21);
    expect(performance.now() - before).toBeLessThan(3_000);
  });

  test.skipIf(pythonMissing)(`pymodbus reads the same numbers ${pythonMissing ?? ""}`, async () => {
    await using server = await face(points, readings);
    const program = `
import json, sys
from pymodbus.client import ModbusTcpClient
c = ModbusTcpClient("127.0.0.1", port=int(sys.argv[1])); c.connect(); T = c.DATATYPE
h = c.read_holding_registers(0, count=21, device_id=1).registers
d = c.read_input_registers(0, count=4, device_id=2).registers
print(json.dumps([
  c.convert_from_registers(h[0:1], T.INT16),
  c.convert_from_registers(h[1:3], T.UINT32, word_order="little"),
  c.convert_from_registers(h[5:9], T.UINT64),
  c.read_discrete_inputs(9, count=1, device_id=2).bits[0],
  c.read_coils(1, count=1, device_id=2).bits[0],
  c.write_register(0, 1, device_id=1).exception_code,
  c.read_holding_registers(900, count=1, device_id=1).exception_code,
  c.read_holding_registers(0, count=1, device_id=77).exception_code,
]))`;
    expect(await askPython(program, String(server.port))).toEqual([
      -123,
      3_000_000_000,
      1_234_567,
      true,
      true,
      1,
      2,
      11,
    ]);
  });

  test.skipIf(mbpollMissing)(`mbpoll reads the same numbers ${mbpollMissing ?? ""}`, async () => {
    await using server = await face(points, readings);
    // mbpoll counts from 1 and takes 32-bit values low word first.
    const said = await outputOf(
      "mbpoll",
      ..."-m tcp -a 1 -t 4:int -r 2 -c 1 -1 -p".split(" "),
      String(server.port),
      "127.0.0.1",
    );
    expect(said).toMatch(/\[2\]:\s+(3000000000|-1294967296)/);
  });
});
