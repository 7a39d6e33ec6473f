import type { IndicatorResult } from "./indicator.ts";
import type { TagId } from "./sample.ts";
import type { LocalText } from "./text.ts";
import type { EpochMs } from "./time.ts";

/** Periods that are assessed. */
export const assessedKinds = ["month", "quarter", "year"] as const;
export type AssessedKind = (typeof assessedKinds)[number];

/** For so many hours after its end a period still takes late data (catalogue D-07). */
export const graceHours = 72;

/** One figure of an assessment. */
export type AssessedFigure = IndicatorResult;

/** What a figure means, as it was when the period was frozen. */
export interface AssessedDefinition {
  readonly indicator: string;
  readonly version: string;
  readonly zh: string;
  readonly en: string;
  readonly formula: string;
  readonly unit: string;
  readonly better: "higher" | "lower" | "neither";
}

/** A limit or factor that a figure used. */
export interface AssessedFactor {
  readonly id: string;
  readonly source: string;
  readonly evidence: string;
  readonly validFrom: string | null;
  readonly validTo: string | null;
}

/** What a person declared for the period. */
export interface AssessedDeclaration {
  readonly indicator: string;
  /** The period, or a part of it. */
  readonly period: string;
  readonly value: number;
  readonly unit: string;
  readonly state: "draft" | "submitted" | "verified" | "rejected";
  /** SHA-256 of the evidence file, hex; null where there is none. */
  readonly evidenceSha256: string | null;
  readonly declaredBy: string;
  readonly verifiedBy: string | null;
}

/** Why an item of a profile has the points that it has. */
export interface ScoredPoint {
  readonly indicator: string;
  readonly figure: string | null;
  readonly weight: number;
  readonly status: "ok" | "low_coverage" | "insufficient" | "missing" | "unverified" | "not_applicable";
  readonly value: number | null;
  /** 0 to 100; null where the item does not apply. */
  readonly points: number | null;
  /** Of a 0 without a value, and of what does not apply. */
  readonly reason: string | null;
}

/** The composite score: always total, measured part and declared part (catalogue E.1). */
export interface AssessedScore {
  readonly total: number | null;
  readonly measured: number | null;
  readonly declared: number | null;
  readonly groups: readonly {
    readonly id: string;
    readonly kind: "measured" | "derived" | "declared";
    readonly weight: number;
    readonly score: number | null;
    readonly items: readonly ScoredPoint[];
  }[];
  readonly missing: readonly string[];
  /** Coverage of the measured figures that are scored, weighted by their points, 0 to 1. */
  readonly measuredCoverage: number;
  /** What fails the whole, as the one who sealed found it. */
  readonly vetoes: readonly Veto[];
  readonly grade: string | null;
}

export const vetoKinds = ["major_accident", "environmental_violation", "data_falsification"] as const;
export interface Veto {
  readonly kind: (typeof vetoKinds)[number];
  readonly reason: string;
}

/** How it was scored: everything that a later reader needs to score it again. */
export interface AssessedScoring {
  /** Id of the profile's version. */
  readonly profile: string;
  readonly name: string;
  readonly zh: string;
  readonly en: string;
  readonly source: string;
  readonly gradeScale: string;
  readonly breakpointSources: readonly string[];
  /** `[value, points]`, by indicator. */
  readonly breakpoints: Readonly<Record<string, readonly (readonly number[])[]>>;
  /** The platform's own additions; null where it has none. */
  readonly platform: { readonly version: string; readonly source: string } | null;
  readonly notApplicable: readonly {
    readonly indicator: string;
    readonly reason: string;
    readonly approvedBy: string;
    readonly approvedOn: string;
  }[];
}

/** What an amendment changed in one figure or in the score. */
export interface AmendmentEffect {
  readonly indicator: string;
  readonly figure: string | null;
  readonly scope: string;
  readonly before: number | null;
  readonly after: number | null;
}

/** Everything that an assessment says. Its canonical JSON is the same wherever it is made of the same data. */
export interface AssessmentDocument {
  readonly format: "pilotline-assessment/1";
  readonly platform: { readonly id: string; readonly name: LocalText };
  readonly period: string;
  readonly kind: AssessedKind;
  readonly from: EpochMs;
  readonly to: EpochMs;
  readonly timeZone: string;
  readonly closesAt: EpochMs;
  /** What was stored then is what it is made of. */
  readonly frozenAt: EpochMs;
  /** 0 while it is provisional. */
  readonly version: number;
  /** Names of the lines that figures are of; equipment has its id. */
  readonly lines: readonly { readonly scope: string; readonly name: LocalText }[];
  /** Official months that a quarter or year is made of. */
  readonly months: readonly { readonly period: string; readonly version: number; readonly lastHash: string }[];
  readonly definitions: readonly AssessedDefinition[];
  readonly factors: readonly AssessedFactor[];
  readonly figures: readonly AssessedFigure[];
  readonly declared: readonly AssessedDeclaration[];
  readonly scoring: AssessedScoring;
  readonly score: AssessedScore;
  readonly amendment: {
    readonly reason: string;
    readonly author: string;
    readonly effects: readonly AmendmentEffect[];
  } | null;
}

/** What is signed: it fixes the document by its last hash and every other file of the pack by its digest. */
export interface SealManifest {
  readonly format: "pilotline-seal/1";
  /** Of the signature; open, so that SM2 can take its place. */
  readonly algorithm: string;
  readonly platform: string;
  readonly period: string;
  readonly version: number;
  /** Records of the hash chain, and the hash of the last. */
  readonly records: number;
  readonly lastHash: string;
  readonly sealedAt: EpochMs;
  readonly sealedBy: string;
  /** SHA-256 of the manifest that was signed before this one; 64 zeros for the first. */
  readonly previous: string;
  /** SHA-256 by file of the pack. */
  readonly files: Readonly<Record<string, string>>;
}

export type AssessmentState = "provisional" | "closed" | "sealed";

/** One period in the list of a platform. */
export interface AssessmentSummary {
  readonly period: string;
  readonly kind: AssessedKind;
  readonly state: AssessmentState;
  readonly closesAt: EpochMs;
  /** The official one; 0 while there is none. */
  readonly version: number;
  readonly score: Pick<AssessedScore, "total" | "measured" | "declared" | "grade"> | null;
  /** Versions that wait for approval. */
  readonly proposed: number;
}

/** One version of a period, as the list of versions shows it. */
export interface AssessmentVersion {
  readonly version: number;
  readonly state: "sealed" | "proposed" | "rejected";
  readonly author: string;
  readonly madeAt: EpochMs;
  readonly reason: string | null;
  readonly decidedBy: string | null;
  readonly decidedAt: EpochMs | null;
  readonly effects: readonly AmendmentEffect[];
}

/** Whether what is kept is what was sealed. */
export interface ChainVerdict {
  readonly intact: boolean;
  /** What is wrong, in words; null where nothing is. */
  readonly problem: string | null;
}

/** One period as a page shows it. */
export interface AssessmentAnswer {
  readonly state: AssessmentState;
  /** Withheld (null) where the chain is broken. */
  readonly document: AssessmentDocument | null;
  readonly versions: readonly AssessmentVersion[];
  readonly manifest: SealManifest | null;
  readonly signature: string | null;
  readonly chain: ChainVerdict | null;
  /** Names of the files that can be exported. */
  readonly files: readonly string[];
}

/** Which facts an indicator of a line used. */
export interface EvidenceUse {
  readonly indicator: string;
  /** `<platform>/<line>` */
  readonly scope: string;
  /** Equipment whose states it counted. */
  readonly equipment: readonly string[];
  /** Tags whose readings it used. */
  readonly tags: readonly TagId[];
  readonly alarms: readonly string[];
  readonly runs: readonly string[];
  readonly bookings: readonly string[];
  /** There were more readings than evidence keeps; the digest of the figure covers all of them. */
  readonly isCut: boolean;
}

/** Rows of the evidence behind one figure, as texts by column. */
export interface EvidenceTable {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** Rows in all; the answer may hold fewer. */
  readonly total: number;
}

/** What lies behind one figure; a table is absent where the figure uses none of it. */
export interface EvidenceAnswer {
  readonly madeAt: EpochMs;
  readonly isCut: boolean;
  readonly states?: EvidenceTable;
  readonly readings?: EvidenceTable;
  readonly alarms?: EvidenceTable;
  readonly runs: readonly string[];
  readonly bookings: readonly string[];
}
