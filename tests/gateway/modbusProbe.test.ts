import { execFile } from "node:child_process";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { systemClock } from "#shared/kit/clock.ts";
import { instant } from "#shared/model/time.ts";
import { byteOrders, registersOf } from "#shared/plant/protocols/modbus.ts";
import { modiconOf, placeOf } from "#shared/plant/protocols/modbusAddress.ts";
import { type ProbedFormat, widths } from "../../gateway/drivers/modbus/probe/decodings.ts";
import { expectedOf, hitsAmong } from "../../gateway/drivers/modbus/probe/hits.ts";
import { sweep } from "../../gateway/drivers/modbus/probe/sweep.ts";
import { parseTarget } from "../../gateway/drivers/modbus/probe/target.ts";
import { serveModbus } from "../../simulators/faces/modbus/server.ts";
import { good, type ModbusPoint } from "../../simulators/signal.ts";
import { root } from "../docs/pages.ts";
import { signal } from "../fakes/instrument.ts";
import { ownAddress, startModbusServer } from "./modbusServer.ts";
import { missing, startPeer } from "./pythonPeer.ts";

const never = new AbortController().signal;
const noModbus = missing("pymodbus");

/** The command as a person runs it. */
const probe = (...args: readonly string[]): Promise<{ code: number; out: string; err: string }> =>
  new Promise((resolve) => {
    execFile(process.execPath, ["pilotline.ts", "probe", ...args], { cwd: root }, (error, out, err) =>
      resolve({ code: typeof error?.code === "number" ? error.code : 0, out, err }),
    );
  });

/** Times differ from run to run. */
const withoutTime = (page: string) => page.replace(/\d+ ms/, "… ms").trimEnd();

describe("the address", () => {
  test.each<[string, object]>([
    ["modbus://10.0.0.9", { connection: { transport: "tcp", host: "10.0.0.9", port: 502, unit: 1 }, from: 0 }],
    ["modbus://plc.local:1502/7?from=10&count=3", { connection: { host: "plc.local", port: 1502, unit: 7 }, from: 10 }],
    ["modbus://[fe80::1]:502/0?table=coil", { connection: { host: "fe80::1", unit: 0 }, table: "coil" }],
    ["modbus://h/1?modicon=30101&count=4", { table: "input", from: 100, count: 4 }],
    ["modbus://h/1?modicon=465536", { table: "holding", from: 65_535, count: 1 }],
    ["modbus://h/1?modicon=00001", { table: "coil", from: 0 }],
    [
      "modbus://h:4001/2?transport=rtu-over-tcp&timeoutMs=500",
      { connection: { transport: "rtu-over-tcp", port: 4001 } },
    ],
    [
      "modbus-rtu:///dev/ttyUSB0?unit=3&baudRate=19200&parity=none&stopBits=2",
      {
        connection: { transport: "rtu", path: "/dev/ttyUSB0", unit: 3, baudRate: 19_200, parity: "none", stopBits: 2 },
      },
    ],
    ["modbus-rtu:COM3", { connection: { transport: "rtu", path: "COM3", baudRate: 9_600, parity: "even" } }],
    ["modbus-ascii:///COM11?dataBits=8", { connection: { transport: "ascii", path: "COM11", dataBits: 8 } }],
  ])("%s", (url, expected) => {
    expect(parseTarget(url)).toMatchObject(expected);
  });

  test.each([
    ["opc.tcp://h", "is no address of a Modbus device"],
    ["h:502", "is no address of a Modbus device"],
    ["modbus://h/300", "unit must be a whole number from 0 to 255, is `300`."],
    ["modbus://h/one", "unit must be a whole number from 0 to 255, is `one`."],
    ["modbus://h/1?transport=rtu_over_tcp", "did you mean `rtu-over-tcp`?"],
    ["modbus://h/1?transport=rtu", "key"],
    ["modbus-rtu:///dev/x?baud=9600", "unknown key `baud`; did you mean `baudRate`?"],
    ["modbus-rtu:///dev/x?stopBits=3", "stopBits must be one of `1`, `2`, is `3`."],
    ["modbus://h/1?table=holdings", "table must be one of coil, discrete, holding, input, is `holdings`."],
    ["modbus://h/1?from=65536", "from must be a whole number from 0 to 65535, is `65536`."],
    ["modbus://h/1?from=65530&count=7", "count must be a whole number from 1 to 6, is `7`."],
    ["modbus://h/1?count=", "count must be a whole number"],
    ["modbus://h/1?modicon=40000", "`40000` is no Modicon number"],
    ["modbus://h/1?modicon=465537", "`465537` is no Modicon number"],
    ["modbus://h/1?modicon=40001&from=0", "not both"],
  ])("%s is refused: %s", (url, what) => {
    expect(() => parseTarget(url)).toThrow(expect.objectContaining({ code: "CONFIG" }));
    expect(() => parseTarget(url)).toThrow(what);
  });

  test("Modicon numbers there and back", () => {
    const tables = fc.constantFrom("coil", "discrete", "holding", "input");
    fc.assert(
      fc.property(tables, fc.nat(65_535), (table, register) => {
        expect(placeOf(modiconOf(table, register))).toEqual({ table, register });
      }),
    );
  });
});

describe("what fits an expected number", () => {
  const cellsOf = (bytes: Buffer) =>
    Array.from({ length: bytes.length / 2 }, (_, i) => ({ address: 10 + i, raw: bytes.readUInt16BE(i * 2) }));

  /** Bytes as they travel, by the letters of the order alone. */
  function sent(big: Buffer, order: string): Buffer {
    const words = big.toString("hex").match(/..../g) ?? [];
    const swapped =
      order === "BADC" || order === "DCBA" ? words.map((word) => word.slice(2) + word.slice(0, 2)) : words;
    return Buffer.from((order === "CDAB" || order === "DCBA" ? swapped.toReversed() : swapped).join(""), "hex");
  }

  function bigEndian(format: ProbedFormat, value: number): Buffer {
    const bytes = Buffer.alloc(registersOf[format] * 2);
    if (format === "float32") bytes.writeFloatBE(value);
    else if (format === "float64") bytes.writeDoubleBE(value);
    else if (format.startsWith("bcd")) bytes.write(String(value).padStart(bytes.length * 2, "0"), "hex");
    else
      bytes.write(
        BigInt.asUintN(bytes.length * 8, BigInt(value))
          .toString(16)
          .padStart(bytes.length * 2, "0"),
        "hex",
      );
    return bytes;
  }

  test("is found in every format and order, also counted in tenths to ten-thousandths", () => {
    const formats = fc.constantFrom<ProbedFormat[]>(
      "uint16",
      "int16",
      "bcd16",
      "uint32",
      "int32",
      "bcd32",
      "uint64",
      "int64",
      "float32",
      "float64",
    );
    fc.assert(
      fc.property(
        formats,
        fc.constantFrom(...byteOrders),
        fc.integer({ min: 1, max: 9_999 }),
        fc.nat(4),
        (...given) => {
          const [format, order, digits, decimals] = given;
          const isFloat = format.startsWith("float");
          const shown = (digits / 10 ** decimals).toFixed(decimals);
          const bytes = sent(bigEndian(format, isFloat ? Number(shown) : digits), order);
          const cells = cellsOf(Buffer.concat([Buffer.from("ABCD", "hex"), bytes, Buffer.from("EF01", "hex")]));
          const hits = hitsAmong(cells, expectedOf(shown, 0.1));
          const wanted = hits.filter(
            ({ decoding, formats: names }) =>
              decoding.address === 11 && names.includes(format) && registersOf[decoding.format] === registersOf[format],
          );
          const scales = wanted.map(({ exponent }) => exponent);
          expect(scales).toContain(isFloat ? 0 : -decimals || 0);
        },
      ),
    );
  });

  test("a display rounds: within half of its last digit is near enough, whatever the percent", () => {
    const cells = cellsOf(bigEndian("float32", 0.046));
    expect(hitsAmong(cells, expectedOf("0.05", 1)).map(({ decoding }) => decoding.format)).toContain("float32");
    expect(hitsAmong(cells, expectedOf("0.050", 1)).map(({ decoding }) => decoding.format)).not.toContain("float32");
  });

  test("the plain one stands before the scaled ones, and formats that agree are one hit", () => {
    const [first, ...others] = hitsAmong(
      cellsOf(Buffer.from("00EB 0000 41BC 0000".replaceAll(" ", ""), "hex")),
      expectedOf("23.5", 1),
    );
    expect(first).toMatchObject({
      decoding: { address: 12, format: "float32", order: "ABCD" },
      exponent: 0,
      scaled: 23.5,
    });
    expect(others).toContainEqual(
      expect.objectContaining({ formats: ["uint16", "int16"], exponent: -1, scaled: 23.5 }),
    );
  });

  test.each(["0", "", "abc", "1e3x", "NaN", "Infinity"])("--expect %j is refused", (text) => {
    expect(() => expectedOf(text, 1)).toThrow(expect.objectContaining({ code: "CONFIG" }));
  });
});

describe("the sweep", () => {
  const target = (port: number, query: string, unit = 1) => parseTarget(`modbus://127.0.0.1:${port}/${unit}?${query}`);

  test("only reads, in blocks; what the device refuses is said, the rest is there", async () => {
    const holes = [130, 131, 250];
    await using server = await startModbusServer((asked) =>
      holes.some((hole) => asked.start <= hole && hole < asked.start + asked.count)
        ? { exception: 2 }
        : ownAddress(asked),
    );
    const { cells, requests } = await sweep(target(server.port, "from=0&count=300"), systemClock, never);
    expect(cells.map((cell) => ("raw" in cell ? cell.raw : cell.why))).toEqual(
      Array.from({ length: 300 }, (_, i) => (holes.includes(i) ? "refused: exception 2 (illegal data address)" : i)),
    );
    expect(new Set(server.asked.map(({ functionCode }) => functionCode))).toEqual(new Set([3]));
    expect(requests).toBe(server.asked.length);
    expect(requests).toBeLessThan(50);
    await expect.poll(() => server.open).toBe(0);
  });

  test("a table that the device has not costs one request", async () => {
    await using server = await startModbusServer(() => ({ exception: 1 }));
    const { cells } = await sweep(target(server.port, "table=input&count=100"), systemClock, never);
    expect(new Set(cells.map((cell) => ("why" in cell ? cell.why : "")))).toEqual(
      new Set(["refused: exception 1 (illegal function)"]),
    );
    expect(server.asked).toHaveLength(1);
  });

  test("a silent unit is said so, with what to look at", async () => {
    await using server = await startModbusServer(() => "silence");
    const { code, out, err } = await probe(`modbus://127.0.0.1:${server.port}/9?timeoutMs=100`);
    expect({ code, out }).toEqual({ code: 3, out: "" });
    expect(err).toMatch(/unit 9 does not answer in 100 ms: check unit, baud rate and parity, or raise timeoutMs\.\n$/);
  });
});

describe("the command", () => {
  const at = (register: number, more: Partial<ModbusPoint> = {}) => ({
    access: { face: "modbus" as const, instrument: "meter", unit: 3, table: "holding" as const, register, ...more },
  });

  test("finds a temperature of 23.5 in a simulated instrument, and gives the address for the plant file", async () => {
    const signals = [
      signal("flow", at(0, { format: "float32", byteOrder: "CDAB" })),
      signal("temperature", at(2, { format: "float32", byteOrder: "CDAB" })),
      signal("level", at(4, { format: "int16", factor: 0.1 })),
    ];
    await using face = await serveModbus({ host: "127.0.0.1", port: 0 }, signals);
    face.show([good(118.2), good(23.48), good(-71.5)], instant(0));
    const url = `modbus://127.0.0.1:${face.port}/3?count=5`;
    const { code, out, err } = await probe(url, "--expect", "23.5");
    expect({ code, err }).toEqual({ code: 0, err: "" });
    expect(out.split("\n").slice(2, 5)).toEqual([
      "What reads as 23.5 ± 0.235, the likely first:",
      "  float32 CDAB: 23.48",
      "      address: { table: holding, register: 2, format: float32, byteOrder: CDAB }",
    ]);
    const level = await probe(url, "--expect=-71.5", "--json");
    expect(JSON.parse(level.out).hits[0]).toEqual({
      address: { table: "holding", register: 4, format: "int16", byteOrder: "ABCD" },
      formats: ["int16"],
      factor: 0.1,
      raw: -715,
      value: -71.5,
    });
    const absent = await probe(url.replace("/3?", "/4?"));
    expect(absent).toMatchObject({ code: 3, out: "" });
    expect(absent.err).toContain("unit 4 is away, exception 11 (gateway target device failed to respond)");
  });

  test.each(["rtu", "ascii"] as const)("reads over a serial server that passes %s frames on", async (framing) => {
    const signals = [signal("level", at(4, { format: "int16", factor: 0.1 }))];
    await using face = await serveModbus({ host: "127.0.0.1", port: 0, framing }, signals);
    face.show([good(12.5)], instant(0));
    const url = `modbus://127.0.0.1:${face.port}/3?transport=${framing}-over-tcp&from=4&count=1`;
    const { code, out } = await probe(url, "--expect", "12.5");
    expect(code).toBe(0);
    expect(out).toContain("  uint16 or int16 ABCD: 125 × 0.1 = 12.5\n");
    expect(out).toContain("scale: { factor: 0.1 }\n");
  });

  test("a wrong address ends with the exit code of a wrong command line", async () => {
    expect(await probe("modbus://127.0.0.1/1?tabel=input")).toEqual({
      code: 2,
      out: "",
      err: "modbus://127.0.0.1/1?tabel=input: unknown key `tabel`; did you mean `table`?\n",
    });
  });

  test.skipIf(noModbus)(
    noModbus
      ? `shows the registers of another maker's server (${noModbus})`
      : "shows the registers of another maker's server",
    async () => {
      await using peer = await startPeer("modbusPeer.py");
      const url = (query: string) => `modbus://127.0.0.1:${peer.port}/1?${query}`;
      const page = await probe(url("from=102&count=4"), "--expect", "123.5");
      expect(withoutTime(page.out)).toBe(
        `
holding 102–105 (40103–40106), unit 1: 1 request, … ms

What reads as 123.5 ± 1.235, the likely first:
  float32 ABCD: 123.456
      address: { table: holding, register: 102, format: float32 }

One register. Behind the first three numbers the same with the bytes swapped (byteOrder: BADC).
address  Modicon   hex  uint16   int16  bcd16  uint16   int16  bcd16  bits                 text
    102    40103  42F6  17142   17142      –   63042   -2494      –   0100 0010 1111 0110  B.
    103    40104  E979  59769   -5767      –   31209   31209      –   1110 1001 0111 1001  .y
    104    40105  FFFF  65535      -1      –   65535      -1      –   1111 1111 1111 1111  ..
    105    40106  FFFF  65535      -1      –   65535      -1      –   1111 1111 1111 1111  ..

2 registers: each with the one behind it, in four orders.
address  format          ABCD         CDAB         BADC         DCBA
102–103  float32     123.456*   -1.88e+25    -9.86e+32     1.52e+35
         uint32   1123477881   3917038326   4131551721   2045376066
         int32    1123477881   -377928970   -163415575   2045376066
103–104  float32   -1.89e+25          NaN     1.52e+35          NaN
         uint32   3917086719   4294961529   2045378559   4294932969
         int32    -377880577        -5767   2045378559       -34327
104–105  float32         NaN          NaN          NaN          NaN
         uint32   4294967295   4294967295   4294967295   4294967295
         int32            -1           -1           -1           -1

4 registers: each with the three behind it, in four orders.
address  format                   ABCD                   CDAB                   BADC                   DCBA
102–105  float64             4.03e+14                    NaN             -4.55e+261                    NaN
         uint64   4825300760969347071   18446744073331622646   17744879527722483711   18446744071459960386
         int64    4825300760969347071             -377928970    -701864545987067905            -2249591230`.trimStart(),
      );
      const bits = await probe(url("table=discrete&from=180&count=16"));
      expect(withoutTime(bits.out)).toBe(
        `
discrete 180–195 (10181–10196), unit 1: 1 request, … ms

The lowest address left.
address  bits
180–195  1001 0010 0100 1001`.trimStart(),
      );
      const end = JSON.parse((await probe(url("from=198&count=4"), "--json")).out);
      const why = "refused: exception 2 (illegal data address)";
      expect(end.cells.map((cell: { hex?: string; why?: string }) => cell.hex ?? cell.why)).toEqual([
        "00C6",
        "00C7",
        why,
        why,
      ]);
      const document = JSON.parse((await probe(url("from=104&count=4"), "--json")).out);
      expect(document.cells[0].values.int64).toEqual({
        ABCD: -2,
        CDAB: -281474976710657,
        BADC: -257,
        DCBA: "-72057594037927937",
      });
      expect(
        widths.map(
          (width) =>
            document.cells.filter(({ values }: { values: object }) =>
              Object.keys(values).some((format) => registersOf[format as ProbedFormat] === width),
            ).length,
        ),
      ).toEqual([4, 3, 1]);
    },
  );
});
