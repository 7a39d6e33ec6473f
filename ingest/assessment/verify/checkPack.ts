import { createPublicKey, type KeyObject, verify } from "node:crypto";
import { chainHashes, publicKeyHex } from "#shared/kit/hashChain.ts";
import { readZip } from "#shared/kit/zip.ts";
import type { AssessmentDocument, SealManifest } from "#shared/model/assessment.ts";
import { CodedError, messageOf } from "#shared/model/errors.ts";
import { chainRecords, checkSeal, sha256 } from "#shared/store/records/sealCheck.ts";
import { commentPrefix, packFiles, signedPart } from "../pack.ts";

/** What a pack turned out to be. */
export interface PackVerdict {
  /** Everything that is wrong; nothing where the pack is what was sealed. */
  readonly problems: readonly string[];
  readonly manifest: SealManifest | null;
  readonly document: AssessmentDocument | null;
  /** Raw public key in hex: to be compared with the one that the platform published. */
  readonly publicKey: string | null;
}

const ownFiles: readonly string[] = [packFiles.manifest, packFiles.signature, packFiles.publicKey];

/**
 * Checks an evidence pack without a network: the archive, its signature, every file's digest, the hash chain and the
 * signature over the manifest. `trusted` is the platform's public key by another way; without it the key of the pack is
 * used, which proves only that the pack fits itself.
 */
export function checkPack(pack: Uint8Array, trusted: KeyObject | null): PackVerdict {
  try {
    return checkAll(pack, trusted);
  } catch (error) {
    const problem = error instanceof CodedError ? error.detail : messageOf(error);
    return { problems: [problem], manifest: null, document: null, publicKey: null };
  }
}

function checkAll(pack: Uint8Array, trusted: KeyObject | null): PackVerdict {
  const { files, comment } = readZip(pack);
  const textOf = (name: string): string => {
    const found = files.find((file) => file.name === name);
    if (!found) throw new CodedError("DAMAGED", `${name} is missing from the pack.`);
    return Buffer.from(found.bytes).toString("utf8");
  };
  const pem = textOf(packFiles.publicKey);
  const ownKey = createPublicKey(pem);
  const key = trusted ?? ownKey;
  const publicKey = publicKeyHex(ownKey);
  const [manifestText, documentText] = [textOf(packFiles.manifest), textOf(packFiles.document)];
  const signature = textOf(packFiles.signature);
  const manifest = JSON.parse(manifestText) as SealManifest;
  const document = JSON.parse(documentText) as AssessmentDocument;
  const problems: string[] = [];
  const must = (holds: boolean, problem: string) => void (holds || problems.push(problem));

  must(publicKeyHex(key) === publicKey, "public-key.pem is not the key that the platform published");
  must(comment.startsWith(commentPrefix), "the archive is not signed");
  const archiveSignature = comment.slice(commentPrefix.length);
  must(
    /^[0-9a-f]{128}$/.test(archiveSignature) &&
      verify(null, signedPart(pack), key, Buffer.from(archiveSignature, "hex")),
    "the signature over the archive does not fit: some byte of it was changed",
  );
  must(/^[0-9a-f]{128}\n$/.test(signature), "signature.txt is not a signature");
  const texts = { document: documentText, manifest: manifestText, signature: signature.trim() };
  const seal = checkSeal({ ...texts, publicKey: publicKeyHex(key) });
  must(seal.intact, seal.problem ?? "");
  for (const { name, bytes } of files) {
    if (ownFiles.includes(name)) continue;
    must(manifest.files[name] === sha256(bytes), `${name} is not the file that was sealed`);
  }
  const names = new Set(files.map(({ name }) => name));
  for (const name of Object.keys(manifest.files)) must(names.has(name), `${name} is missing from the pack`);
  must(names.size === files.length, "a file is there twice");
  const broken = firstBroken(textOf(packFiles.chain), document);
  must(broken === null, `the hash chain breaks at record ${broken}`);
  return { problems, manifest, document, publicKey };
}

/** Index of the first record that its hash in chain.csv does not fit; null where all fit. */
function firstBroken(csv: string, document: AssessmentDocument): number | null {
  const said = csv.trimEnd().split("\r\n").slice(1);
  const hashes = chainHashes(chainRecords(document)).map((hash, i) => `${i},${hash}`);
  const broken = hashes.findIndex((line, i) => line !== said[i]);
  if (broken >= 0) return broken;
  return said.length > hashes.length ? hashes.length : null;
}
