import type { ModbusTable } from "#shared/plant/protocols/modbus.ts";

/**
 * Function codes (Modbus Application Protocol V1.1b3, 6.1 to 6.4). These are all that a frame of this gateway can
 * carry: nothing that writes has a number here (D13).
 */
export const readFunctions = { coil: 1, discrete: 2, holding: 3, input: 4 } as const satisfies Record<
  ModbusTable,
  number
>;
export type ReadFunction = (typeof readFunctions)[ModbusTable];

/** A read as it goes over the wire, with the data bytes that its answer must carry. */
export interface Read {
  readonly functionCode: ReadFunction;
  /** 0-based protocol address. */
  readonly start: number;
  /** Registers, or bits. */
  readonly count: number;
  readonly byteCount: number;
}

/** Bytes of a read's PDU: function, start, count. */
export const readBytes = 5;
/** Set in the function code of an exception. */
export const exceptionFlag = 0x80;
export const isReadFunction = (code: number): code is ReadFunction => code >= 1 && code <= 4;

const isBits = (functionCode: ReadFunction): boolean => functionCode <= readFunctions.discrete;

export function readOf(functionCode: ReadFunction, start: number, count: number): Read {
  return { functionCode, start, count, byteCount: isBits(functionCode) ? (count + 7) >> 3 : count * 2 };
}

/** The longest beginning of the read whose answer has another length and that `isFit`; undefined where there is none. */
export function beginningOf(
  { functionCode, start, byteCount }: Read,
  isFit: (beginning: Read) => boolean,
): Read | undefined {
  const step = isBits(functionCode) ? 1 : 2;
  for (let bytes = byteCount - step; bytes > 0; bytes -= step) {
    const beginning = readOf(functionCode, start, isBits(functionCode) ? bytes * 8 : bytes / 2);
    if (isFit(beginning)) return beginning;
  }
  return undefined;
}

/** Whether `part` is the beginning of `whole`: a device that refuses the part refuses the whole. */
export const isPartOf = (part: Read, whole: Read): boolean =>
  part.functionCode === whole.functionCode && part.start === whole.start && part.count <= whole.count;

/** Puts the PDU of a read into `bytes` at `at`. */
export function putRead(bytes: Uint8Array, at: number, { functionCode, start, count }: Read): void {
  bytes[at] = functionCode;
  bytes[at + 1] = start >> 8;
  bytes[at + 2] = start;
  bytes[at + 3] = count >> 8;
  bytes[at + 4] = count;
}

/** What a PDU says as an answer to a read: its data, an exception code, or undefined where it is no answer to it. */
export function answerIn(pdu: Uint8Array, { functionCode, byteCount }: Read): Uint8Array | number | undefined {
  if (pdu[0] === functionCode) {
    return pdu[1] === byteCount && pdu.length === 2 + byteCount ? pdu.subarray(2) : undefined;
  }
  return pdu[0] === (functionCode | exceptionFlag) && pdu.length === 2 ? pdu[1] : undefined;
}
