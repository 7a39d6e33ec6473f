import { constants, crc32, zstdCompressSync, zstdDecompressSync } from "node:zlib";
import { CodedError, messageOf } from "#shared/model/errors.ts";
import { ByteReader, ByteWriter } from "./bytes.ts";
import { readBytes, readIntegers, readNumbers, writeBytes, writeIntegers, writeNumbers } from "./columnCodec.ts";
import { kindOf, kinds, type Points, reasonNumber, reasonOf } from "./points.ts";

/**
 * A block of points as bytes, for chunks (one series, ascending) and for the hot log (many series, as they came).
 *
 *   format 1 · packed by `pack`: n · has series (0 or 1) · [series] · at · status · reasons · numbers ·
 *   booleans · texts
 *
 * series and at are integer columns; reasons are a dictionary of code names and, unless it is empty, an index per
 * point; numbers, booleans and texts hold one value per point of that kind, texts as a dictionary and indices.
 */
const blockFormat = 1;
const zstdOptions = {
  params: { [constants.ZSTD_c_compressionLevel]: 1, [constants.ZSTD_c_checksumFlag]: 1 },
};

export interface Block {
  readonly points: Points;
  /** Series of each point, null where the block is of one series. */
  readonly series: Float64Array | null;
}

/** Set in the number of a format whose bytes have noise apart. */
const withNoise = 128;
const crcLength = 4;

/**
 * Bytes that begin with the number of their format, packed and with a checksum:
 *
 *   format · zstd frame                                                     where nothing is noise
 *   format + 128 · length of the frame · zstd frame · CRC-32 · the noise    else; length and CRC in 4 bytes
 */
export function pack(format: number, out: ByteWriter): Uint8Array {
  const frame = zstdCompressSync(out.joined(), zstdOptions);
  const noise = out.joinedNoise();
  if (noise.length === 0) return Buffer.concat([Uint8Array.of(format), frame]);
  return Buffer.concat([
    Uint8Array.of(format | withNoise),
    fourBytes(frame.length),
    frame,
    fourBytes(crc32(noise)),
    noise,
  ]);
}

/** The inverse of `pack`; throws `DAMAGED` for anything else. */
export function unpack(format: number, body: Uint8Array): ByteReader {
  if (formatOf(body) !== format) throw new CodedError("DAMAGED", `A stored block has the unknown format ${body[0]}.`);
  try {
    if (body[0] === format) return new ByteReader(zstdDecompressSync(body.subarray(1)));
    const view = new DataView(body.buffer, body.byteOffset, body.byteLength);
    const start = 1 + crcLength;
    const end = start + view.getUint32(1, true);
    const noise = body.subarray(end + crcLength);
    if (view.getUint32(end, true) !== crc32(noise)) throw new RangeError("its checksum is wrong");
    return new ByteReader(zstdDecompressSync(body.subarray(start, end)), noise);
  } catch (error) {
    throw new CodedError("DAMAGED", `A stored block cannot be unpacked (${messageOf(error)}).`, { cause: error });
  }
}

/** The number that `pack` was given. */
export const formatOf = (body: Uint8Array): number => (body[0] ?? 0) & ~withNoise;

function fourBytes(n: number): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, n, true);
  return bytes;
}

export function encodeBlock(block: Block): Uint8Array {
  const out = new ByteWriter();
  writeBlock(out, block);
  return pack(blockFormat, out);
}

/** The inverse of `encodeBlock`; throws `DAMAGED` for anything else. */
export const decodeBlock = (body: Uint8Array): Block => readBlock(unpack(blockFormat, body));

export function writeBlock(out: ByteWriter, { points, series }: Block): void {
  const { n, at, status, value } = points;
  out.varint(n);
  out.byte(series ? 1 : 0);
  if (series) writeIntegers(out, series);
  writeIntegers(out, at.subarray(0, n));
  writeBytes(out, status.subarray(0, n));
  writeReasons(out, points.reason.subarray(0, n));
  writeNumbers(out, valuesOfKind(points, kinds.number));
  writeBytes(out, Uint8Array.from(valuesOfKind(points, kinds.bool)));
  const dictionary = new Map<string, number>();
  const indices: number[] = [];
  for (let i = 0; i < n; i++) {
    if (kindOf(status[i] as number) !== kinds.text) continue;
    const text = points.texts[value[i] as number] ?? "";
    const known = dictionary.get(text);
    indices.push(known ?? dictionary.size);
    if (known === undefined) dictionary.set(text, dictionary.size);
  }
  writeTexts(out, [...dictionary.keys()]);
  writeIntegers(out, Float64Array.from(indices));
}

export function readBlock(from: ByteReader): Block {
  const n = from.varint();
  const series = from.byte() === 1 ? readIntegers(from, n) : null;
  const at = readIntegers(from, n);
  const status = readBytes(from, n);
  const reason = readReasons(from, n);
  const counts = [0, 0, 0, 0];
  for (let i = 0; i < n; i++) counts[kindOf(status[i] as number)] = (counts[kindOf(status[i] as number)] ?? 0) + 1;
  const numbers = readNumbers(from, counts[kinds.number] ?? 0);
  const booleans = Float64Array.from(readBytes(from, counts[kinds.bool] ?? 0));
  const texts = readTexts(from);
  const indices = readIntegers(from, counts[kinds.text] ?? 0);
  const value =
    counts[kinds.number] === n ? numbers : spread(status, [new Float64Array(n), numbers, booleans, indices]);
  return { points: { n, at, value, status, reason, texts }, series };
}

function valuesOfKind({ n, status, value }: Points, kind: number): Float64Array {
  const values = new Float64Array(n);
  let count = 0;
  for (let i = 0; i < n; i++) if (kindOf(status[i] as number) === kind) values[count++] = value[i] as number;
  return values.subarray(0, count);
}

/** Puts the values of each kind back to the places that `status` names. */
function spread(status: Uint8Array, ofKind: readonly Float64Array[]): Float64Array {
  const next = [0, 0, 0, 0];
  return Float64Array.from(status, (one) => {
    const kind = kindOf(one);
    const position = next[kind] as number;
    next[kind] = position + 1;
    return ofKind[kind]?.[position] as number;
  });
}

function writeReasons(out: ByteWriter, reason: Uint8Array): void {
  const seen = new Set<number>();
  for (const number of reason) if (number > 0) seen.add(number);
  const used = [...seen];
  writeTexts(
    out,
    used.map((number) => reasonOf(number) ?? ""),
  );
  if (used.length > 0)
    writeBytes(
      out,
      reason.map((number) => used.indexOf(number) + 1),
    );
}

function readReasons(from: ByteReader, n: number): Uint8Array {
  const numbers = readTexts(from).map(reasonNumber);
  return numbers.length === 0 ? new Uint8Array(n) : readBytes(from, n).map((index) => numbers[index - 1] ?? 0);
}

function writeTexts(out: ByteWriter, texts: readonly string[]): void {
  out.varint(texts.length);
  for (const text of texts) out.text(text);
}

const readTexts = (from: ByteReader): string[] => Array.from({ length: from.varint() }, () => from.text());
