// A device that answers rightly, late, twice, damaged, out of step or not at all, as dice decide.
import type { Clock } from "#shared/kit/clock.ts";
import { millis } from "#shared/model/time.ts";
import { createMemoryLine, type MemoryLine } from "./memoryLine.ts";
import { contentOf, dataPdu, exceptionPdu, frameOf, type Wire, type WireRequest } from "./modbusWire.ts";

export interface FuzzLine {
  readonly wire: Wire;
  /** Answers carry this transaction id whatever was asked, where given. */
  readonly answersId?: number;
  readonly inFlight: number;
  /** A late answer comes over whatever connection stands then, as on a serial line. */
  readonly isSerial: boolean;
  readonly timeoutMs: number;
}

/** What the device needs of a line. */
export type FuzzedLine = Pick<MemoryLine, "open" | "connection" | "openNow" | "deliver" | "cut">;

export interface FuzzDevice {
  readonly line: FuzzedLine;
  /** Data of the newest request with these coordinates. */
  expected(unit: number, functionCode: number, start: number, count: number): readonly number[] | undefined;
  /** What was done, for the record of a failure. */
  readonly log: readonly string[];
  readonly done: ReadonlyMap<string, number>;
}

type Chunks = readonly Buffer[];

export type MakeLine = (wire: Wire, asked: (request: WireRequest, line: FuzzedLine) => void) => FuzzedLine;

export function createFuzzDevice(
  setup: FuzzLine,
  clock: Clock,
  random: () => number,
  makeLine: MakeLine = createMemoryLine,
): FuzzDevice {
  const { wire, isSerial, timeoutMs, inFlight } = setup;
  /** Connections with a frame that was cut short, where the framing has no check sum. */
  const cutOn = new Set<number>();
  const newest = new Map<string, number>();
  const log: string[] = [];
  const done = new Map<string, number>();
  const lastOf = new Map<number, { readonly at: number; readonly said: Promise<void> }>();
  const waiting: { chunks: Chunks; gap: number; connection: number; name: string }[] = [];
  let serial = 0;
  let isBusy = false;

  const below = (n: number) => Math.floor(random() * n);
  const noise = (length: number) => Buffer.from(Array.from({ length }, () => below(256)));
  const key = (...parts: number[]) => parts.join(":");

  /** One frame after the other, as a line carries them. */
  const drain = async () => {
    if (isBusy) return;
    isBusy = true;
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      // Without a check sum nobody can tell a frame that was cut short and goes on in pieces of something else.
      const isCut = cutOn.has(next.connection);
      if (isCut && /^(noise|cut|length)/.test(next.name)) continue;
      if (next.name === "cut short" && wire === "tcp") cutOn.add(next.connection);
      const chunks = isCut ? [Buffer.concat(next.chunks)] : next.chunks;
      for (const chunk of chunks) {
        if (isSerial || device.line.connection === next.connection) device.line.deliver(chunk);
        if (next.gap > 0) await clock.sleep(millis(next.gap));
      }
    }
    isBusy = false;
  };

  const answer = (request: WireRequest, line: FuzzedLine) => {
    const { connection } = line;
    serial += 1;
    const mine = serial;
    newest.set(key(request.unit, request.functionCode, request.start, request.count), mine);
    const id = setup.answersId ?? request.transaction;
    const asked = { ...request, transaction: id };
    const pdu = dataPdu(request, contentOf(request, mine));
    const good = frameOf(wire, asked, pdu);
    const isShort = (pdu[1] ?? 0) <= 6;
    const act = { name: "good", chunks: [good] as Chunks, delay: 0, gap: 0 };
    const be = (name: string, chunks: Chunks, delay = 0, gap = 0) => Object.assign(act, { name, chunks, delay, gap });
    const other = (change: Partial<WireRequest>, changed: readonly number[] = pdu) => [
      frameOf(wire, { ...asked, ...change }, changed),
    ];

    const dice = below(44);
    if (dice === 0) be("silence", []);
    else if (dice === 1) be("noise before", [Buffer.concat([noise(1 + below(20)), good])]);
    else if (dice === 2) be("noise behind", [Buffer.concat([good, noise(1 + below(20))])]);
    else if (dice === 3) be("noise inside", [inside(good)]);
    else if (dice === 4) be("noise alone", [noise(1 + below(40))]);
    else if (dice === 5 && wire === "tcp") be("length 0", [header(good, 4, 0)]);
    else if (dice === 6 && wire === "tcp") be("length 65535", [header(good, 4, 0xffff)]);
    else if (dice === 7 && wire === "tcp") be("protocol", [header(good, 2, 1 + below(0xffff))]);
    else if (dice === 8 && wire === "tcp" && setup.answersId === undefined) {
      be("transaction", other({ transaction: (id + 0x4000 + below(0x4000)) & 0xffff }));
    } else if (dice === 9) be("unit", other({ unit: 100 + below(100) }));
    else if (dice === 10) be("function", other({}, [5 + below(100), ...pdu.slice(1)]));
    else if (dice === 11)
      be("byte count", other({}, [pdu[0] ?? 0, ((pdu[1] ?? 0) + 1 + below(200)) & 0xff, ...pdu.slice(2)]));
    else if (dice === 12) be("cut short", [good.subarray(0, good.length - 1 - below(Math.min(8, good.length - 2)))]);
    else if (dice === 13)
      be(
        "byte by byte",
        [...good].map((byte) => Buffer.from([byte])),
      );
    else if (dice === 14)
      be(
        "slow",
        [...good].map((byte) => Buffer.from([byte])),
        0,
        timeoutMs / 400,
      );
    else if (dice === 15) be("exception", other({}, exceptionPdu(request, 1 + below(4))));
    else if (dice <= 18) {
      // Of a few bytes there may be no other length to ask for: on a serial line only patience helps.
      const longest = isSerial && isShort ? 2 : 40;
      be("late", [good], timeoutMs * (1 + random() * (random() < 0.7 ? 1 : longest)));
    } else if (dice === 19) be("late exception", other({}, exceptionPdu(request, 2)), timeoutMs * (1 + random() * 2));
    else if (dice === 20) be("twice", [Buffer.concat([good, good])]);
    else if (dice === 21) be("in two", inTwo(good, 1 + below(good.length - 1)));
    else if (dice === 22 && !isSerial && random() < 0.2) be("end of connection", []);

    done.set(act.name, (done.get(act.name) ?? 0) + 1);
    log.push(
      `${clock.monotonic()} #${mine} unit ${request.unit} f${request.functionCode} ${request.start}+${request.count}: ${act.name} ${Math.round(act.delay)}`,
    );
    if (log.length > 40) log.shift();
    if (act.name === "end of connection") return line.cut();
    const soonest = clock.monotonic() + act.delay;
    const at = Math.max(lastOf.get(request.unit)?.at ?? 0, soonest);
    // By order alone a late answer that comes twice passes for two.
    if (act.name === "twice" && !(wire === "tcp" && setup.answersId === undefined) && at > clock.monotonic()) {
      act.chunks = [good];
    }
    // Not distinguishable by its length: the longest that such an answer is waited for on a serial line.
    if (act.chunks.length === 0 || (isSerial && isShort && at > clock.monotonic() + 2 * timeoutMs)) return;
    // A unit answers in order.
    const before = lastOf.get(request.unit)?.said;
    const say = async () => {
      if (act.delay > 0) await clock.sleep(millis(act.delay));
      await before;
      waiting.push({ chunks: act.chunks, gap: act.gap, connection, name: act.name });
      void drain();
    };
    lastOf.set(request.unit, { at, said: say() });
  };

  /** What the check of the framing has to find: TCP has none of its own, so there bytes are put in, none is changed. */
  const inside = (good: Buffer): Buffer => {
    const at = 9 + below(Math.max(1, good.length - 9));
    if (wire === "tcp") {
      const length = inFlight > 1 ? 8 + below(8) : 1 + below(12);
      return Buffer.concat([good.subarray(0, at), noise(length), good.subarray(at)]);
    }
    const changed = Buffer.from(good);
    const place = below(good.length);
    changed[place] = (changed[place] ?? 0) ^ (1 + below(255));
    return changed;
  };

  const device: FuzzDevice = {
    line: makeLine(wire, answer),
    expected: (unit, functionCode, start, count) => {
      const mine = newest.get(key(unit, functionCode, start, count));
      return mine === undefined ? undefined : contentOf({ transaction: 0, unit, functionCode, start, count }, mine);
    },
    log,
    done,
  };
  return device;
}

const inTwo = (frame: Buffer, at: number): Chunks => [frame.subarray(0, at), frame.subarray(at)];

function header(frame: Buffer, at: number, value: number): Buffer {
  const changed = Buffer.from(frame);
  changed.writeUInt16BE(value, at);
  return changed;
}
