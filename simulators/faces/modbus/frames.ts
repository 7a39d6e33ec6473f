/** MBAP header (Modbus Messaging on TCP/IP 1.0b, 3.1.3): transaction, protocol 0, length, unit. */
const headerBytes = 7;
const longestPdu = 253;

export interface Frame {
  readonly transaction: number;
  readonly unit: number;
  readonly pdu: Buffer;
}

/** What a frame can say that is not so. */
export interface Lies {
  readonly protocol?: number;
  readonly length?: number;
  /** The checksum of RTU or ASCII is wrong. */
  readonly checksum?: true;
}

/** `rest` waits for more. */
export interface Taken {
  readonly frames: readonly Frame[];
  readonly rest: Buffer;
}

/** How requests and answers are laid out as bytes. */
export interface Framing {
  /** Cuts what came in into frames; undefined means that this is no Modbus: hang up. */
  take(bytes: Buffer): Taken | undefined;
  encode(frame: Frame, lies?: Lies): Buffer;
  /** Whether something answers for a unit that is not there, as a gateway does; on a line nobody does. */
  readonly answersForAbsent: boolean;
}

export function takeFrames(bytes: Buffer): Taken | undefined {
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

export function frameBytes({ transaction, unit, pdu }: Frame, { protocol = 0, length }: Lies = {}): Buffer {
  const header = Buffer.alloc(headerBytes);
  header.writeUInt16BE(transaction, 0);
  header.writeUInt16BE(protocol, 2);
  header.writeUInt16BE(length ?? pdu.length + 1, 4);
  header.writeUInt8(unit, 6);
  return Buffer.concat([header, pdu]);
}

export const tcpFraming: Framing = { take: takeFrames, encode: frameBytes, answersForAbsent: true };
