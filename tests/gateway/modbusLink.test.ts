import { describe, expect, test } from "vitest";
import { systemClock } from "#shared/kit/clock.ts";
import { CodedError } from "#shared/model/errors.ts";
import { millis } from "#shared/model/time.ts";
import { ascii } from "../../gateway/drivers/modbus/frames/ascii.ts";
import { mbap } from "../../gateway/drivers/modbus/frames/mbap.ts";
import { rtu } from "../../gateway/drivers/modbus/frames/rtu.ts";
import type { LineSetup } from "../../gateway/drivers/modbus/lineSetup.ts";
import { type Ask, createLink, type Link } from "../../gateway/drivers/modbus/link.ts";
import { createSharedLine } from "../../gateway/drivers/modbus/sharedLine.ts";
import { ManualClock } from "../fakes/clock.ts";
import { tcpConnection } from "./defaults.ts";
import { createMemoryLine, type MemoryLine } from "./memoryLine.ts";
import { ownAddress, startModbusServer } from "./modbusServer.ts";
import { dataPdu, exceptionPdu, frameOf, type Wire, type WireRequest } from "./modbusWire.ts";

const never = new AbortController().signal;
const timeout = millis(100);
const ask = (start: number, count = 1, unit = 1, more: Partial<Ask> = {}): Ask => ({
  ...{ unit, timeout, pause: millis(0), table: "holding", start, count },
  ...more,
});

/** Registers that hold their address. */
const right = (wire: Wire, request: WireRequest): Buffer =>
  frameOf(
    wire,
    request,
    dataPdu(
      request,
      Array.from({ length: request.count }, (_, i) => [(request.start + i) >> 8, (request.start + i) & 0xff]).flat(),
    ),
  );

/** A link over a line in memory whose device does what `device` says; the default answers rightly. */
function bench(
  wire: Wire,
  device: (request: WireRequest, line: MemoryLine, at: number) => Uint8Array | undefined = (request) =>
    right(wire, request),
  setup: Partial<LineSetup> = {},
) {
  const clock = new ManualClock();
  const line = createMemoryLine(wire, (request, self) => {
    const bytes = device(request, self, line.asked.length - 1);
    if (bytes) self.deliver(bytes);
  });
  const framing = { tcp: mbap(true), rtu, ascii }[wire];
  const link = createSharedLine(
    { where: "bench", framing, open: line.open, inFlight: 1, gap: millis(0), forgetsByReopening: true, ...setup },
    clock,
  );
  /** The first register, `exception n` or the code; time moves on by steps until it is known. */
  const settled = async (answer: ReturnType<Link["request"]>): Promise<number | string> => {
    const state: { outcome?: number | string } = {};
    void answer.then(
      (given) => {
        state.outcome = "exception" in given ? `exception ${given.exception}` : Buffer.from(given.data).readUInt16BE(0);
      },
      (error) => {
        state.outcome = error instanceof CodedError ? error.code : String(error);
      },
    );
    await clock.advance(millis(0));
    for (let i = 0; i < 100 && state.outcome === undefined; i++) await clock.advance(millis(10));
    return state.outcome ?? "pending";
  };
  const read = (start: number, count = 1, unit = 1) => settled(link.request(ask(start, count, unit), never));
  return { clock, line, link, settled, read };
}

describe("over TCP", () => {
  test("an answer that comes after its time is nobody's, also behind the next request", async () => {
    const late: Buffer[] = [];
    const { clock, line, link, read } = bench("tcp", (request, _, at) => {
      if (at === 0) return void late.push(right("tcp", request));
      if (at === 1) line.deliver(late[0] ?? Buffer.alloc(0));
      return right("tcp", request);
    });
    await link.attach(1, timeout, never);
    await link.attach(2, timeout, never);
    expect(await read(111)).toBe("TIMEOUT");
    expect(await read(222)).toBe(222);
    expect(link.counts(1)).toMatchObject({ requests: 2, timeouts: 1, lateFrames: 1, badFrames: 0 });
    expect(clock.now()).toBeLessThan(200);
  });

  test("the transaction of a request that was given up is not used again before its answer came", async () => {
    const state: { late?: WireRequest } = {};
    const { line, link, read } = bench("tcp", (request, _, at) => {
      if (at > 0) return right("tcp", request);
      state.late = request;
      return undefined;
    });
    await link.attach(1, timeout, never);
    await link.attach(2, timeout, never);
    expect(await read(1)).toBe("TIMEOUT");
    const { transaction } = state.late ?? { transaction: -1 };
    const round = 0x10000;
    for (let i = 0; i < round; i++) await link.request(ask(i & 0xff, 1, 2), never);
    expect(line.asked.slice(1).every((request) => request.transaction !== transaction)).toBe(true);
    expect(new Set(line.asked.map((request) => request.transaction)).size).toBe(round);
  });

  test.each<[string, (request: WireRequest) => Buffer]>([
    ["another unit", (request) => frameOf("tcp", { ...request, unit: 9 }, dataPdu(request, [0, 7]))],
    ["another function", (request) => frameOf("tcp", request, [4, 2, 0, 7])],
    ["a byte count of more than was asked", (request) => frameOf("tcp", request, [3, 4, 0, 7, 0, 8])],
    ["a byte count that lies", (request) => frameOf("tcp", request, [3, 4, 0, 7])],
    ["protocol 0x1234", (request) => Buffer.from(right("tcp", request).fill(0x12, 2, 3))],
    ["length 65535", (request) => Buffer.from(right("tcp", request).fill(0xff, 4, 6))],
    ["length 0", (request) => Buffer.from(right("tcp", request).fill(0, 4, 6))],
    ["seven stray bytes in front", (request) => Buffer.concat([Buffer.from("ABCDEFG"), right("tcp", request)])],
  ])("%s is MALFORMED at once, and the next read is right", async (_, wrong) => {
    const { clock, line, link, read } = bench("tcp", (request, __, at) =>
      at === 0 ? wrong(request) : right("tcp", request),
    );
    await link.attach(1, timeout, never);
    expect(await read(7)).toBe("MALFORMED");
    expect(await read(8)).toBe(8);
    expect(clock.now()).toBe(0);
    expect(link.counts(1)).toMatchObject({ badFrames: 1, timeouts: 0 });
    expect(line.openNow).toBe(1);
  });

  test("a frame that never ends costs its timeout, then the connection is a new one", async () => {
    const { line, link, read } = bench("tcp", (request, _, at) =>
      at === 0 ? right("tcp", request).subarray(0, 8) : right("tcp", request),
    );
    await link.attach(1, timeout, never);
    await link.attach(2, timeout, never);
    expect(await read(7)).toBe("TIMEOUT");
    expect(await read(8)).toBe(8);
    expect([line.opened, line.openNow, link.counts(1).reconnects]).toEqual([2, 1, 1]);
  });

  test("as many requests are on their way as the device takes, answered in any order", async () => {
    const held: WireRequest[] = [];
    const { clock, line, link } = bench("tcp", (request) => void held.push(request), { inFlight: 4 });
    await link.attach(1, timeout, never);
    const answers = [10, 11, 12, 13, 14, 15].map((start) => link.request(ask(start), never));
    await clock.advance(millis(0));
    expect(line.asked).toHaveLength(4);
    for (let i = 0; i < 6; i++) {
      const request = held.pop();
      if (request) line.deliver(right("tcp", request));
      await clock.advance(millis(0));
    }
    const values = (await Promise.all(answers)).map((answer) => ("data" in answer ? answer.data[1] : answer));
    expect(values).toEqual([10, 11, 12, 13, 14, 15]);
  });

  test("a device that answers with transaction id 0 is read where the plant says so", async () => {
    const answer = (request: WireRequest) => right("tcp", { ...request, transaction: 0 });
    const strict = bench("tcp", answer);
    await strict.link.attach(1, timeout, never);
    expect(await strict.read(5)).toBe("TIMEOUT");
    const { link, read } = bench("tcp", answer, { framing: mbap(false) });
    await link.attach(1, timeout, never);
    expect([await read(5), await read(6)]).toEqual([5, 6]);
  });

  test("two answers missing in a row: the connection is renewed where no unit answers, and kept where one does", async () => {
    const { line, link, read } = bench("tcp", (request) => (request.unit === 1 ? undefined : right("tcp", request)));
    await link.attach(1, timeout, never);
    await link.attach(2, timeout, never);
    for (let i = 0; i < 3; i++) expect([await read(1, 1, 1), await read(2, 1, 2)]).toEqual(["TIMEOUT", 2]);
    expect(line.opened).toBe(1);
    link.detach(2);
    expect([await read(1), await read(1), await read(1)]).toEqual(["TIMEOUT", "TIMEOUT", "TIMEOUT"]);
    expect([line.opened, line.openNow]).toEqual([2, 1]);
  });
});

describe.each<Wire>(["rtu", "ascii"])("over %s, where no answer names its request", (wire) => {
  test("one request is on its way, whatever is asked at once", async () => {
    const { clock, line, link } = bench(wire, () => undefined);
    await link.attach(1, timeout, never);
    const answers = [1, 2, 3].map((start) => link.request(ask(start), never));
    for (const answer of answers) answer.catch(() => {});
    await clock.advance(millis(0));
    expect(line.asked).toHaveLength(1);
    link.detach(1);
    expect((await Promise.allSettled(answers)).map(({ status }) => status)).toEqual(answers.map(() => "rejected"));
  });

  test.each([1, 3, 50])("answers that come %i timeouts late are not the values of a later request", async (behind) => {
    const late: Buffer[] = [];
    const { line, link, read } = bench(wire, (request, _, at) => {
      if (at < behind) return void late.push(right(wire, request));
      // In front of the answer that they could be taken for.
      for (const bytes of late.splice(0)) line.deliver(bytes);
      return right(wire, request);
    });
    await link.attach(1, timeout, never);
    await link.attach(2, timeout, never);
    for (let i = 0; i < behind; i++) expect(await read(100 + i, 4)).toBe("TIMEOUT");
    for (let i = 0; i < 3; i++) expect(await read(1_000 + i, 4)).toBe(1_000 + i);
    expect(link.counts(1)).toMatchObject({ timeouts: behind, badFrames: 0 });
    expect(link.counts(1).lateFrames).toBeGreaterThan(0);
    expect(line.opened).toBe(1);
  });

  test("what is asked in between to tell the answers apart lies inside what is wanted", async () => {
    const { line, link, read } = bench(wire, (request, _, at) => (at === 0 ? undefined : right(wire, request)));
    await link.attach(1, timeout, never);
    expect(await read(100, 4)).toBe("TIMEOUT");
    expect(await read(200, 4)).toBe(200);
    expect(await read(300, 4)).toBe(300);
    expect(line.asked.map(({ start, count }) => [start, count])).toEqual([
      [100, 4],
      [200, 3],
      [200, 4],
      [300, 4],
    ]);
  });

  test("a late exception is not the answer to the next request", async () => {
    const { line, link, read } = bench(wire, (request, _, at) => {
      if (at === 0) return undefined;
      if (at === 1) line.deliver(frameOf(wire, request, exceptionPdu(request, 2)));
      return right(wire, request);
    });
    await link.attach(1, timeout, never);
    expect(await read(100, 4)).toBe("TIMEOUT");
    expect(await read(200, 4)).toBe(200);
  });

  test("one register, of which no part can be asked for: over TCP a new connection, on a serial line patience", async () => {
    const device = (request: WireRequest, _: MemoryLine, at: number) => (at === 0 ? undefined : right(wire, request));
    const overTcp = bench(wire, device);
    await overTcp.link.attach(1, timeout, never);
    await overTcp.link.attach(2, timeout, never);
    expect([await overTcp.read(5), await overTcp.read(6)]).toEqual(["TIMEOUT", 6]);
    expect(overTcp.line.opened).toBe(2);
    const serial = bench(wire, device, { forgetsByReopening: false });
    await serial.link.attach(1, timeout, never);
    await serial.link.attach(2, timeout, never);
    expect([await serial.read(5), await serial.read(6)]).toEqual(["TIMEOUT", 6]);
    expect(serial.line.opened).toBe(1);
    expect(serial.clock.now()).toBeGreaterThanOrEqual(3 * timeout);
  });

  test("a unit that refuses everything after a silence is believed in the end", async () => {
    const { link, read } = bench(wire, (request, _, at) =>
      at === 0 ? undefined : frameOf(wire, request, exceptionPdu(request, 2)),
    );
    await link.attach(1, timeout, never);
    const outcomes: unknown[] = [];
    for (let i = 0; i < 4; i++) outcomes.push(await read(100, 4));
    expect(outcomes).toEqual(["TIMEOUT", "TIMEOUT", "exception 2", "exception 2"]);
  });

  test("noise in front is passed over; a damaged answer is MALFORMED at once, and the next read is right", async () => {
    const { clock, link, read } = bench(wire, (request, _, at) => {
      const bytes = right(wire, request);
      if (at === 0) return Buffer.concat([Buffer.from([0, 0xff, 0x3a, 0x17, 9]), bytes]);
      if (at === 1) bytes[bytes.length - 4] = (bytes[bytes.length - 4] ?? 0) ^ 1;
      return bytes;
    });
    await link.attach(1, timeout, never);
    expect([await read(5, 2), await read(6, 2), await read(7, 2)]).toEqual([5, "MALFORMED", 7]);
    expect(clock.now()).toBe(0);
    expect(link.counts(1).badFrames).toBeGreaterThan(0);
  });

  test("the line rests between an answer and the next request", async () => {
    const times: number[] = [];
    const { clock, link } = bench(wire, (request) => {
      times.push(clock.now());
      return right(wire, request);
    });
    await link.attach(1, timeout, never);
    const answers = [1, 2, 3].map((start) => link.request(ask(start, 1, 1, { pause: millis(30) }), never));
    await clock.advance(millis(0));
    await clock.advance(millis(90));
    await Promise.all(answers);
    expect(times).toEqual([0, 30, 60]);
  });
});

describe("every promise settles", () => {
  test("on abort, detach, disposal and the end of the connection, at once", async () => {
    const { clock, line, link } = bench("tcp", () => undefined);
    const ended = async (by: (abort: AbortController) => void) => {
      await link.attach(1, timeout, never);
      const abort = new AbortController();
      const answers = [1, 2].map((start) => link.request(ask(start), abort.signal));
      for (const answer of answers) answer.catch(() => {});
      await clock.advance(millis(0));
      by(abort);
      const outcomes = await Promise.allSettled(answers);
      return outcomes.map((outcome) => outcome.status === "rejected" && outcome.reason.code);
    };
    const both = ["NOT_CONNECTED", "NOT_CONNECTED"];
    expect(await ended((abort) => abort.abort())).toEqual(both);
    expect(await ended(() => link.detach(1))).toEqual(both);
    expect(await ended(() => line.cut())).toEqual(both);
    expect(await ended(() => void link[Symbol.asyncDispose]())).toEqual(both);
    expect(clock.now()).toBe(0);
    expect(line.openNow).toBe(0);
    await expect(link.request(ask(1), never)).rejects.toMatchObject({ code: "NOT_CONNECTED" });
  });

  test("an attach that is given up while the device does not take the connection", async () => {
    const clock = new ManualClock();
    const open = () => new Promise<never>(() => {});
    const setup = { where: "bench", framing: rtu, inFlight: 1, gap: millis(0), forgetsByReopening: true };
    const link = createSharedLine({ ...setup, open }, clock);
    const abort = new AbortController();
    const attached = link.attach(1, timeout, abort.signal);
    abort.abort();
    await expect(attached).rejects.toMatchObject({ code: "NOT_CONNECTED" });
  });
});

describe("real sockets", () => {
  test("300 connections one after the other leave one socket at the device", async () => {
    await using server = await startModbusServer((_, at) => (at % 2 === 0 ? "reset" : "end"));
    const link = createLink(tcpConnection(server.port), { clock: systemClock });
    const slow = millis(20_000);
    for (let i = 0; i < 300; i++) {
      await link.attach(1, slow, never);
      const answer = link.request(ask(0, 1, 1, { timeout: slow }), never);
      await expect(answer).rejects.toMatchObject({ code: "NOT_CONNECTED" });
    }
    await link.attach(1, slow, never);
    await expect.poll(() => [server.accepted, server.open]).toEqual([301, 1]);
    link.detach(1);
    await expect.poll(() => server.open).toBe(0);
  });

  test("a link that renews its connection itself leaves one socket, too", async () => {
    const raw = (transaction: number) => Buffer.from([transaction >> 8, transaction & 0xff, 0, 0, 0xff, 0xff, 1, 3]);
    await using server = await startModbusServer((asked, at) => (at % 2 === 0 ? { raw } : ownAddress(asked)));
    const link = createLink(tcpConnection(server.port), { clock: systemClock });
    const slow = millis(20_000);
    await link.attach(1, slow, never);
    for (let i = 0; i < 50; i++) {
      const wrong = link.request(ask(0, 1, 1, { timeout: slow }), never);
      await expect(wrong).rejects.toMatchObject({ code: "MALFORMED" });
      const answer = await link.request(ask(i, 1, 1, { timeout: slow }), never);
      expect("data" in answer && answer.data[1]).toBe(i);
    }
    await expect.poll(() => [server.accepted, server.open]).toEqual([51, 1]);
    await link[Symbol.asyncDispose]();
  });
});
