import { promisify } from "node:util";
import { crc32, deflateRaw, inflateRawSync } from "node:zlib";
import { CodedError, messageOf } from "#shared/model/errors.ts";

/** One file of a zip archive; `name` is a path with `/`. */
export interface ZipFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

const deflate = promisify(deflateRaw);

const signatures = { local: 0x04034b50, central: 0x02014b50, end: 0x06054b50 } as const;
const sizes = { local: 30, central: 46, end: 22 } as const;
/** 2.0: folders and deflate. */
const versionNeeded = 20;
/** Names are UTF-8. */
const utf8Flag = 0x0800;
/** 1980-01-01 00:00, the first date that the format knows: an archive of the same files has the same bytes. */
const fixedDate = 0x0021;
const deflated = 8;
/** zlib's own middle between time and size. */
const deflateLevel = 6;
const largest = 0xffff_ffff;

interface Written {
  readonly name: Buffer;
  readonly body: Buffer;
  readonly crc: number;
  readonly size: number;
  readonly offset: number;
}

/** What a local and a central header have in common, from the version on. */
function commonFields(buffer: Buffer, at: number, { crc, body, size, name }: Written): void {
  buffer.writeUInt16LE(versionNeeded, at);
  buffer.writeUInt16LE(utf8Flag, at + 2);
  buffer.writeUInt16LE(deflated, at + 4);
  buffer.writeUInt16LE(0, at + 6);
  buffer.writeUInt16LE(fixedDate, at + 8);
  buffer.writeUInt32LE(crc, at + 10);
  buffer.writeUInt32LE(body.length, at + 14);
  buffer.writeUInt32LE(size, at + 18);
  buffer.writeUInt16LE(name.length, at + 22);
}

function localHeader(file: Written): Buffer {
  const header = Buffer.alloc(sizes.local);
  header.writeUInt32LE(signatures.local, 0);
  commonFields(header, 4, file);
  return header;
}

function centralHeader(file: Written): Buffer {
  const header = Buffer.alloc(sizes.central);
  header.writeUInt32LE(signatures.central, 0);
  header.writeUInt16LE(versionNeeded, 4);
  commonFields(header, 6, file);
  header.writeUInt32LE(file.offset, 42);
  return header;
}

/**
 * A zip archive (PKWARE APPNOTE 6.3, deflate, no zip64) whose bytes depend on nothing but the files and their order.
 * `comment` stands at its end, ASCII. Throws `OUT_OF_RANGE` beyond 4 GiB.
 */
export async function writeZip(files: readonly ZipFile[], comment = ""): Promise<Buffer> {
  const written: Written[] = [];
  const parts: Buffer[] = [];
  let offset = 0;
  for (const { name, bytes } of files) {
    const body = (await deflate(bytes, { level: deflateLevel })) as Buffer;
    const file = { name: Buffer.from(name, "utf8"), body, crc: crc32(bytes), size: bytes.length, offset };
    written.push(file);
    parts.push(localHeader(file), file.name, body);
    offset += sizes.local + file.name.length + body.length;
  }
  const central = written.flatMap((file) => [centralHeader(file), file.name]);
  const centralSize = central.reduce((sum, { length }) => sum + length, 0);
  if (offset + centralSize > largest || files.length > 0xffff) {
    throw new CodedError("OUT_OF_RANGE", "The archive is larger than zip can hold.");
  }
  const end = Buffer.alloc(sizes.end);
  end.writeUInt32LE(signatures.end, 0);
  end.writeUInt16LE(files.length, 8);
  end.writeUInt16LE(files.length, 10);
  end.writeUInt32LE(centralSize, 12);
  end.writeUInt32LE(offset, 16);
  end.writeUInt16LE(comment.length, 20);
  return Buffer.concat([...parts, ...central, end, Buffer.from(comment, "latin1")]);
}

const damaged = (what: string): CodedError => new CodedError("DAMAGED", `The archive is damaged: ${what}.`);

/**
 * The files and the comment of an archive that `writeZip` wrote. It reads no other shape: every header must say what
 * `writeZip` would have said, and nothing may lie between the files. Throws `DAMAGED`.
 */
export function readZip(archive: Uint8Array): { readonly files: readonly ZipFile[]; readonly comment: string } {
  const bytes = Buffer.from(archive.buffer, archive.byteOffset, archive.byteLength);
  try {
    return readAll(bytes);
  } catch (error) {
    throw error instanceof CodedError ? error : damaged(messageOf(error));
  }
}

function readAll(bytes: Buffer): { readonly files: readonly ZipFile[]; readonly comment: string } {
  const endAt = bytes.lastIndexOf(Buffer.from([0x50, 0x4b, 0x05, 0x06]));
  if (endAt < 0) throw damaged("its end is missing");
  const commentLength = bytes.readUInt16LE(endAt + 20);
  if (endAt + sizes.end + commentLength !== bytes.length) throw damaged("its end is not where it says");
  const files: ZipFile[] = [];
  const central: Buffer[] = [];
  let at = 0;
  const centralAt = bytes.readUInt32LE(endAt + 16);
  while (at < centralAt) {
    const crc = bytes.readUInt32LE(at + 14);
    const nameAt = at + sizes.local;
    const bodyAt = nameAt + bytes.readUInt16LE(at + 26);
    const bodyEnd = bodyAt + bytes.readUInt32LE(at + 18);
    if (bodyEnd > centralAt) throw damaged("a file reaches beyond its place");
    const name = bytes.subarray(nameAt, bodyAt);
    const body = bytes.subarray(bodyAt, bodyEnd);
    const size = bytes.readUInt32LE(at + 22);
    const file = { name, body, crc, size, offset: at };
    if (!localHeader(file).equals(bytes.subarray(at, nameAt))) throw damaged("a header is not as it was written");
    const content = inflateRawSync(body, { maxOutputLength: size + 1 });
    if (content.length !== size || crc32(content) !== crc) throw damaged(`${name.toString("utf8")} is not as it was`);
    files.push({ name: name.toString("utf8"), bytes: content });
    central.push(centralHeader(file), Buffer.from(name));
    at = bodyEnd;
  }
  const directory = Buffer.concat(central);
  if (at !== centralAt || !directory.equals(bytes.subarray(centralAt, endAt))) throw damaged("its directory is wrong");
  return { files, comment: bytes.subarray(endAt + sizes.end).toString("latin1") };
}

/** The bytes of one file of an archive; undefined where it holds none of that name. Throws `DAMAGED`. */
export const fileInZip = (archive: Uint8Array, name: string): Uint8Array | undefined =>
  readZip(archive).files.find((file) => file.name === name)?.bytes;
