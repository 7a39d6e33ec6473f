// Message chunks of OPC UA Secure Conversation with security None (IEC 62541-6, 6.7.2): what a man in the middle sees.

export interface Chunk {
  readonly bytes: Buffer;
  /** Type and, by its last letter, whether the message goes on: `MSGF`, `MSGC`, `OPNF`, `HELF` … */
  readonly kind: string;
}

const headerBytes = 8;
const smallestChunk = headerBytes;
const largestChunk = 16 * 1_024 * 1_024;

/** Cuts a stream into chunks; `rest` waits for more, undefined means that this is no OPC UA. */
export function takeChunks(bytes: Buffer): { readonly chunks: readonly Chunk[]; readonly rest: Buffer } | undefined {
  const chunks: Chunk[] = [];
  let at = 0;
  while (bytes.length - at >= headerBytes) {
    const size = bytes.readUInt32LE(at + 4);
    if (size < smallestChunk || size > largestChunk) return undefined;
    if (bytes.length - at < size) break;
    chunks.push({ bytes: bytes.subarray(at, at + size), kind: bytes.toString("latin1", at, at + 4) });
    at += size;
  }
  return { chunks, rest: bytes.subarray(at) };
}

const isOpen = ({ kind }: Chunk): boolean => kind.startsWith("OPN");
const isMessage = ({ kind }: Chunk): boolean => kind.startsWith("MSG");

/** Where the sequence header lies; undefined for a chunk that has none. */
function sequenceAt(chunk: Chunk): number | undefined {
  if (isMessage(chunk) || chunk.kind.startsWith("CLO")) return headerBytes + 8;
  if (!isOpen(chunk)) return undefined;
  // Security policy, sender's certificate, receiver's thumbprint: each a length and so many bytes.
  let at = headerBytes + 4;
  for (let field = 0; field < 3; field++) at += 4 + Math.max(0, chunk.bytes.readInt32LE(at));
  return at;
}

export function sequenceOf(chunk: Chunk): number | undefined {
  const at = sequenceAt(chunk);
  return at === undefined ? undefined : chunk.bytes.readUInt32LE(at);
}

/** Sequence numbers must count on without a hole: `by` is added. */
export function renumbered(chunk: Chunk, by: number): Buffer {
  const at = sequenceAt(chunk);
  if (at === undefined || by === 0) return chunk.bytes;
  const copy = Buffer.from(chunk.bytes);
  copy.writeUInt32LE((copy.readUInt32LE(at) + by) >>> 0, at);
  return copy;
}

const bodyAt = headerBytes + 16;

/** The request that a chunk belongs to. */
export const requestOf = ({ bytes }: Chunk): number => bytes.readUInt32LE(headerBytes + 12);

/** Encoding id of the message that begins in the chunk, a node id of four bytes; undefined for any other chunk. */
export function typeOf(chunk: Chunk): number | undefined {
  if (!isMessage(chunk) || chunk.bytes.length < bodyAt + 4 || chunk.bytes[bodyAt] !== 1) return undefined;
  return chunk.bytes.readUInt16LE(bodyAt + 2);
}

export const isLast = ({ kind }: Chunk): boolean => !kind.endsWith("C");

export const publishResponse = 829;
const serviceFault = 397;

/** Length of the node id at `at` (IEC 62541-6, 5.2.2.9). */
function nodeIdBytes(bytes: Buffer, at: number): number {
  const form = (bytes[at] ?? 0) & 0x3f;
  if (form === 0) return 2;
  if (form === 1) return 4;
  if (form === 2) return 7;
  if (form === 4) return 19;
  return 7 + Math.max(0, bytes.readInt32LE(at + 3));
}

/** 100 ns since 1601 (IEC 62541-6, 5.2.2.5). */
const fileTime = (epochMs: number): bigint => (BigInt(Math.round(epochMs)) + 11_644_473_600_000n) * 10_000n;

/** The ServiceFault that answers the request which begins in `request`. */
export function faultAnswer(request: Chunk, status: number, sequence: number, epochMs: number): Buffer {
  const tokenAt = bodyAt + 4;
  const handle = request.bytes.readUInt32LE(tokenAt + nodeIdBytes(request.bytes, tokenAt) + 8);
  const size = bodyAt + 4 + 24;
  const bytes = Buffer.alloc(size);
  bytes.write("MSGF", "latin1");
  bytes.writeUInt32LE(size, 4);
  // Channel and token of the request.
  request.bytes.copy(bytes, headerBytes, headerBytes, headerBytes + 8);
  bytes.writeUInt32LE(sequence >>> 0, headerBytes + 8);
  bytes.writeUInt32LE(requestOf(request), headerBytes + 12);
  bytes.writeUInt8(1, bodyAt);
  bytes.writeUInt16LE(serviceFault, bodyAt + 2);
  bytes.writeBigInt64LE(fileTime(epochMs), bodyAt + 4);
  bytes.writeUInt32LE(handle, bodyAt + 12);
  bytes.writeUInt32LE(status, bodyAt + 16);
  // No diagnostics (1 byte), no string table (-1), no additional header (a null extension object, 3 bytes).
  bytes.writeInt32LE(-1, bodyAt + 21);
  return bytes;
}
