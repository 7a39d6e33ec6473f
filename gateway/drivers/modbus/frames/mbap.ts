import { type Framing, joined, noBytes, type Receiver } from "./framing.ts";
import { putRead, readBytes } from "./pdu.ts";

/** Transaction, protocol and length; the length counts what follows it, the unit and the PDU. */
const headerBytes = 6;
/** Unit and function code at least, unit and the longest PDU at most (Modbus Application Protocol V1.1b3, 4.1). */
const shortest = 2;
const longest = 254;

/**
 * Modbus TCP (Modbus Messaging on TCP/IP Implementation Guide V1.0b, 3.1.3). With `checksTransactions` an answer
 * belongs to the request of its transaction id; without, for devices that answer each with 0, the id says nothing.
 */
export const mbap = (checksTransactions: boolean): Framing => ({
  hasTransactions: checksTransactions,
  findsStart: false,
  encode: (transaction, unit, read) => {
    const frame = new Uint8Array(headerBytes + 1 + readBytes);
    frame[0] = transaction >> 8;
    frame[1] = transaction;
    frame[5] = 1 + readBytes;
    frame[6] = unit;
    putRead(frame, headerBytes + 1, read);
    return frame;
  },
  receiver: (found): Receiver => {
    let rest = noBytes;
    return {
      feed: (chunk) => {
        const bytes = joined(rest, chunk);
        const word = (at: number) => ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
        const isHeader = (at: number) => word(at + 2) === 0 && word(at + 4) >= shortest && word(at + 4) <= longest;
        const outOfStep = (at: number) => {
          rest = noBytes;
          const header = `a header with protocol ${word(at + 2)} and length ${word(at + 4)}`;
          found.outOfStep(bytes.length - at < headerBytes ? "more than its answer" : header);
        };
        let at = 0;
        while (bytes.length - at >= headerBytes) {
          if (!isHeader(at)) return outOfStep(at);
          const end = at + headerBytes + word(at + 4);
          if (end > bytes.length) break;
          // Bytes too few or too many inside a frame show only behind it: there must be nothing, or another frame.
          const follow = bytes.length - end;
          if (follow > 0 && follow < headerBytes) {
            if (found.awaitsMore()) break;
            return outOfStep(end);
          }
          if (follow > 0 && !isHeader(end)) return outOfStep(end);
          found.frame(word(at), bytes[at + headerBytes] ?? 0, bytes.subarray(at + headerBytes + 1, end));
          at = end;
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
});
