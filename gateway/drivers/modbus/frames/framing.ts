import type { Read } from "./pdu.ts";

/** How PDUs travel: the bytes around them, by which they are told apart and found whole. Pure. */
export interface Framing {
  /** Each answer names its request. Where not, one request may be on its way at a time. */
  readonly hasTransactions: boolean;
  /** After bytes that make no frame the next frame is found all the same; where not, only a new connection helps. */
  readonly findsStart: boolean;
  /** The frame of a read; `transaction` is 0 to 65535. */
  encode(transaction: number, unit: number, read: Read): Uint8Array;
  receiver(found: Found): Receiver;
}

export interface Receiver {
  /** Takes bytes as they come, in pieces of any size; says what it found before it returns. */
  feed(bytes: Uint8Array): void;
  /** Bytes of a frame that has not ended. */
  readonly pending: number;
  /** Forgets them. */
  reset(): void;
}

/** What a receiver finds. The PDU is a view into the bytes that were fed. */
export interface Found {
  /** A whole and undamaged frame; `transaction` is 0 where the framing has none. */
  frame(transaction: number, unit: number, pdu: Uint8Array): void;
  /** A frame whose check sum is wrong: what it says of itself may be wrong as well. */
  damaged(unit: number, functionCode: number, byteCount: number): void;
  /** From here on nobody knows where a frame begins. */
  outOfStep(why: string): void;
  /** Whether such an answer is still to come: then its beginning is waited on, and not taken for noise. */
  awaits(unit: number, functionCode: number, byteCount: number): boolean;
  /** Whether more than one answer is waited for: then another may begin right behind one. */
  awaitsMore(): boolean;
}

export const noBytes: Uint8Array = new Uint8Array(0);

export function joined(a: Uint8Array, b: Uint8Array): Uint8Array {
  if (a.length === 0) return b;
  const both = new Uint8Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
}
