import { crc32 } from "node:zlib";
import { CodedError, isErrorCode } from "#shared/model/errors.ts";
import type { Sample, TagId } from "#shared/model/sample.ts";
import { instant } from "#shared/model/time.ts";
import { formatLostData, type LostData, parseLostData } from "#shared/wire/lostData.ts";

/*
 * Format of a segment file: the eight bytes of `magic`, then records:
 *   u32 LE  length of the body in bytes
 *   u32 LE  CRC-32 of the length field and the body
 *   body    JSON in UTF-8: {"n": number, "d": device, "t": [tag id…], "s": [[tag, at, value, quality, reason]…], "h": 1 where historical}
 *           or {"n": number, "g": what was lost}
 * `tag` is an index into `t`, `quality` one into `qualities`; both it and `reason` are left out where good.
 * Samples are stored, not messages: sequence number, alias and the historical flag are known only when they are sent.
 * JSON escapes quotes within texts, so that `bodyStart` is found nowhere but where a body begins.
 */
export const magic = Buffer.from("PLOUTB1\n");
export const headerBytes = 8;
export const bodyStart = Buffer.from('{"n":');
const qualities = ["good", "uncertain", "bad"] as const;

/** Samples of one device. */
export interface BatchContent {
  readonly device: string;
  readonly samples: readonly Sample[];
  /** Of a time before others that were sent already: it goes out as such (payloads, is_historical). */
  readonly historical?: boolean;
}
/** Stands for batches that were given up. */
export interface GapContent {
  readonly lost: LostData;
}
export type Content = BatchContent | GapContent;
/** A batch as it lies in the outbox. */
export type StoredRecord = Content & { readonly number: number };

export const isGap = (content: Content): content is GapContent => "lost" in content;

export function encodeRecord(record: StoredRecord): Buffer {
  const body = Buffer.from(isGap(record) ? gapBody(record) : batchBody(record));
  const bytes = Buffer.alloc(headerBytes + body.length);
  bytes.writeUInt32LE(body.length, 0);
  bytes.writeUInt32LE(checksum(bytes.subarray(0, 4), body), 4);
  body.copy(bytes, headerBytes);
  return bytes;
}

const gapBody = ({ number, lost }: GapContent & { number: number }): string =>
  JSON.stringify({ n: number, g: JSON.parse(formatLostData(lost)) });

function batchBody({ number, device, samples, historical }: BatchContent & { number: number }): string {
  const tags = new Map<TagId, number>();
  const rows = samples.map((sample) => {
    const index = tags.get(sample.tag) ?? tags.size;
    tags.set(sample.tag, index);
    const row: unknown[] = [index, sample.at, sample.value];
    if (sample.quality === "good" && !sample.reason) return row;
    return [...row, qualities.indexOf(sample.quality), ...(sample.reason ? [sample.reason] : [])];
  });
  return JSON.stringify({ n: number, d: device, t: [...tags.keys()], s: rows, ...(historical ? { h: 1 } : {}) });
}

const checksum = (length: Uint8Array, body: Uint8Array): number => crc32(body, crc32(length));

/** Length of the body that a header announces; undefined where no record begins (a tail of zeros has no length). */
export function bodyLength(header: Buffer): number | undefined {
  const length = header.length < headerBytes ? 0 : header.readUInt32LE(0);
  return length === 0 ? undefined : length;
}

export const isIntact = (header: Buffer, body: Buffer): boolean =>
  header.readUInt32LE(4) === checksum(header.subarray(0, 4), body);

interface Body {
  readonly n: number;
  readonly d: string;
  readonly t: readonly TagId[];
  readonly s: readonly (readonly unknown[])[];
  readonly h?: 1;
  readonly g?: unknown;
}

/** The batch in a body whose checksum is right; throws `DAMAGED` where it was not written by `encodeRecord`. */
export function decodeBody(body: Buffer): StoredRecord {
  const { n, d, t, s, h, g } = JSON.parse(body.toString("utf8")) as Body;
  if (g !== undefined) return { number: n, lost: parseLostData(JSON.stringify(g)) };
  const samples = s.map(([index, at, value, quality, reason]): Sample => {
    const stamp = { tag: t[Number(index)] as TagId, at: instant(Number(at)) };
    const why = typeof reason === "string" && isErrorCode(reason) ? reason : undefined;
    const named = qualities[Number(quality ?? 0)];
    if (named === "bad") return { ...stamp, quality: named, value: null, reason: why ?? "UNKNOWN" };
    if (named === undefined || (typeof value !== "number" && typeof value !== "string" && typeof value !== "boolean")) {
      throw new CodedError("DAMAGED", `Batch ${n} of ${d} holds a sample that is none.`);
    }
    return { ...stamp, quality: named, value, ...(why ? { reason: why } : {}) };
  });
  return { number: n, device: d, samples, ...(h === 1 ? { historical: true } : {}) };
}
