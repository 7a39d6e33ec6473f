import type { ModbusFault } from "../../faults/catalogue.ts";
import { hardValues } from "../../faults/modbusFaults.ts";
import type { Random } from "../../physics/random.ts";
import type { Frame, Framing, Lies } from "./frames.ts";

/** One thing that is done with the connection, `afterMs` after the one before it. */
export type Act = {
  readonly afterMs: number;
  /** Goes to the newest connection where its own is closed. */
  readonly follows?: true;
} & (
  | { readonly bytes: Buffer }
  /** `reset` is RST, `finish` is FIN. */
  | { readonly end: "reset" | "finish" }
);

const tables: readonly (string | undefined)[] = [undefined, "coil", "discrete", "holding", "input"];

interface Asked {
  readonly table: string | undefined;
  readonly from: number;
  /** Behind the last. */
  readonly to: number;
}

/** What a request reads; a write or a strange function reads nothing. */
function askedBy({ pdu }: Frame): Asked {
  const table = tables[pdu[0] ?? 0];
  if (table === undefined || pdu.length < 5) return { table: undefined, from: 0, to: 0 };
  const from = pdu.readUInt16BE(1);
  return { table, from, to: from + pdu.readUInt16BE(3) };
}

/** Whether a request is one of those that the fault is for. */
export function isFor(fault: ModbusFault, request: Frame): boolean {
  if (fault.unit !== undefined && fault.unit !== request.unit) return false;
  if (fault.fault === "modbus.frozen") return true;
  const { table, from, to } = askedBy(request);
  if (fault.table !== undefined && fault.table !== table) return false;
  if (fault.register === undefined) return true;
  return table !== undefined && fault.register < to && from <= (fault.to ?? fault.register);
}

/** The answer `pdu` to `request` as a device with these faults gives it: what it does, in order. */
export function mangle(
  request: Frame,
  pdu: Buffer,
  faults: readonly ModbusFault[],
  framing: Framing,
  random: Random,
): readonly Act[] {
  const said = faults.reduce<Said>((before, fault) => lie(before, fault, request), {
    frame: { ...request, pdu },
    lies: {},
  });
  const whole: readonly Act[] = [{ afterMs: 0, bytes: framing.encode(said.frame, said.lies) }];
  return faults.reduce((acts, fault) => spoil(acts, fault, random), whole);
}

interface Said {
  readonly frame: Frame;
  readonly lies: Lies;
}

/** What the answer says. */
function lie(said: Said, fault: ModbusFault, request: Frame): Said {
  const { frame, lies } = said;
  const withPdu = (pdu: Buffer): Said => ({ ...said, frame: { ...frame, pdu } });
  const [code = 0, second = 0] = frame.pdu;
  const isRead = code <= 4 && frame.pdu.length > 1;
  switch (fault.fault) {
    case "modbus.exception":
      return withPdu(Buffer.from([code | 0x80, fault.code]));
    case "modbus.byteCount":
      return isRead
        ? withPdu(Buffer.concat([Buffer.from([code, (second + fault.by) & 0xff]), frame.pdu.subarray(2)]))
        : said;
    case "modbus.value":
      return isRead ? withPdu(planted(frame.pdu, fault, request)) : said;
    case "modbus.order":
      return isRead ? withPdu(reordered(frame.pdu, fault, request)) : said;
    case "modbus.length":
      return { ...said, lies: { ...lies, length: fault.length } };
    case "modbus.checksum":
      return { ...said, lies: { ...lies, checksum: true } };
    case "modbus.wrong": {
      const wrong = (right: number, most: number) => (fault.value ?? right + fault.by) & most;
      if (fault.field === "protocol") return { ...said, lies: { ...lies, protocol: wrong(0, 0xffff) } };
      if (fault.field === "unit") return { ...said, frame: { ...frame, unit: wrong(frame.unit, 0xff) } };
      if (fault.field === "function")
        return withPdu(Buffer.concat([Buffer.from([wrong(code, 0xff)]), frame.pdu.subarray(1)]));
      return { ...said, frame: { ...frame, transaction: wrong(frame.transaction, 0xffff) } };
    }
    default:
      return said;
  }
}

/** Registers `from` to `to` of a read answer, as far as they are in it, each `size` registers at a time. */
function* values(pdu: Buffer, request: Frame, from: number, to: number, size: number): Generator<Buffer> {
  const { from: first, to: end } = askedBy(request);
  for (let register = from; register + size - 1 <= to; register += size) {
    if (register < first || register + size > end) continue;
    const at = 2 + (register - first) * 2;
    yield pdu.subarray(at, at + size * 2);
  }
}

function planted(pdu: Buffer, fault: ModbusFault & { fault: "modbus.value" }, request: Frame): Buffer {
  const copy = Buffer.from(pdu);
  const words: readonly number[] = hardValues[fault.value];
  const last = fault.to ?? fault.register + words.length - 1;
  for (const place of values(copy, request, fault.register, last, words.length)) {
    for (const [i, word] of words.entries()) place.writeUInt16BE(word, i * 2);
  }
  return copy;
}

function reordered(pdu: Buffer, fault: ModbusFault & { fault: "modbus.order" }, request: Frame): Buffer {
  const copy = Buffer.from(pdu);
  for (const place of values(copy, request, fault.register, fault.to, fault.words)) {
    if (fault.order !== "CDAB") place.swap16();
    if (fault.order === "BADC") continue;
    const words = Array.from({ length: fault.words }, (_, i) => place.readUInt16BE(i * 2));
    for (const [i, word] of words.toReversed().entries()) place.writeUInt16BE(word, i * 2);
  }
  return copy;
}

/** What becomes of the answer's bytes. */
function spoil(acts: readonly Act[], fault: ModbusFault, random: Random): readonly Act[] {
  switch (fault.fault) {
    case "modbus.silent":
      return [];
    case "modbus.reset":
      return [{ afterMs: 0, end: "reset" }];
    case "modbus.halfClose":
      return [{ afterMs: 0, end: "finish" }];
    case "modbus.garbage":
      return eachBytes(acts, (bytes) => [
        { afterMs: 0, bytes: Buffer.concat([noise(fault.before, random), bytes, noise(fault.after, random)]) },
      ]);
    case "modbus.truncated":
      return eachBytes(acts, (bytes) => [{ afterMs: 0, bytes: bytes.subarray(0, fault.bytes) }]);
    case "modbus.dribble":
      return eachBytes(acts, (bytes) =>
        Array.from(bytes, (byte, i) => ({ afterMs: i === 0 ? 0 : fault.delayMs, bytes: Buffer.from([byte]) })),
      );
    case "modbus.slow":
      return acts.map((act, i) => ({
        ...act,
        afterMs: act.afterMs + (i === 0 ? fault.delayMs : 0),
        ...(fault.over === "line" ? { follows: true as const } : {}),
      }));
    case "modbus.flood":
      return Array.from({ length: fault.copies }, () => acts).flat();
    default:
      return acts;
  }
}

const noise = (length: number, random: Random): Buffer =>
  Buffer.from(Array.from({ length }, () => Math.floor(random() * 256)));

/** Replaces the bytes of each act; the first keeps the delay. */
const eachBytes = (acts: readonly Act[], change: (bytes: Buffer) => readonly Act[]): readonly Act[] =>
  acts.flatMap((act) =>
    "bytes" in act ? change(act.bytes).map((one, i) => (i === 0 ? { ...one, afterMs: act.afterMs } : one)) : [act],
  );
