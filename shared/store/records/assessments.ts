import { type EpochMs, instant } from "#shared/model/time.ts";
import { column } from "./column.ts";
import { family, type Row } from "./family.ts";

/** The figures of a period as they were when it closed. */
export interface FrozenPeriod {
  readonly period: string;
  readonly frozenAt: EpochMs;
  /** JSON. */
  readonly figures: string;
  /** Archive of the evidence files. */
  readonly evidence: Uint8Array;
}

/** One version of the assessment of a period: what it says, before anybody has decided on it. */
export interface KeptVersion {
  readonly period: string;
  readonly version: number;
  readonly madeAt: EpochMs;
  readonly author: string;
  /** null for the first. */
  readonly reason: string | null;
  /** Canonical JSON of the document. */
  readonly document: string;
  readonly evidence: Uint8Array;
}

export const sealDecisions = ["sealed", "rejected"] as const;
export type SealDecision = (typeof sealDecisions)[number];

/** What was decided on a version. A rejected one has neither manifest nor signature nor pack. */
export interface KeptSeal {
  readonly seq: number;
  readonly period: string;
  readonly version: number;
  readonly decision: SealDecision;
  readonly at: EpochMs;
  readonly user: string;
  readonly reason: string | null;
  /** Canonical JSON. */
  readonly manifest: string | null;
  /** Hex. */
  readonly signature: string | null;
  /** Raw public key, hex. */
  readonly publicKey: string | null;
}

/** The newest provisional state of a period. */
export interface AssessmentDraft {
  readonly period: string;
  readonly madeAt: EpochMs;
  readonly document: string;
}

/** Reading assessments. */
export interface AssessmentReader {
  frozenPeriod(period: string): FrozenPeriod | undefined;
  frozenPeriods(): readonly Pick<FrozenPeriod, "period" | "frozenAt">[];
  /** Ascending by period and version, of one period or of all. */
  assessmentVersions(period?: string): readonly Omit<KeptVersion, "document" | "evidence">[];
  assessmentVersion(period: string, version: number): KeptVersion | undefined;
  /** With seq > after, ascending. */
  assessmentSeals(after: number, limit: number): readonly KeptSeal[];
  /** The evidence pack of a sealed version. */
  assessmentPack(period: string, version: number): Uint8Array | undefined;
  assessmentDrafts(): readonly AssessmentDraft[];
  assessmentDraftPack(period: string): Uint8Array | undefined;
}

/** Nothing of it is ever changed: the tables refuse it. Only drafts are replaced. */
export interface AssessmentWriter {
  /** Throws where the period is frozen already. */
  freezePeriod(frozen: FrozenPeriod): void;
  /** Keeps a version, and the decision on it where there is one yet. */
  keepVersion(version: KeptVersion, seal: (Omit<KeptSeal, "seq"> & { readonly pack: Uint8Array }) | null): void;
  decideVersion(seal: Omit<KeptSeal, "seq"> & { readonly pack: Uint8Array | null }): void;
  saveDraft(draft: AssessmentDraft & { readonly pack: Uint8Array }): void;
}

const textOrNull = (value: unknown): string | null => (value === null ? null : String(value));
const frozenOf = (row: Row) => ({ period: String(row.period), frozenAt: instant(Number(row.frozen_at)) });

const versionOf = (row: Row): Omit<KeptVersion, "document" | "evidence"> => ({
  period: String(row.period),
  version: Number(row.version),
  madeAt: instant(Number(row.made_at)),
  author: String(row.author),
  reason: textOrNull(row.reason),
});

const sealOf = (row: Row): KeptSeal => ({
  seq: Number(row.seq),
  period: String(row.period),
  version: Number(row.version),
  decision: column<SealDecision>(row, "decision", sealDecisions),
  at: instant(Number(row.at)),
  user: String(row.user),
  reason: textOrNull(row.reason),
  manifest: textOrNull(row.manifest),
  signature: textOrNull(row.signature),
  publicKey: textOrNull(row.public_key),
});

const draftOf = (row: Row): AssessmentDraft => ({
  period: String(row.period),
  madeAt: instant(Number(row.made_at)),
  document: String(row.document),
});

const sealColumns = "seq, period, version, decision, at, user, reason, manifest, signature, public_key";

export const assessments = family({
  sql: {
    insertFrozen: "INSERT INTO assessment_frozen (period, frozen_at, figures, evidence) VALUES (?, ?, ?, ?)",
    frozen: "SELECT * FROM assessment_frozen WHERE period = ?",
    allFrozen: "SELECT period, frozen_at FROM assessment_frozen ORDER BY period",
    insertVersion: `INSERT INTO assessment_version (period, version, made_at, author, reason, document, evidence)
      VALUES (?, ?, ?, ?, ?, ?, ?)`,
    version: "SELECT * FROM assessment_version WHERE period = ? AND version = ?",
    versions: `SELECT period, version, made_at, author, reason FROM assessment_version
      WHERE ? IN ('', period) ORDER BY period, version`,
    insertSeal: `INSERT INTO assessment_seal (period, version, decision, at, user, reason, manifest, signature, public_key, pack)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    seals: `SELECT ${sealColumns} FROM assessment_seal WHERE seq > ? ORDER BY seq LIMIT ?`,
    pack: "SELECT pack FROM assessment_seal WHERE period = ? AND version = ? AND decision = 'sealed'",
    upsertDraft: `INSERT INTO assessment_draft (period, made_at, document, pack) VALUES (?, ?, ?, ?)
      ON CONFLICT (period) DO UPDATE
      SET made_at = excluded.made_at, document = excluded.document, pack = excluded.pack`,
    drafts: "SELECT period, made_at, document FROM assessment_draft ORDER BY period",
    draftPack: "SELECT pack FROM assessment_draft WHERE period = ?",
    deleteDraft: "DELETE FROM assessment_draft WHERE period = ?",
  },
  reads: (rows): AssessmentReader => ({
    frozenPeriod: (period) =>
      rows((sql) => sql.frozen.all(period)).map((row) => ({
        ...frozenOf(row),
        figures: String(row.figures),
        evidence: row.evidence as Uint8Array,
      }))[0],
    frozenPeriods: () => rows((sql) => sql.allFrozen.all()).map(frozenOf),
    assessmentVersions: (period = "") => rows((sql) => sql.versions.all(period)).map(versionOf),
    assessmentVersion: (period, version) =>
      rows((sql) => sql.version.all(period, version)).map((row) => ({
        ...versionOf(row),
        document: String(row.document),
        evidence: row.evidence as Uint8Array,
      }))[0],
    assessmentSeals: (after, limit) => rows((sql) => sql.seals.all(after, limit)).map(sealOf),
    assessmentPack: (period, version) =>
      rows((sql) => sql.pack.all(period, version))[0]?.pack as Uint8Array | undefined,
    assessmentDrafts: () => rows((sql) => sql.drafts.all()).map(draftOf),
    assessmentDraftPack: (period) => rows((sql) => sql.draftPack.all(period))[0]?.pack as Uint8Array | undefined,
  }),
  writes: (durably): AssessmentWriter => ({
    freezePeriod: ({ period, frozenAt, figures, evidence }) =>
      durably((sql) => {
        sql.insertFrozen.run(period, frozenAt, figures, evidence);
      }),
    keepVersion: ({ period, version, madeAt, author, reason, document, evidence }, seal) =>
      durably((sql) => {
        sql.insertVersion.run(period, version, madeAt, author, reason, document, evidence);
        if (!seal) return;
        sql.insertSeal.run(...sealValues(seal));
        sql.deleteDraft.run(period);
      }),
    decideVersion: (seal) =>
      durably((sql) => {
        sql.insertSeal.run(...sealValues(seal));
      }),
    saveDraft: ({ period, madeAt, document, pack }) =>
      durably((sql) => {
        sql.upsertDraft.run(period, madeAt, document, pack);
      }),
  }),
});

const sealValues = (seal: Omit<KeptSeal, "seq"> & { readonly pack: Uint8Array | null }) => [
  seal.period,
  seal.version,
  seal.decision,
  seal.at,
  seal.user,
  seal.reason,
  seal.manifest,
  seal.signature,
  seal.publicKey,
  seal.pack,
];
