import { type Framing, noBytes, type Receiver } from "./framing.ts";
import { putRead, readBytes } from "./pdu.ts";

const colon = 0x3a;
const carriageReturn = 0x0d;
const lineFeed = 0x0a;
/** Unit, the longest PDU and the check sum, two characters each, and the carriage return. */
const longest = (1 + 253 + 1) * 2 + 1;
/** Unit, function, one more byte, check sum. */
const shortestBytes = 4;

/** Longitudinal redundancy check: with it all bytes add up to 0 (Modbus over Serial Line V1.02, 6.2.1). */
export function lrc(bytes: Uint8Array): number {
  let sum = 0;
  for (const byte of bytes) sum += byte;
  return -sum & 0xff;
}

/** ASCII (Modbus over Serial Line V1.02, 2.5.2): a colon, hexadecimal digits, carriage return and line feed. */
export const ascii: Framing = {
  hasTransactions: false,
  findsStart: true,
  encode: (_, unit, read) => {
    const frame = new Uint8Array(1 + readBytes + 1);
    frame[0] = unit;
    putRead(frame, 1, read);
    frame[1 + readBytes] = lrc(frame);
    return Buffer.from(`:${Buffer.from(frame).toString("hex").toUpperCase()}\r\n`, "latin1");
  },
  receiver: (found): Receiver => {
    const line = new Uint8Array(longest);
    /** Characters since the colon; -1 before one. */
    let length = -1;
    const end = () => {
      const isWhole = line[length - 1] === carriageReturn;
      const bytes = isWhole ? bytesOf(line.subarray(0, length - 1)) : undefined;
      length = -1;
      if (!bytes || bytes.length < shortestBytes) return found.damaged(-1, -1, -1);
      const unit = bytes[0] ?? 0;
      if (lrc(bytes) === 0) return found.frame(0, unit, bytes.subarray(1, -1));
      found.damaged(unit, bytes[1] ?? 0, bytes[2] ?? 0);
    };
    return {
      feed: (chunk) => {
        for (const character of chunk) {
          if (character === colon) length = 0;
          else if (length < 0) continue;
          else if (character === lineFeed) end();
          else if (length < longest) line[length++] = character;
          // Longer than any frame: noise up to the next colon.
          else length = -1;
        }
      },
      get pending() {
        return length + 1;
      },
      reset: () => {
        length = -1;
      },
    };
  },
};

function bytesOf(digits: Uint8Array): Uint8Array | undefined {
  if (digits.length % 2 !== 0) return undefined;
  const bytes = digits.length === 0 ? noBytes : new Uint8Array(digits.length / 2);
  for (let i = 0; i < bytes.length; i++) {
    const high = digitOf(digits[2 * i] ?? 0);
    const low = digitOf(digits[2 * i + 1] ?? 0);
    if (high < 0 || low < 0) return undefined;
    bytes[i] = (high << 4) | low;
  }
  return bytes;
}

/** Of 0–9, A–F; the standard knows no small letters, some devices do. -1 for anything else. */
function digitOf(character: number): number {
  if (character >= 0x30 && character <= 0x39) return character - 0x30;
  const letter = character & ~0x20;
  return letter >= 0x41 && letter <= 0x46 ? letter - 0x37 : -1;
}
