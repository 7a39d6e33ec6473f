import { CodedError } from "#shared/model/errors.ts";

/** Bytes in pieces, joined once at the end; those that are noise apart from the others. */
export class ByteWriter {
  readonly #parts: Uint8Array[] = [];
  readonly #noise: Uint8Array[] = [];
  #length = 0;

  bytes(part: Uint8Array): void {
    this.#parts.push(part);
    this.#length += part.length;
  }

  byte(n: number): void {
    this.bytes(Uint8Array.of(n));
  }

  /** LEB128, for whole numbers from 0 to 2^53. */
  varint(n: number): void {
    const out: number[] = [];
    let rest = n;
    while (rest >= 128) {
      out.push((rest % 128) + 128);
      rest = Math.floor(rest / 128);
    }
    this.bytes(Uint8Array.from([...out, rest]));
  }

  float(n: number): void {
    const part = new Uint8Array(8);
    new DataView(part.buffer).setFloat64(0, n, true);
    this.bytes(part);
  }

  text(text: string): void {
    const part = Buffer.from(text, "utf8");
    this.varint(part.length);
    this.bytes(part);
  }

  /** Bytes that no packing makes fewer. */
  noise(part: Uint8Array): void {
    this.#noise.push(part);
  }

  joined(): Uint8Array {
    return Buffer.concat(this.#parts, this.#length);
  }

  joinedNoise(): Uint8Array {
    return Buffer.concat(this.#noise);
  }
}

/** The inverse of `ByteWriter`; throws `DAMAGED` where the bytes end too early. */
export class ByteReader {
  readonly #bytes: Uint8Array;
  readonly #noise: Uint8Array;
  #offset = 0;
  #noiseOffset = 0;

  constructor(bytes: Uint8Array, noise: Uint8Array = new Uint8Array(0)) {
    // A Buffer's slice() shares memory where a Uint8Array's copies; columns must not depend on which came in.
    this.#bytes = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#noise = noise;
  }

  bytes(length: number): Uint8Array {
    const part = cut(this.#bytes, this.#offset, length);
    this.#offset += length;
    return part;
  }

  noise(length: number): Uint8Array {
    const part = cut(this.#noise, this.#noiseOffset, length);
    this.#noiseOffset += length;
    return part;
  }

  byte(): number {
    return this.bytes(1)[0] as number;
  }

  varint(): number {
    let n = 0;
    for (let factor = 1; factor < 2 ** 56; factor *= 128) {
      const byte = this.byte();
      n += (byte & 127) * factor;
      if (byte < 128) return n;
    }
    throw new CodedError("DAMAGED", "A stored count is longer than a number can be.");
  }

  float(): number {
    const part = this.bytes(8);
    return new DataView(part.buffer, part.byteOffset, 8).getFloat64(0, true);
  }

  text(): string {
    return Buffer.from(this.bytes(this.varint())).toString("utf8");
  }
}

function cut(bytes: Uint8Array, start: number, length: number): Uint8Array {
  const end = start + length;
  if (!(length >= 0 && end <= bytes.length)) throw new CodedError("DAMAGED", "A stored column ends too early.");
  return bytes.subarray(start, end);
}
