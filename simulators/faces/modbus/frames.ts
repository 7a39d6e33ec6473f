/** MBAP header (Modbus Messaging on TCP/IP 1.0b, 3.1.3): transaction, protocol 0, length, unit. */
const headerBytes = 7;
const longestPdu = 253;

export interface Frame {
  readonly transaction: number;
  readonly unit: number;
  readonly pdu: Buffer;
}

/** Cuts what came in into frames. `rest` waits for more; undefined means that this is no Modbus: hang up. */
export function takeFrames(bytes: Buffer): { readonly frames: readonly Frame[]; readonly rest: Buffer } | undefined {
  const frames: Frame[] = [];
  let at = 0;
  while (bytes.length - at >= headerBytes) {
    const length = bytes.readUInt16BE(at + 4);
    if (bytes.readUInt16BE(at + 2) !== 0 || length < 2 || length > longestPdu + 1) return undefined;
    const end = at + 6 + length;
    if (bytes.length < end) break;
    frames.push({
      transaction: bytes.readUInt16BE(at),
      unit: bytes.readUInt8(at + 6),
      pdu: bytes.subarray(at + headerBytes, end),
    });
    at = end;
  }
  return { frames, rest: bytes.subarray(at) };
}

export function frameBytes({ transaction, unit, pdu }: Frame): Buffer {
  const header = Buffer.alloc(headerBytes);
  header.writeUInt16BE(transaction, 0);
  header.writeUInt16BE(pdu.length + 1, 4);
  header.writeUInt8(unit, 6);
  return Buffer.concat([header, pdu]);
}
