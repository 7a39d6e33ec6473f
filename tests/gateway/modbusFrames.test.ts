import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ascii } from "../../gateway/drivers/modbus/frames/ascii.ts";
import type { Found, Framing } from "../../gateway/drivers/modbus/frames/framing.ts";
import { mbap } from "../../gateway/drivers/modbus/frames/mbap.ts";
import { answerIn, beginningOf, type Read, readOf } from "../../gateway/drivers/modbus/frames/pdu.ts";
import { rtu } from "../../gateway/drivers/modbus/frames/rtu.ts";
import { frameOf, takeRequests, type Wire } from "./modbusWire.ts";

const framings: Readonly<Record<Wire, Framing>> = { tcp: mbap(true), rtu, ascii };
const wires = Object.keys(framings) as Wire[];
const ends: Readonly<Record<Wire, (hex: string) => Buffer>> = {
  tcp: (hex) => Buffer.from(hex, "hex"),
  rtu: (hex) => Buffer.from(hex, "hex"),
  ascii: (hex) => Buffer.from(hex, "latin1"),
};

/** What a receiver finds in the pieces, as text. */
function found(framing: Framing, pieces: readonly Uint8Array[], awaited: Partial<Found> = {}): readonly string[] {
  const said: string[] = [];
  const receiver = framing.receiver({
    frame: (transaction, unit, pdu) => said.push(`${transaction} ${unit} ${Buffer.from(pdu).toString("hex")}`),
    damaged: (unit, functionCode, byteCount) => said.push(`damaged ${unit} ${functionCode} ${byteCount}`),
    outOfStep: (why) => said.push(`out of step: ${why}`),
    awaits: () => true,
    awaitsMore: () => false,
    ...awaited,
  });
  for (const piece of pieces) receiver.feed(piece);
  return said;
}

const asked = (unit: number, transaction = 0) => ({ transaction, unit, functionCode: 3, start: 0, count: 1 });

describe("frames of the standards' own examples", () => {
  // Modbus over Serial Line V1.02, 2.5; Modbus Messaging on TCP/IP V1.0b, 3; the RTU one is printed in many manuals.
  const examples: readonly [Wire, number, number, Read, string][] = [
    ["tcp", 0x1501, 0xff, readOf(3, 4, 1), "150100000006ff0300040001"],
    ["rtu", 0, 1, readOf(3, 0, 2), "010300000002c40b"],
    ["rtu", 0, 0x11, readOf(1, 0x13, 0x25), "1101001300250e84"],
    ["ascii", 0, 1, readOf(3, 0, 2), ":010300000002FA\r\n"],
  ];
  test.each(examples)("%s, transaction %i, unit %i", (wire, transaction, unit, read, expected) => {
    const frame = Buffer.from(framings[wire].encode(transaction, unit, read));
    expect(wire === "ascii" ? frame.toString("latin1") : frame.toString("hex")).toBe(expected);
  });

  test.each<[Wire, string]>([
    ["tcp", "150100000005ff030200ab"],
    ["rtu", "01030200ab"],
    ["ascii", ":01030200AB4F\r\n"],
  ])("%s: an answer is taken apart", (wire, text) => {
    const bytes = wire === "rtu" ? frameOf("rtu", asked(1), [3, 2, 0, 0xab]) : ends[wire](text);
    const unit = wire === "tcp" ? 0xff : 1;
    expect(found(framings[wire], [bytes])).toEqual([`${wire === "tcp" ? 0x1501 : 0} ${unit} 030200ab`]);
  });
});

const read = fc.record({
  functionCode: fc.constantFrom(1 as const, 2 as const, 3 as const, 4 as const),
  start: fc.nat(65_535),
  count: fc.integer({ min: 1, max: 125 }),
});

describe.each(wires)("%s", (wire) => {
  const framing = framings[wire];

  test("whatever is asked goes out as that read, and nothing but reads goes out", () => {
    fc.assert(
      fc.property(read, fc.nat(255), fc.nat(65_535), ({ functionCode, start, count }, unit, transaction) => {
        const bytes = Buffer.from(framing.encode(transaction, unit, readOf(functionCode, start, count)));
        const { requests, rest } = takeRequests(wire, bytes);
        expect(rest).toHaveLength(0);
        expect(requests).toEqual([{ transaction: wire === "tcp" ? transaction : 0, unit, functionCode, start, count }]);
      }),
    );
  });

  test("frames are found whole in pieces of any size", () => {
    const frame = fc.record({
      unit: fc.nat(255),
      transaction: fc.nat(65_535),
      data: fc.array(fc.nat(255), { minLength: 1, maxLength: 250 }),
    });
    fc.assert(
      fc.property(fc.array(frame, { maxLength: 4 }), fc.array(fc.integer({ min: 1, max: 40 })), (frames, sizes) => {
        const bytes = Buffer.concat(
          frames.map(({ unit, transaction, data }) =>
            frameOf(wire, asked(unit, transaction), [3, data.length, ...data]),
          ),
        );
        const pieces: Buffer[] = [];
        for (let at = 0, i = 0; at < bytes.length; i++) {
          const size = sizes[i] ?? bytes.length;
          pieces.push(bytes.subarray(at, at + size));
          at += size;
        }
        expect(found(framing, pieces, { awaitsMore: () => true })).toEqual(
          frames.map(({ unit, transaction, data }) => {
            const pdu = Buffer.from([3, data.length, ...data]).toString("hex");
            return `${wire === "tcp" ? transaction : 0} ${unit} ${pdu}`;
          }),
        );
      }),
    );
  });

  test("in any bytes at all, only what is a frame is found", () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 5 }), fc.nat(255), (pieces, unit) => {
        const mixed = [...pieces, frameOf(wire, asked(unit, 5), [3, 2, 0, 1]), ...pieces];
        const bytes = Buffer.concat(mixed).toString("latin1").toUpperCase();
        for (const said of found(framing, mixed, { awaits: () => false })) {
          const [transaction, from, pdu] = said.split(" ");
          if (!pdu || !/^\d+$/.test(transaction ?? "")) continue;
          const frame = frameOf(wire, asked(Number(from), Number(transaction)), [...Buffer.from(pdu, "hex")]);
          expect(bytes).toContain(frame.toString("latin1").toUpperCase());
        }
      }),
    );
  });
});

describe("noise and damage", () => {
  const good = (wire: Wire, data: readonly number[] = [0, 7]) => frameOf(wire, asked(1), [3, data.length, ...data]);
  const value = (wire: Wire) => found(framings[wire], [good(wire)])[0] ?? "";

  test.each<Wire>(["rtu", "ascii"])("%s: a frame is found behind noise, and behind a frame cut short", (wire) => {
    const noise = Buffer.from([0x55, 0x3a, 0x01, 0x00, 0x0d]);
    expect(found(framings[wire], [noise, good(wire)], { awaits: () => false })).toContain(value(wire));
    const cut = good(wire, [1, 2, 3, 4]).subarray(0, -4);
    const heard = found(framings[wire], [cut, good(wire)], { awaits: (_, __, bytes) => bytes === 2 });
    expect(heard).toContain(value(wire));
  });

  test.each<Wire>(["rtu", "ascii"])("%s: each single byte that is changed is noticed", (wire) => {
    const bytes = good(wire, [0x12, 0x34, 0x56, 0x78]);
    for (let at = 0; at < bytes.length; at++) {
      for (const change of [1, 0x10, 0x40, 0x80]) {
        const changed = Buffer.from(bytes);
        changed[at] = (changed[at] ?? 0) ^ change;
        const heard = found(framings[wire], [changed], { awaits: () => false });
        expect(heard.filter((said) => !said.startsWith("damaged"))).toEqual([]);
      }
    }
  });

  test("RTU: what may be the beginning of an awaited answer is waited on, also when a frame lies inside its data", () => {
    const inner = good("rtu");
    const outer = frameOf("rtu", asked(1), [3, inner.length + 1, ...inner, 0]);
    const awaits = (_: number, __: number, bytes: number) => bytes === inner.length + 1 || bytes === 2;
    for (let at = 1; at < outer.length; at++) {
      const heard = found(rtu, [outer.subarray(0, at), outer.subarray(at)], { awaits });
      expect(heard).toEqual([`0 1 ${outer.subarray(1, -2).toString("hex")}`]);
    }
  });

  test.each([
    ["length 0", [0, 1, 0, 0, 0, 0, 1, 3]],
    ["length 1", [0, 1, 0, 0, 0, 1, 1, 3]],
    ["length 255", [0, 1, 0, 0, 0, 255, 1, 3]],
    ["length 65535", [0, 1, 0, 0, 255, 255, 1, 3]],
    ["protocol 0x1234", [0, 1, 0x12, 0x34, 0, 5, 1, 3]],
    ["seven stray bytes", [9, 8, 7, 6, 5, 4, 3]],
  ])("TCP: %s is out of step, and no later byte is guessed at", (_, bytes) => {
    expect(found(framings.tcp, [Buffer.from([...bytes, ...good("tcp")])])).toEqual([
      expect.stringMatching(/^out of step/),
    ]);
  });

  test("TCP: bytes put into a frame show by what follows it, so the frame is not trusted", () => {
    const bytes = good("tcp", [1, 2, 3, 4]);
    for (let put = 1; put <= 8; put++) {
      const stuffed = Buffer.concat([bytes.subarray(0, 10), Buffer.alloc(put, 0x77), bytes.subarray(10)]);
      expect(found(framings.tcp, [stuffed])).toEqual([expect.stringMatching(/^out of step/)]);
    }
  });
});

describe("an answer to a read", () => {
  const two = readOf(3, 0, 2);
  test.each<[string, readonly number[], unknown]>([
    ["data", [3, 4, 1, 2, 3, 4], Uint8Array.from([1, 2, 3, 4])],
    ["an exception", [0x83, 2], 2],
    ["a byte count that is not the asked one", [3, 2, 1, 2], undefined],
    ["a byte count without its bytes", [3, 4, 1, 2], undefined],
    ["more bytes than it says", [3, 4, 1, 2, 3, 4, 5], undefined],
    ["another function", [4, 4, 1, 2, 3, 4], undefined],
    ["an exception to another function", [0x84, 2], undefined],
    ["an exception with a tail", [0x83, 2, 0], undefined],
    ["nothing", [], undefined],
  ])("%s", (_, pdu, expected) => {
    expect(answerIn(Uint8Array.from(pdu), two)).toEqual(expected);
  });

  test("bits: ten of them are two bytes", () => {
    expect(readOf(1, 0, 10).byteCount).toBe(2);
    expect(readOf(2, 0, 16).byteCount).toBe(2);
    expect(readOf(2, 0, 17).byteCount).toBe(3);
  });

  test("a beginning of a read lies inside it and has another length", () => {
    fc.assert(
      fc.property(read, fc.array(fc.nat(250)), ({ functionCode, start, count }, taken) => {
        const whole = readOf(functionCode, start, count);
        const beginning = beginningOf(whole, ({ byteCount }) => !taken.includes(byteCount));
        if (!beginning) return;
        expect(beginning.start).toBe(start);
        expect(beginning.count).toBeLessThan(count);
        expect(beginning.byteCount).toBeLessThan(whole.byteCount);
        expect(taken).not.toContain(beginning.byteCount);
      }),
    );
  });
});
