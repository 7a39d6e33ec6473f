import type { TextEncoding } from "#shared/plant/protocols/modbus.ts";

/**
 * The text in the registers of a string, two characters in each, high byte first or (`lowFirst`) low byte first. Ends
 * at the first NUL; blanks behind it are filling. Undefined where the bytes are no text of the encoding. Half a
 * character at the very end of the registers, cut off by the device, is left out.
 */
export function decodeText(registers: Uint8Array, encoding: TextEncoding, lowFirst: boolean): string | undefined {
  const bytes = lowFirst ? registers.map((_, i) => registers[i ^ 1] ?? 0) : registers;
  const end = bytes.indexOf(0);
  const decoder = new TextDecoder(encoding, { fatal: true, ignoreBOM: true });
  try {
    // As a stream, what is begun and not ended is no mistake.
    return decoder.decode(end < 0 ? bytes : bytes.subarray(0, end), { stream: end < 0 }).trimEnd();
  } catch {
    return undefined;
  }
}
