import { createHash } from "node:crypto";
import { canonicalJson, type Json } from "#shared/kit/canonicalJson.ts";
import { chainHashes, firstHash, isSignedBy } from "#shared/kit/hashChain.ts";
import type { AssessmentDocument, ChainVerdict, SealManifest } from "#shared/model/assessment.ts";
import { messageOf } from "#shared/model/errors.ts";
import type { KeptSeal } from "./assessments.ts";

export const sha256 = (bytes: Uint8Array | string): string => createHash("sha256").update(bytes).digest("hex");

/** A document as plain JSON: keys without a value are left out. */
export const plainJson = (value: unknown): Json => JSON.parse(JSON.stringify(value)) as Json;

/**
 * The records of a document's hash chain, in order: its head, then one for each definition, factor, figure and
 * declaration, then the score. A change of anything in the document changes a record.
 */
export function chainRecords(document: AssessmentDocument): readonly Json[] {
  const { definitions, factors, figures, declared, score, ...head } = document;
  const each = (record: string, items: readonly object[]) => items.map((item, seq) => ({ record, seq, ...item }));
  return [
    { record: "head", ...head },
    ...each("definition", definitions),
    ...each("factor", factors),
    ...each("figure", figures),
    ...each("declared", declared),
    { record: "score", ...score },
  ].map(plainJson);
}

/** What is kept of a seal, as texts. */
export interface SealTexts {
  /** Canonical JSON. */
  readonly document: string;
  /** Canonical JSON. */
  readonly manifest: string;
  /** Hex. */
  readonly signature: string;
  /** Raw, hex. */
  readonly publicKey: string;
}

const broken = (problem: string): ChainVerdict => ({ intact: false, problem });

/** Whether a document is the one that was sealed: its form, its chain, the signature over the manifest. Never throws. */
export function checkSeal({ document, manifest, signature, publicKey }: SealTexts): ChainVerdict {
  try {
    const said = JSON.parse(document) as AssessmentDocument;
    const seal = JSON.parse(manifest) as SealManifest;
    if (canonicalJson(said as unknown as Json) !== document) return broken("the document is not in canonical form");
    if (canonicalJson(seal as unknown as Json) !== manifest) return broken("the manifest is not in canonical form");
    if (seal.algorithm !== "Ed25519")
      return broken(`the signature is by ${seal.algorithm}, which cannot be checked here`);
    if (!isSignedBy(seal as unknown as Json, signature, publicKey))
      return broken("the signature does not fit the manifest");
    const hashes = chainHashes(chainRecords(said));
    if (hashes.length !== seal.records) return broken(`${hashes.length} records where ${seal.records} were sealed`);
    if (hashes.at(-1) !== seal.lastHash) return broken("the hash chain of the document is broken");
    const isAbout = seal.period === said.period && seal.version === said.version && seal.platform === said.platform.id;
    return isAbout ? { intact: true, problem: null } : broken("the manifest is about another period or version");
  } catch (error) {
    return broken(messageOf(error));
  }
}

/** The hash by which the next manifest names this one. */
export const manifestHash = (manifest: string): string => sha256(manifest);

/** Whether the seals of a platform follow one another without a hole: each manifest names the one before it. */
export function checkSealOrder(seals: readonly Pick<KeptSeal, "manifest" | "period" | "version">[]): ChainVerdict {
  let previous = firstHash;
  for (const { manifest, period, version } of seals) {
    if (manifest === null) continue;
    const named = (JSON.parse(manifest) as SealManifest).previous;
    if (named !== previous)
      return broken(`the seal of ${period}, version ${version}, does not follow the one before it`);
    previous = manifestHash(manifest);
  }
  return { intact: true, problem: null };
}
