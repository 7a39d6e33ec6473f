import { fileInZip, readZip } from "#shared/kit/zip.ts";
import type {
  AssessmentAnswer,
  AssessmentDocument,
  AssessmentSummary,
  AssessmentVersion,
  ChainVerdict,
  EvidenceAnswer,
  SealManifest,
} from "#shared/model/assessment.ts";
import { CodedError } from "#shared/model/errors.ts";
import type { KeptSeal } from "#shared/store/records/assessments.ts";
import type { RecordsReader } from "#shared/store/records/port.ts";
import { checkSeal, checkSealOrder } from "#shared/store/records/sealCheck.ts";
import { evidenceIn } from "./evidence.ts";

const everySeal = Number.MAX_SAFE_INTEGER;

/** Assessments as pages and portals ask for them; nothing is computed here, everything checked. */
export interface AssessmentArchive {
  list(): readonly AssessmentSummary[];
  /** `version` undefined: the official one, else the provisional. Throws `NOT_FOUND` where there is none. */
  answer(period: string, version: number | undefined): AssessmentAnswer;
  /** The official seals after `after`, the newest of each period. */
  seals(after: number, limit: number): readonly KeptSeal[];
  /** Throws `NOT_FOUND` where the period is not sealed. */
  officialVersion(period: string): number;
  /** One file of a pack, or `pack.zip` whole. Throws `NOT_FOUND`, and `DAMAGED` where the seal is broken. */
  file(period: string, name: string, version: number | undefined): Uint8Array;
  /** What one figure rests on. */
  evidence(period: string, indicator: string, scope: string, version: number | undefined): EvidenceAnswer;
}

export const wholePack = "pack.zip";

export function createArchive(records: RecordsReader): AssessmentArchive {
  const allSeals = () => records.assessmentSeals(0, everySeal);
  const sealed = () => allSeals().filter(({ decision }) => decision === "sealed");
  const sealOf = (period: string, version: number | undefined): KeptSeal | undefined =>
    sealed()
      .filter((seal) => seal.period === period && (version === undefined || seal.version === version))
      .toSorted((a, b) => b.version - a.version)[0];
  const draftOf = (period: string) => records.assessmentDrafts().find((draft) => draft.period === period);

  const verdictOf = ({ period, version, manifest, signature, publicKey }: KeptSeal): ChainVerdict => {
    const kept = records.assessmentVersion(period, version);
    if (!kept || manifest === null || signature === null || publicKey === null) {
      return { intact: false, problem: "a part of what was sealed is missing" };
    }
    const own = checkSeal({ document: kept.document, manifest, signature, publicKey });
    return own.intact ? checkSealOrder(sealed()) : own;
  };

  const versionsOf = (period: string): readonly AssessmentVersion[] => {
    const seals = allSeals().filter((seal) => seal.period === period);
    return records.assessmentVersions(period).map(({ version, author, madeAt, reason }) => {
      const seal = seals.find((one) => one.version === version);
      const kept = records.assessmentVersion(period, version);
      const document = kept && (JSON.parse(kept.document) as AssessmentDocument);
      return {
        version,
        state: seal?.decision ?? "proposed",
        author,
        madeAt,
        reason: reason ?? null,
        decidedBy: seal?.user ?? null,
        decidedAt: seal?.at ?? null,
        effects: document?.amendment?.effects ?? [],
      };
    });
  };

  const packOf = (period: string, version: number | undefined): Uint8Array => {
    const seal = sealOf(period, version);
    const pack = seal ? records.assessmentPack(period, seal.version) : undefined;
    if (seal) {
      const { intact, problem } = verdictOf(seal);
      if (!intact || !pack)
        throw new CodedError("DAMAGED", `The assessment is withheld: ${problem ?? "its pack is missing"}.`);
      return pack;
    }
    const draft = version === undefined || version === 0 ? records.assessmentDraftPack(period) : undefined;
    if (draft) return draft;
    throw new CodedError("NOT_FOUND", `There is no assessment of ${period}${version ? `, version ${version}` : ""}.`);
  };

  /** A quarter or year rests on what its months rest on: of those that are not sealed, on what is provisional. */
  const packsOfMonths = (period: string): readonly Uint8Array[] => {
    const known = [...sealed(), ...records.assessmentDrafts()].map((one) => one.period);
    const months = [...new Set(known)].filter((month) => isMonthOf(month, period)).sort();
    return months.map((month) => packOf(month, undefined));
  };

  const summaryOf = (document: AssessmentDocument, state: AssessmentSummary["state"]): AssessmentSummary => {
    const { total, measured, declared, grade } = document.score;
    const { period, kind, closesAt, version } = document;
    const proposed = versionsOf(period).filter((one) => one.state === "proposed").length;
    return { period, kind, state, closesAt, version, score: { total, measured, declared, grade }, proposed };
  };
  const draftState = (period: string) => (records.frozenPeriod(period) ? "closed" : "provisional");

  return {
    list: () => {
      const periods = [...new Set(sealed().map(({ period }) => period))];
      const official = periods.flatMap((period) => {
        const seal = sealOf(period, undefined);
        const kept = seal && records.assessmentVersion(period, seal.version);
        if (!seal || !kept) return [];
        const summary = summaryOf(JSON.parse(kept.document) as AssessmentDocument, "sealed");
        return [verdictOf(seal).intact ? summary : { ...summary, score: null }];
      });
      const drafts = records
        .assessmentDrafts()
        .filter(({ period }) => !periods.includes(period))
        .map(({ period, document }) => summaryOf(JSON.parse(document) as AssessmentDocument, draftState(period)));
      return [...official, ...drafts].toSorted((a, b) => (a.period < b.period ? 1 : -1));
    },
    answer: (period, version) => {
      const versions = versionsOf(period);
      const seal = sealOf(period, version);
      if (!seal) {
        const proposal = version ? records.assessmentVersion(period, version) : undefined;
        const text = proposal?.document ?? (version ? undefined : draftOf(period)?.document);
        if (text === undefined) throw new CodedError("NOT_FOUND", `There is no assessment of ${period} yet.`);
        const document = JSON.parse(text) as AssessmentDocument;
        const files = proposal ? [] : filesIn(records.assessmentDraftPack(period));
        return { state: draftState(period), document, versions, manifest: null, signature: null, chain: null, files };
      }
      const chain = verdictOf(seal);
      const kept = records.assessmentVersion(period, seal.version);
      return {
        state: "sealed",
        document: chain.intact && kept ? (JSON.parse(kept.document) as AssessmentDocument) : null,
        versions,
        manifest: seal.manifest === null ? null : (JSON.parse(seal.manifest) as SealManifest),
        signature: seal.signature,
        chain,
        files: chain.intact ? filesIn(records.assessmentPack(period, seal.version)) : [],
      };
    },
    seals: (after, limit) => records.assessmentSeals(after, limit).filter(({ decision }) => decision === "sealed"),
    officialVersion: (period) => {
      const seal = sealOf(period, undefined);
      if (seal) return seal.version;
      throw new CodedError("NOT_FOUND", `${period} is not sealed.`);
    },
    file: (period, name, version) => {
      const pack = packOf(period, version);
      const found = name === wholePack ? pack : fileInZip(pack, name);
      if (found) return found;
      throw new CodedError("NOT_FOUND", `The pack of ${period} has no file \`${name}\`.`);
    },
    evidence: (period, indicator, scope, version) => {
      const pack = packOf(period, version);
      const document = JSON.parse(
        Buffer.from(fileInZip(pack, "assessment.json") ?? []).toString(),
      ) as AssessmentDocument;
      return evidenceIn([pack, ...packsOfMonths(period)], indicator, scope, document.frozenAt);
    },
  };
}

/** Whether `month` is one of a quarter's or a year's. */
function isMonthOf(month: string, period: string): boolean {
  const [, year, number] = /^(\d{4})-(\d{2})$/.exec(month) ?? [];
  return year !== undefined && (period === year || period === `${year}-Q${Math.ceil(Number(number) / 3)}`);
}

const filesIn = (pack: Uint8Array | undefined): readonly string[] =>
  pack ? [...readZip(pack).files.map(({ name }) => name), wholePack] : [];
