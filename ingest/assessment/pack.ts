import { createPublicKey, type KeyObject, sign } from "node:crypto";
import { canonicalJson, type Json } from "#shared/kit/canonicalJson.ts";
import { chainHashes, publicKeyHex, signManifest } from "#shared/kit/hashChain.ts";
import { readZip, writeZip, type ZipFile } from "#shared/kit/zip.ts";
import type { AssessmentDocument, SealManifest } from "#shared/model/assessment.ts";
import type { EpochMs } from "#shared/model/time.ts";
import { chainRecords, sha256 } from "#shared/store/records/sealCheck.ts";
import { figuresCsv } from "./export/csv.ts";
import { howToVerify } from "./export/howToVerify.ts";
import { reportHtml } from "./export/report.ts";
import { workbook } from "./export/workbook.ts";

/** Names of the files of a pack beside its evidence. */
export const packFiles = {
  document: "assessment.json",
  chain: "chain.csv",
  csv: "figures.csv",
  xlsx: "figures.xlsx",
  report: "report.html",
  manifest: "manifest.json",
  signature: "signature.txt",
  publicKey: "public-key.pem",
} as const;

/** Before the signature over the archive itself, in its comment. */
export const commentPrefix = "pilotline-pack/1 Ed25519 ";
const signatureHexLength = 128;
const commentLength = commentPrefix.length + signatureHexLength;

/** Who sealed a version, when, and after which seal. */
export interface Sealing {
  readonly key: KeyObject;
  readonly at: EpochMs;
  readonly user: string;
  readonly previous: string;
}

export interface SealedPack {
  readonly manifest: string;
  readonly signature: string;
  readonly publicKey: string;
  readonly pack: Buffer;
}

const file = (name: string, content: string | Uint8Array): ZipFile => ({
  name,
  bytes: typeof content === "string" ? Buffer.from(content, "utf8") : content,
});

export const documentText = (document: AssessmentDocument): string => canonicalJson(document as unknown as Json);

/** What a pack holds whether it is sealed or not. `seal` goes into the report; null while provisional. */
async function contents(
  document: AssessmentDocument,
  further: readonly ZipFile[],
  seal: Pick<SealManifest, "sealedAt" | "sealedBy" | "lastHash"> | null,
  hashes: readonly string[],
): Promise<readonly ZipFile[]> {
  const chain = hashes.map((hash, i) => `${i},${hash}`);
  return [
    file(packFiles.document, documentText(document)),
    file(packFiles.chain, `${["index,sha256", ...chain].join("\r\n")}\r\n`),
    file(packFiles.csv, figuresCsv(document)),
    file(packFiles.xlsx, await workbook(document)),
    file(packFiles.report, reportHtml(document, seal)),
    file("HOW-TO-VERIFY.zh.txt", howToVerify.zh),
    file("HOW-TO-VERIFY.en.txt", howToVerify.en),
    ...further,
  ];
}

/** The files of a provisional assessment, without seal. */
export async function provisionalPack(document: AssessmentDocument, further: readonly ZipFile[]): Promise<Buffer> {
  return writeZip(await contents(document, further, null, chainHashes(chainRecords(document))));
}

/**
 * Seals a document: the manifest fixes it and every file, is signed, and the archive is signed as a whole, so that no byte
 * of it can change unseen. The same document, key, time and person give the same bytes.
 */
export async function sealPack(
  document: AssessmentDocument,
  further: readonly ZipFile[],
  { key, at, user, previous }: Sealing,
): Promise<SealedPack> {
  const hashes = chainHashes(chainRecords(document));
  const lastHash = hashes.at(-1) ?? "";
  const files = await contents(document, further, { sealedAt: at, sealedBy: user, lastHash }, hashes);
  const manifest: SealManifest = {
    format: "pilotline-seal/1",
    algorithm: "Ed25519",
    platform: document.platform.id,
    period: document.period,
    version: document.version,
    records: hashes.length,
    lastHash,
    sealedAt: at,
    sealedBy: user,
    previous,
    files: Object.fromEntries(files.map(({ name, bytes }) => [name, sha256(bytes)])),
  };
  const manifestText = canonicalJson(manifest as unknown as Json);
  const signature = signManifest(manifest as unknown as Json, key);
  const unsigned = await writeZip(
    [
      ...files,
      file(packFiles.manifest, manifestText),
      file(packFiles.signature, `${signature}\n`),
      file(packFiles.publicKey, createPublicKey(key).export({ format: "pem", type: "spki" }).toString()),
    ],
    " ".repeat(commentLength),
  );
  const body = unsigned.subarray(0, unsigned.length - commentLength);
  const comment = `${commentPrefix}${sign(null, body, key).toString("hex")}`;
  return {
    manifest: manifestText,
    signature,
    publicKey: publicKeyHex(key),
    pack: Buffer.concat([body, Buffer.from(comment, "latin1")]),
  };
}

/** The archive without its comment, which is what its own signature is over. */
export const signedPart = (pack: Uint8Array): Uint8Array => pack.subarray(0, pack.length - commentLength);

/** The files of an archive of evidence. */
export const filesOf = (archive: Uint8Array): readonly ZipFile[] =>
  archive.length === 0 ? [] : readZip(archive).files;
