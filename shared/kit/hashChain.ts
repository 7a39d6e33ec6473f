import { createHash, createPrivateKey, createPublicKey, type KeyObject, sign, verify } from "node:crypto";
import { CodedError } from "#shared/model/errors.ts";
import { canonicalJson, type Json } from "./canonicalJson.ts";

/** What stands before the first record. */
export const firstHash = "0".repeat(64);

/** h(i) = hex SHA-256(h(i−1) LF canonical JSON of record i), UTF-8 (catalogue D-08). */
export const nextHash = (previous: string, record: Json): string =>
  createHash("sha256")
    .update(`${previous}\n${canonicalJson(record)}`, "utf8")
    .digest("hex");

/** The hash of each record, in order. */
export function chainHashes(records: readonly Json[]): readonly string[] {
  let hash = firstHash;
  return records.map((record) => (hash = nextHash(hash, record)));
}

/** Index, from 0, of the first record that its hash does not fit; also of one that is missing. null where all fit. */
export function firstBroken(records: readonly Json[], hashes: readonly string[]): number | null {
  const broken = chainHashes(records).findIndex((hash, i) => hash !== hashes[i]);
  if (broken >= 0) return broken;
  return hashes.length > records.length ? records.length : null;
}

/** RFC 8410: what stands before the 32 bytes of a private key in PKCS #8. */
const pkcs8Ed25519 = Buffer.from("302e020100300506032b657004220420", "hex");

/** The Ed25519 private key of a seed of 32 bytes. */
export function signingKey(seed: Uint8Array): KeyObject {
  if (seed.length !== 32)
    throw new CodedError("OUT_OF_RANGE", `The seed has ${seed.length} bytes; an Ed25519 seed has 32.`);
  return createPrivateKey({ key: Buffer.concat([pkcs8Ed25519, seed]), format: "der", type: "pkcs8" });
}

/** The raw public key of a key of either kind, 32 bytes in hex. */
export const publicKeyHex = (key: KeyObject): string =>
  (key.type === "public" ? key : createPublicKey(key))
    .export({ format: "der", type: "spki" })
    .subarray(-32)
    .toString("hex");

/** Ed25519 signature, in hex, over the canonical JSON of a manifest. */
export const signManifest = (manifest: Json, key: KeyObject): string =>
  sign(null, Buffer.from(canonicalJson(manifest), "utf8"), key).toString("hex");

/** Whether the signature is that of the manifest, by the raw public key in hex. */
export function isSignedBy(manifest: Json, signatureHex: string, publicHex: string): boolean {
  const key = createPublicKey({
    key: { kty: "OKP", crv: "Ed25519", x: Buffer.from(publicHex, "hex").toString("base64url") },
    format: "jwk",
  });
  return verify(null, Buffer.from(canonicalJson(manifest), "utf8"), key, Buffer.from(signatureHex, "hex"));
}
