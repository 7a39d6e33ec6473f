import { firstHash } from "#shared/kit/hashChain.ts";
import type { AssessmentDocument, SealManifest } from "#shared/model/assessment.ts";
import { CodedError } from "#shared/model/errors.ts";
import type { KeptSeal } from "#shared/store/records/assessments.ts";
import type { RecordsReader } from "#shared/store/records/port.ts";
import { checkSeal, checkSealOrder, manifestHash } from "#shared/store/records/sealCheck.ts";
import type { Official } from "./periodFigures.ts";
import type { SealFacts } from "./sealFigures.ts";

const everySeal = Number.MAX_SAFE_INTEGER;

/** A version that was sealed, whole. */
export interface SealedVersion extends Official {
  readonly seal: KeptSeal;
  readonly documentText: string;
}

/** What is kept of assessments, read with the eye of who goes on with it. */
export interface Kept {
  /** The newest sealed version of a period. Throws `DAMAGED` where it is not as it was sealed. */
  official(period: string): SealedVersion | undefined;
  /** Official versions of all periods. */
  officials(): readonly SealedVersion[];
  /** What the next manifest names as the one before it. Throws `DAMAGED` where a seal is missing. */
  previous(): string;
  nextVersion(period: string): number;
  /** What a version of a period says of the seals before it. */
  sealFacts(period: string, version: number): SealFacts;
}

export function createKept(records: RecordsReader): Kept {
  const seals = () => records.assessmentSeals(0, everySeal).filter(({ decision }) => decision === "sealed");

  const whole = (seal: KeptSeal): SealedVersion => {
    const kept = records.assessmentVersion(seal.period, seal.version);
    const { manifest, signature, publicKey } = seal;
    const name = `The assessment of ${seal.period}, version ${seal.version},`;
    if (!kept || manifest === null || signature === null || publicKey === null) {
      throw new CodedError("DAMAGED", `${name} is not whole; restore records.db from a backup.`);
    }
    const verdict = checkSeal({ document: kept.document, manifest, signature, publicKey });
    if (!verdict.intact) {
      throw new CodedError("DAMAGED", `${name} is withheld: ${verdict.problem}. Restore records.db from a backup.`);
    }
    return {
      seal,
      documentText: kept.document,
      document: JSON.parse(kept.document) as AssessmentDocument,
      lastHash: (JSON.parse(manifest) as SealManifest).lastHash,
    };
  };

  const official = (period: string): SealedVersion | undefined => {
    const newest = seals()
      .filter((seal) => seal.period === period)
      .toSorted((a, b) => b.version - a.version)[0];
    return newest && whole(newest);
  };

  return {
    official,
    officials: () => [...new Set(seals().map(({ period }) => period))].flatMap((period) => official(period) ?? []),
    previous: () => {
      const all = seals();
      const order = checkSealOrder(all);
      if (!order.intact) throw new CodedError("DAMAGED", `${order.problem}; restore records.db from a backup.`);
      const last = all.at(-1)?.manifest;
      return last ? manifestHash(last) : firstHash;
    },
    sealFacts: (period, version) => ({
      versionsBefore: seals().filter((seal) => seal.period === period && seal.version < version).length,
      isChainWhole: checkSealOrder(seals()).intact,
    }),
    nextVersion: (period) => Math.max(0, ...records.assessmentVersions(period).map(({ version }) => version)) + 1,
  };
}
