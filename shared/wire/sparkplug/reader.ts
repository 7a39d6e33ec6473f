import { CodedError } from "#shared/model/errors.ts";
import { fieldTag, scalarWireTypes, wireType } from "./fields.ts";
import type { ScalarValue } from "./types.ts";

/** What a decoder refuses to go beyond, so that no message can exhaust memory or stack. */
export interface DecodeLimits {
  /** Largest payload, in bytes. */
  readonly maxBytes: number;
  /** Most metrics, properties, cells and array elements together. */
  readonly maxItems: number;
  /** Deepest nesting of messages: a metric is 1, its property set 2, a property 3. */
  readonly maxDepth: number;
}

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
/** Up to here a string is read char by char, which beats the decoder's call for short ASCII. */
const shortString = 32;

/** Cursor over protocol buffer fields. Every read is checked against the end of the message that it stands in. */
export class Reader {
  pos = 0;
  /** End of the innermost message entered. */
  end: number;
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #itemsLeft: number;
  #depthLeft: number;

  constructor(bytes: Uint8Array, limits: DecodeLimits) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.end = bytes.length;
    this.#itemsLeft = limits.maxItems;
    this.#depthLeft = limits.maxDepth;
    if (bytes.length > limits.maxBytes)
      this.fail(`${bytes.length} bytes are more than the limit of ${limits.maxBytes}`);
  }

  get itemsLeft(): number {
    return this.#itemsLeft;
  }

  fail(what: string): never {
    throw new CodedError("MALFORMED", `Sparkplug payload: ${what}, at byte ${this.pos}.`);
  }

  /** Takes from the budget of items before they are made. */
  count(items: number): void {
    this.#itemsLeft -= items;
    if (this.#itemsLeft < 0) this.fail("more items than the limit");
  }

  /** Enters a nested message, and gives the end of the outer one for `leave`. */
  enter(): number {
    const length = this.length();
    if (--this.#depthLeft < 0) this.fail("nested deeper than the limit");
    const outer = this.end;
    this.end = this.pos + length;
    return outer;
  }

  leave(outer: number): void {
    this.#depthLeft++;
    this.end = outer;
  }

  /** Field number and wire type in one number. */
  tag(): number {
    const bytes = this.#bytes;
    const first = bytes[this.pos] as number;
    if (first >= 8 && first < 0x80 && this.pos < this.end) {
      this.pos++;
      return first;
    }
    const tag = this.#strict32();
    if (tag >>> 3 === 0) this.fail("field number 0");
    return tag;
  }

  /** A length that fits into the message. */
  length(): number {
    const length = this.#strict32();
    if (length > this.end - this.pos) this.fail(`a length of ${length} runs past the end`);
    return length;
  }

  /** The low 32 bits of a number, as protocol buffers read one that came wider. */
  uint32(): number {
    const n = this.uint64();
    return typeof n === "number" ? n >>> 0 : Number(BigInt.asUintN(32, n));
  }

  /** A number up to 2^53, a bigint beyond. */
  uint64(): number | bigint {
    const low = this.#group();
    if (low >= 0) return low;
    const lowBits = low & 0x0fff_ffff;
    const middle = this.#group();
    if (middle >= 0 && middle < 2 ** 25) return middle * 2 ** 28 + lowBits;
    const middleBits = middle & 0x0fff_ffff;
    const top = middle >= 0 ? 0 : this.#top();
    return BigInt(lowBits) | (BigInt(middleBits) << 28n) | (BigInt(top) << 56n);
  }

  boolean(): boolean {
    return this.uint64() !== 0;
  }

  float(): number {
    return this.#view.getFloat32(this.#take(4), true);
  }

  double(): number {
    return this.#view.getFloat64(this.#take(8), true);
  }

  /** A copy: what is decoded does not hold on to the message. */
  bytes(): Uint8Array {
    const length = this.length();
    const start = this.#take(length);
    return this.#bytes.slice(start, start + length);
  }

  string(): string {
    const length = this.length();
    const bytes = this.#bytes;
    const start = this.#take(length);
    if (length <= shortString) {
      let text = "";
      let i = start;
      for (; i < this.pos; i++) {
        const code = bytes[i] as number;
        if (code >= 0x80) break;
        text += String.fromCharCode(code);
      }
      if (i === this.pos) return text;
    }
    try {
      return utf8.decode(bytes.subarray(start, this.pos));
    } catch {
      return this.fail("text that is not UTF-8");
    }
  }

  /** One of the six scalar fields that begin at field number `first`. */
  scalar(tag: number, first: number): ScalarValue {
    const kind = (tag >>> 3) - first;
    if (tag !== fieldTag(first + kind, scalarWireTypes[kind] ?? -1)) this.fail(`wire type ${tag & 7} for a scalar`);
    switch (kind) {
      case 0:
        return this.uint32();
      case 1:
        return this.uint64();
      case 2:
        return this.float();
      case 3:
        return this.double();
      case 4:
        return this.boolean();
      default:
        return this.string();
    }
  }

  /** Passes over a field that is not `known`; a known field that comes here has the wrong wire type. */
  skipUnknown(tag: number, lastKnown: number): void {
    if (tag >>> 3 <= lastKnown) this.fail(`wire type ${tag & 7} for field ${tag >>> 3}`);
    this.skip(tag);
  }

  /** Passes over a field. */
  skip(tag: number): void {
    switch (tag & 7) {
      case wireType.varint:
        this.uint64();
        return;
      case wireType.fixed64:
        this.#take(8);
        return;
      case wireType.bytes:
        this.#take(this.length());
        return;
      case wireType.fixed32:
        this.#take(4);
        return;
      default:
        this.fail(`wire type ${tag & 7}`);
    }
  }

  #take(length: number): number {
    const start = this.pos;
    if (length > this.end - start) this.fail("the end comes too early");
    this.pos = start + length;
    return start;
  }

  #strict32(): number {
    const n = this.uint64();
    if (typeof n === "number" && n <= 0xffff_ffff) return n;
    return this.fail("a tag or length beyond 32 bits");
  }

  /** The next four groups of 7 bits; with bit 31 set, so negative, where the number goes on. */
  #group(): number {
    const bytes = this.#bytes;
    let pos = this.pos;
    let value = 0;
    for (let shift = 0; shift < 28; shift += 7) {
      if (pos >= this.end) this.fail("the end comes within a number");
      const byte = bytes[pos++] as number;
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) {
        this.pos = pos;
        return value;
      }
    }
    this.pos = pos;
    return value | 0x8000_0000;
  }

  /** Bits 56 to 63: the ninth byte, and one bit of a tenth. */
  #top(): number {
    const start = this.pos;
    const top = this.#group();
    if (top < 0 || top > 0xff || this.pos - start > 2) this.fail("a number beyond 64 bits");
    return top;
  }
}
