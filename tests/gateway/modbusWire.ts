// The device's side of the three framings, written apart from the gateway's, and registers that tell who was asked what.
export type Wire = "tcp" | "rtu" | "ascii";

export interface WireRequest {
  readonly transaction: number;
  readonly unit: number;
  readonly functionCode: number;
  readonly start: number;
  readonly count: number;
}

const crc = (bytes: Uint8Array): readonly number[] => {
  let value = 0xffff;
  for (const byte of bytes) {
    value ^= byte;
    for (let i = 0; i < 8; i++) value = value & 1 ? (value >> 1) ^ 0xa001 : value >> 1;
  }
  return [value & 0xff, value >> 8];
};
const lrc = (bytes: Uint8Array): number => -bytes.reduce((sum, byte) => sum + byte, 0) & 0xff;

/** The frame of a PDU. */
export function frameOf(wire: Wire, { transaction, unit }: WireRequest, pdu: readonly number[]): Buffer {
  const body = Buffer.from([unit, ...pdu]);
  if (wire === "rtu") return Buffer.from([...body, ...crc(body)]);
  if (wire === "ascii") {
    return Buffer.from(
      `:${Buffer.from([...body, lrc(body)])
        .toString("hex")
        .toUpperCase()}\r\n`,
      "latin1",
    );
  }
  const header = [transaction >> 8, transaction & 0xff, 0, 0, body.length >> 8, body.length & 0xff];
  return Buffer.from([...header, ...body]);
}

const requestBytes = { tcp: 12, rtu: 8, ascii: 17 } as const;

/** The requests that lie whole in `bytes`, and the rest. Throws where the gateway sent what is no read. */
export function takeRequests(wire: Wire, bytes: Buffer): { requests: readonly WireRequest[]; rest: Buffer } {
  const size = requestBytes[wire];
  const requests: WireRequest[] = [];
  let at = 0;
  for (; at + size <= bytes.length; at += size) requests.push(requestIn(wire, bytes.subarray(at, at + size)));
  return { requests, rest: bytes.subarray(at) };
}

function requestIn(wire: Wire, frame: Buffer): WireRequest {
  const body =
    wire === "tcp"
      ? frame.subarray(6)
      : wire === "rtu"
        ? frame.subarray(0, -2)
        : Buffer.from(frame.subarray(1, -4).toString("latin1"), "hex");
  const transaction = wire === "tcp" ? frame.readUInt16BE(0) : 0;
  const request = { transaction, unit: body[0] ?? 0, functionCode: body[1] ?? 0 };
  const expected = frameOf(wire, { ...request, start: 0, count: 0 }, [...body.subarray(1)]);
  if (Buffer.compare(frame, expected) !== 0) throw new Error(`no frame: ${frame.toString("hex")}`);
  if (request.functionCode < 1 || request.functionCode > 4) throw new Error(`no read: ${frame.toString("hex")}`);
  return { ...request, start: body.readUInt16BE(2), count: body.readUInt16BE(4) };
}

/** Bytes of data that answer the request. */
export const dataBytes = ({ functionCode, count }: WireRequest): number =>
  functionCode <= 2 ? Math.ceil(count / 8) : count * 2;

/** Data that depends on all of the request and on which one it was, so that nobody else's can pass for it. */
export function contentOf(request: WireRequest, serial: number): readonly number[] {
  const { unit, functionCode, start } = request;
  let state = (serial * 2_654_435_761 + unit * 40_503 + functionCode * 9_973 + start * 31_337) >>> 0;
  return Array.from({ length: dataBytes(request) }, () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    state >>>= 0;
    return state & 0xff;
  });
}

export const dataPdu = (request: WireRequest, data: readonly number[]): readonly number[] => [
  request.functionCode,
  data.length,
  ...data,
];
export const exceptionPdu = ({ functionCode }: WireRequest, code: number): readonly number[] => [
  functionCode | 0x80,
  code,
];
