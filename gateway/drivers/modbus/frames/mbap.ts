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
        let at = 0;
        while (bytes.length - at >= headerBytes) {
          const end = at + headerBytes + word(at + 4);
          // A frame that was cut short ends in the next one: what follows it must begin like a frame, too.
          const wrong = !isHeader(at) ? at : end + headerBytes <= bytes.length && !isHeader(end) ? end : undefined;
          if (wrong !== undefined) {
            rest = noBytes;
            found.outOfStep(`a header with protocol ${word(wrong + 2)} and length ${word(wrong + 4)}`);
            return;
          }
          if (end > bytes.length) break;
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
