import type { Frame, Framing } from "./frames.ts";

// Modbus over Serial Line 1.02, clause 2.5, as it also travels through serial servers over TCP.

/** CRC-16 of RTU (6.2.2): polynomial 0xA001 reflected, low byte first on the wire. */
function crc16(bytes: Buffer): number {
  let crc = 0xffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xa001 : crc >>> 1;
  }
  return crc;
}

/** LRC of ASCII (6.2.1): two's complement of the sum. */
const lrc = (bytes: Buffer): number => -bytes.reduce((sum, byte) => sum + byte, 0) & 0xff;

const readRequestBytes = 8;
const leastRtuBytes = 4;

/** Bytes of the RTU request that begins at `at`; requests other than reads and single writes say it themselves. */
function rtuLength(bytes: Buffer, at: number): number | undefined {
  const code = bytes[at + 1] ?? 0;
  if (code >= 1 && code <= 6) return readRequestBytes;
  if (code === 15 || code === 16) return bytes.length > at + 6 ? 9 + (bytes[at + 6] ?? 0) : undefined;
  if (code === 22) return 10;
  if (code === 23) return bytes.length > at + 10 ? 13 + (bytes[at + 10] ?? 0) : undefined;
  // The end of an unknown function is not known: what has come is taken for all of it.
  return Math.max(leastRtuBytes, bytes.length - at);
}

const frameOf = (body: Buffer): Frame => ({ transaction: 0, unit: body.readUInt8(0), pdu: body.subarray(1) });

/** A frame whose CRC is wrong is noise: it is passed over byte by byte until one fits. */
export const rtuFraming: Framing = {
  take: (bytes) => {
    const frames: Frame[] = [];
    let at = 0;
    while (bytes.length - at >= leastRtuBytes) {
      const length = rtuLength(bytes, at);
      if (length === undefined || at + length > bytes.length) break;
      const body = bytes.subarray(at, at + length - 2);
      const isWhole = bytes.readUInt16LE(at + length - 2) === crc16(body);
      if (isWhole) frames.push(frameOf(body));
      at += isWhole ? length : 1;
    }
    return { frames, rest: bytes.subarray(at) };
  },
  encode: ({ unit, pdu }, lies) => {
    const body = Buffer.concat([Buffer.from([unit]), pdu]);
    const check = Buffer.alloc(2);
    check.writeUInt16LE(crc16(body) ^ (lies?.checksum ? 0x5555 : 0));
    return Buffer.concat([body, check]);
  },
  answersForAbsent: false,
};

const colon = ":".charCodeAt(0);
const longestAscii = 513;

export const asciiFraming: Framing = {
  take: (bytes) => {
    const frames: Frame[] = [];
    let rest = bytes;
    for (;;) {
      const begin = rest.indexOf(colon);
      const end = begin < 0 ? -1 : rest.indexOf("\r\n", begin);
      if (end < 0) return { frames, rest: begin < 0 || rest.length > longestAscii ? Buffer.alloc(0) : rest };
      const text = rest.subarray(begin + 1, end).toString("latin1");
      const all = /^([0-9A-F]{2}){3,}$/.test(text) ? Buffer.from(text, "hex") : Buffer.alloc(0);
      const body = all.subarray(0, -1);
      if (body.length > 1 && all.at(-1) === lrc(body)) frames.push(frameOf(body));
      rest = rest.subarray(end + 2);
    }
  },
  encode: ({ unit, pdu }, lies) => {
    const body = Buffer.concat([Buffer.from([unit]), pdu]);
    const check = lrc(body) ^ (lies?.checksum ? 0x55 : 0);
    const text = Buffer.concat([body, Buffer.from([check])])
      .toString("hex")
      .toUpperCase();
    return Buffer.from(`:${text}\r\n`, "latin1");
  },
  answersForAbsent: false,
};
