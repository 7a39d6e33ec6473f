import { type Framing, joined, noBytes, type Receiver } from "./framing.ts";
import { exceptionFlag, isReadFunction, putRead, readBytes } from "./pdu.ts";

const crcBytes = 2;
/** Unit, function with the exception flag, exception code, check sum. */
const exceptionBytes = 5;
/** Unit, function and byte count. */
const headBytes = 3;

const crcTable = Uint16Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >> 1) ^ 0xa001 : crc >> 1;
  return crc;
});

/** CRC-16/MODBUS over `bytes` from `from` to before `to` (Modbus over Serial Line V1.02, 6.2.2). */
export function crc16(bytes: Uint8Array, from: number, to: number): number {
  let crc = 0xffff;
  for (let at = from; at < to; at++) crc = (crc >> 8) ^ (crcTable[(crc ^ (bytes[at] ?? 0)) & 0xff] ?? 0);
  return crc;
}

/**
 * RTU (Modbus over Serial Line V1.02, 2.5.1). The standard ends a frame by silence, which neither TCP nor an
 * operating system passes on: a frame is found by what it says of its length, and by its check sum.
 */
export const rtu: Framing = {
  hasTransactions: false,
  findsStart: true,
  encode: (_, unit, read) => {
    const frame = new Uint8Array(1 + readBytes + crcBytes);
    frame[0] = unit;
    putRead(frame, 1, read);
    const crc = crc16(frame, 0, 1 + readBytes);
    frame[1 + readBytes] = crc;
    frame[2 + readBytes] = crc >> 8;
    return frame;
  },
  receiver: (found): Receiver => {
    let rest = noBytes;
    return {
      feed: (chunk) => {
        const bytes = joined(rest, chunk);
        let at = 0;
        while (bytes.length - at >= exceptionBytes) {
          const unit = bytes[at] ?? 0;
          const functionCode = bytes[at + 1] ?? 0;
          const byteCount = bytes[at + 2] ?? 0;
          const size = sizeOf(functionCode, byteCount);
          const end = at + size - crcBytes;
          if (size > 0 && at + size <= bytes.length) {
            if (crc16(bytes, at, end) === ((bytes[end] ?? 0) | ((bytes[end + 1] ?? 0) << 8))) {
              found.frame(0, unit, bytes.subarray(at + 1, end));
              at += size;
              continue;
            }
            found.damaged(unit, functionCode, byteCount);
          } else if (size > 0 && found.awaits(unit, functionCode, byteCount)) break;
          // No frame begins here: noise.
          at += 1;
        }
        rest = at === bytes.length ? noBytes : bytes.subarray(at);
      },
      get pending() {
        return rest.length;
      },
      reset: () => {
        rest = noBytes;
      },
    };
  },
};

/** Bytes of the whole frame; 0 where no answer to a read begins so. */
function sizeOf(functionCode: number, byteCount: number): number {
  if (isReadFunction(functionCode)) return headBytes + byteCount + crcBytes;
  return isReadFunction(functionCode & ~exceptionFlag) ? exceptionBytes : 0;
}
