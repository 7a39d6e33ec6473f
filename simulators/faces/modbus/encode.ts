import type { ByteOrder, ModbusFormat } from "../../signal.ts";

export const wordsOf = {
  int16: 1,
  uint16: 1,
  bit: 1,
  int32: 2,
  uint32: 2,
  float32: 2,
  int64: 4,
  uint64: 4,
  float64: 4,
} as const satisfies Record<ModbusFormat, number>;

const limits = {
  int16: [-0x8000, 0x7fff],
  uint16: [0, 0xffff],
  int32: [-0x8000_0000, 0x7fff_ffff],
  uint32: [0, 0xffff_ffff],
  int64: [Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER],
  uint64: [0, Number.MAX_SAFE_INTEGER],
} as const;

/**
 * The bytes of `raw` as they travel. Integers are rounded and stop at their format's limits, as a meter's do; a
 * missing value is NaN in floats and 0 in integers.
 */
export function encodeValue(raw: number | null, format: Exclude<ModbusFormat, "bit">, order: ByteOrder): Buffer {
  const bytes = Buffer.alloc(wordsOf[format] * 2);
  if (format === "float32") bytes.writeFloatBE(raw ?? Number.NaN);
  else if (format === "float64") bytes.writeDoubleBE(raw ?? Number.NaN);
  else writeInteger(bytes, raw ?? 0, format);
  // A single register always travels high byte first (MODBUS Application Protocol 1.1b3, 4.2).
  return bytes.length === 2 ? bytes : ordered(bytes, order);
}

function writeInteger(bytes: Buffer, raw: number, format: keyof typeof limits): void {
  const [low, high] = limits[format];
  const whole = Math.min(high, Math.max(low, Math.round(raw)));
  switch (format) {
    case "int16":
      bytes.writeInt16BE(whole);
      break;
    case "uint16":
      bytes.writeUInt16BE(whole);
      break;
    case "int32":
      bytes.writeInt32BE(whole);
      break;
    case "uint32":
      bytes.writeUInt32BE(whole);
      break;
    case "int64":
      bytes.writeBigInt64BE(BigInt(whole));
      break;
    case "uint64":
      bytes.writeBigUInt64BE(BigInt(whole));
      break;
  }
}

/** Words reversed for CDAB and DCBA, bytes within each word swapped for BADC and DCBA. */
function ordered(bytes: Buffer, order: ByteOrder): Buffer {
  const words: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += 2) words.push(Buffer.from(bytes.subarray(at, at + 2)));
  if (order === "CDAB" || order === "DCBA") words.reverse();
  if (order === "BADC" || order === "DCBA") for (const word of words) word.swap16();
  return Buffer.concat(words);
}
