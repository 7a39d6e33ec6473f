import type { UnitImage } from "./image.ts";

/** Function codes and exceptions of the MODBUS Application Protocol 1.1b3, clauses 6 and 7. */
const functions = { readCoils: 1, readDiscrete: 2, readHolding: 3, readInput: 4 } as const;
export const exceptions = {
  illegalFunction: 1,
  illegalAddress: 2,
  illegalValue: 3,
  /** The TCP side serves many units, as a gateway does: this one is not there (Messaging on TCP/IP 1.0b). */
  targetSilent: 11,
} as const;

const mostBits = 2_000;
const mostRegisters = 125;

/** The answer PDU to the request PDU `request`; `image` is undefined where nobody answers as that unit. */
export function respond(request: Buffer, image: UnitImage | undefined): Buffer {
  const code = request.readUInt8(0);
  const refuse = (exception: number) => Buffer.from([code | 0x80, exception]);
  if (!image) return refuse(exceptions.targetSilent);
  const isBits = code === functions.readCoils || code === functions.readDiscrete;
  // Whatever is no read is refused, every write among it: a simulator is only watched.
  if (!isBits && code !== functions.readHolding && code !== functions.readInput)
    return refuse(exceptions.illegalFunction);
  if (request.length !== 5) return refuse(exceptions.illegalValue);
  const from = request.readUInt16BE(1);
  const count = request.readUInt16BE(3);
  if (count < 1 || count > (isBits ? mostBits : mostRegisters)) return refuse(exceptions.illegalValue);
  const data = isBits
    ? image.bits(code === functions.readCoils ? "coil" : "discrete", from, count)
    : image.registers(code === functions.readHolding ? "holding" : "input", from, count);
  return data ? Buffer.concat([Buffer.from([code, data.length]), data]) : refuse(exceptions.illegalAddress);
}
