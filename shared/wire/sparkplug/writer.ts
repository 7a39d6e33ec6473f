const encoder = new TextEncoder();
/** Up to here a string is written char by char, which beats the encoder's call for short ASCII. */
const shortString = 48;

/** Cursor that writes protocol buffer fields into bytes that grow as needed. */
export class Writer {
  #bytes: Uint8Array;
  #view: DataView;
  #pos = 0;

  constructor(expectedBytes: number) {
    this.#bytes = new Uint8Array(expectedBytes);
    this.#view = new DataView(this.#bytes.buffer);
  }

  /** A copy of what was written. */
  finish(): Uint8Array {
    return this.#bytes.slice(0, this.#pos);
  }

  /** An unsigned number of at most 32 bits. */
  uint32(tag: number, n: number): void {
    this.#reserve(15);
    this.#varint(tag);
    this.#varint(n);
  }

  /** 64 bits; two's complement where it is negative. */
  uint64(tag: number, n: number | bigint): void {
    this.#reserve(20);
    this.#varint(tag);
    if (typeof n === "bigint") {
      this.#halves(Number(n & 0xffff_ffffn), Number((n >> 32n) & 0xffff_ffffn));
    } else {
      this.#halves(n >>> 0, Math.floor(n / 2 ** 32) >>> 0);
    }
  }

  boolean(tag: number, on: boolean): void {
    this.uint32(tag, on ? 1 : 0);
  }

  float(tag: number, x: number): void {
    this.#reserve(9);
    this.#varint(tag);
    this.#view.setFloat32(this.#pos, x, true);
    this.#pos += 4;
  }

  double(tag: number, x: number): void {
    this.#reserve(13);
    this.#varint(tag);
    this.#view.setFloat64(this.#pos, x, true);
    this.#pos += 8;
  }

  bytes(tag: number, content: Uint8Array): void {
    this.#reserve(content.length + 10);
    this.#varint(tag);
    this.#varint(content.length);
    this.#bytes.set(content, this.#pos);
    this.#pos += content.length;
  }

  /** UTF-8; half surrogate pairs become U+FFFD. */
  string(tag: number, text: string): void {
    if (text.length > shortString || !this.#shortAscii(tag, text)) this.bytes(tag, encoder.encode(text));
  }

  /** Begins a nested message; give the result to `close`. */
  open(tag: number): number {
    this.#reserve(6);
    this.#varint(tag);
    return this.#pos++;
  }

  /** Ends the nested message that `open` began: only now its length is known. */
  close(mark: number): void {
    const start = mark + 1;
    const length = this.#pos - start;
    if (length < 0x80) {
      this.#bytes[mark] = length;
      return;
    }
    const more = length < 0x4000 ? 1 : length < 0x20_0000 ? 2 : length < 0x1000_0000 ? 3 : 4;
    this.#reserve(more);
    this.#bytes.copyWithin(start + more, start, this.#pos);
    this.#pos = mark;
    this.#varint(length);
    this.#pos += length;
  }

  #shortAscii(tag: number, text: string): boolean {
    this.#reserve(text.length + 6);
    const before = this.#pos;
    this.#varint(tag);
    this.#bytes[this.#pos++] = text.length;
    for (let i = 0; i < text.length; i++) {
      const code = text.charCodeAt(i);
      if (code >= 0x80) {
        this.#pos = before;
        return false;
      }
      this.#bytes[this.#pos++] = code;
    }
    return true;
  }

  #halves(low: number, high: number): void {
    if (high === 0) {
      this.#varint(low);
      return;
    }
    const bytes = this.#bytes;
    let pos = this.#pos;
    bytes[pos++] = (low & 0x7f) | 0x80;
    bytes[pos++] = ((low >>> 7) & 0x7f) | 0x80;
    bytes[pos++] = ((low >>> 14) & 0x7f) | 0x80;
    bytes[pos++] = ((low >>> 21) & 0x7f) | 0x80;
    // The fifth byte carries the top 4 bits of the low half and the bottom 3 of the high one.
    const fifth = (low >>> 28) | ((high & 0x7) << 4);
    const rest = high >>> 3;
    bytes[pos++] = rest === 0 ? fifth : fifth | 0x80;
    this.#pos = pos;
    if (rest !== 0) this.#varint(rest);
  }

  #varint(n: number): void {
    const bytes = this.#bytes;
    let pos = this.#pos;
    let rest = n;
    while (rest > 0x7f) {
      bytes[pos++] = (rest & 0x7f) | 0x80;
      rest >>>= 7;
    }
    bytes[pos++] = rest;
    this.#pos = pos;
  }

  #reserve(more: number): void {
    if (this.#pos + more <= this.#bytes.length) return;
    const grown = new Uint8Array(Math.max(this.#bytes.length * 2, this.#pos + more));
    grown.set(this.#bytes);
    this.#bytes = grown;
    this.#view = new DataView(grown.buffer);
  }
}
