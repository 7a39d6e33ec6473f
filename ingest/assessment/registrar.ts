import type { KeyObject } from "node:crypto";
import { canonicalJson } from "#shared/kit/canonicalJson.ts";
import type { Clock } from "#shared/kit/clock.ts";
import type { Log } from "#shared/kit/log.ts";
import type { ZipFile } from "#shared/kit/zip.ts";
import { writeZip } from "#shared/kit/zip.ts";
import type { AssessmentDocument, Veto } from "#shared/model/assessment.ts";
import { calendar, type Period } from "#shared/model/calendar.ts";
import { CodedError } from "#shared/model/errors.ts";
import type { EpochMs } from "#shared/model/time.ts";
import type { PlatformScoring } from "#shared/plant/assessmentProfile.ts";
import type { Plant } from "#shared/plant/plant.ts";
import type { KeptVersion } from "#shared/store/records/assessments.ts";
import type { RecordsWriter } from "#shared/store/records/port.ts";
import { plainJson } from "#shared/store/records/sealCheck.ts";
import type { Figures } from "../indicators/figures.ts";
import { assessedKind, closesAt, composeDocument, type PeriodFigures } from "./document.ts";
import { gatherEvidence } from "./evidence.ts";
import { factorOf } from "./factors.ts";
import { createKept, type SealedVersion } from "./kept.ts";
import { documentText, filesOf, provisionalPack, sealPack } from "./pack.ts";
import { declaredIn, figuresOfPeriod } from "./periodFigures.ts";

export interface RegistrarParts {
  readonly plant: Plant;
  readonly records: RecordsWriter;
  readonly figures: Figures;
  readonly scoring: PlatformScoring | null;
  readonly key: KeyObject;
  readonly clock: Clock;
  readonly log: Log;
  /** Told of each version that has become official. */
  readonly onOfficial: (version: SealedVersion) => void;
}

/** Keeps the assessments of a platform: provisional, frozen at closing, sealed, amended. Nothing is ever overwritten. */
export interface Registrar {
  /** Makes the provisional assessment of a period anew. Throws `MALFORMED` for what is no assessed period. */
  prepare(period: string): Promise<void>;
  /** Freezes the figures of a month that has closed; nothing where that was done. Throws `CONFLICT` before. */
  freeze(period: string): Promise<void>;
  /** Makes version 1 official; a period that is sealed stays as it is. Throws `CONFLICT` before it has closed. */
  seal(period: string, user: string, vetoes: readonly Veto[]): Promise<void>;
  /** Proposes a version of what is stored now. Throws `CONFLICT` where nothing differs, or a proposal waits. */
  amend(period: string, user: string, reason: string, vetoes: readonly Veto[] | null): Promise<void>;
  /** Makes a proposal official. Throws `FORBIDDEN` for its author, `NOT_FOUND` where none waits. */
  approve(period: string, version: number, user: string): Promise<void>;
  reject(period: string, version: number, user: string, reason: string): void;
  officials(): readonly SealedVersion[];
}

const noEvidence = new Uint8Array();

const isSameJson = (a: unknown, b: unknown): boolean => canonicalJson(plainJson(a)) === canonicalJson(plainJson(b));

export function createRegistrar(parts: RegistrarParts): Registrar {
  const { plant, records, figures, scoring, key, clock, log } = parts;
  const { timeZone } = plant.platform;
  const days = calendar(timeZone);
  const kept = createKept(records);
  const freezing = new Map<string, Promise<void>>();

  const assessed = (name: string): Period => {
    const period = days.period(name);
    assessedKind(period);
    return period;
  };
  const compute = (period: Period, provisional: boolean): Promise<PeriodFigures> =>
    figuresOfPeriod(period, { figures, timeZone, official: kept.official }, clock.now(), provisional);
  const evidenceOf = (period: Period, of: PeriodFigures): Promise<Uint8Array> =>
    period.kind === "month" ? gatherEvidence(figures, of.figures, period) : monthEvidence(of);

  /** A quarter or year rests on its months: their documents with manifest and signature. */
  const monthEvidence = (of: PeriodFigures): Promise<Uint8Array> =>
    writeZip(
      of.months.flatMap(({ period }): ZipFile[] => {
        const month = kept.official(period);
        if (!month) return [];
        const file = (name: string, text: string) => ({ name: `months/${period}/${name}`, bytes: Buffer.from(text) });
        return [
          file("assessment.json", month.documentText),
          file("manifest.json", month.seal.manifest ?? ""),
          file("signature.txt", `${month.seal.signature ?? ""}\n`),
        ];
      }),
    );

  const compose = (
    period: Period,
    of: PeriodFigures,
    version: number,
    vetoes: readonly Veto[],
    amendment: Parameters<typeof composeDocument>[0]["amendment"] = null,
  ): AssessmentDocument =>
    composeDocument({
      plant,
      period,
      version,
      figures: of,
      declared: declaredIn(period, records, days),
      scoring,
      factors: factorOf,
      vetoes,
      seal: version > 0 ? kept.sealFacts(period.name, version) : null,
      amendment,
    });

  const mustBeClosed = (period: Period): void => {
    const at = closesAt(period);
    if (clock.now() >= at) return;
    throw new CodedError(
      "CONFLICT",
      `${period.name} takes late data until ${new Date(at).toISOString()}; it can be sealed from then on.`,
    );
  };

  const frozenFigures = (period: Period): PeriodFigures | undefined => {
    const frozen = records.frozenPeriod(period.name);
    return frozen && (JSON.parse(frozen.figures) as PeriodFigures);
  };

  const freezeNow = async (period: Period): Promise<void> => {
    mustBeClosed(period);
    if (records.frozenPeriod(period.name)) return;
    const of = await compute(period, false);
    const evidence = await evidenceOf(period, of);
    records.freezePeriod({ period: period.name, frozenAt: of.frozenAt, figures: JSON.stringify(of), evidence });
    log.info({ period: period.name }, "A period has closed; its figures are frozen");
  };
  const freeze = (period: Period): Promise<void> => {
    const under = freezing.get(period.name) ?? freezeNow(period).finally(() => freezing.delete(period.name));
    freezing.set(period.name, under);
    return under;
  };

  const sealAs = (document: AssessmentDocument, evidence: Uint8Array, user: string, at: EpochMs) =>
    sealPack(document, filesOf(evidence), { key, at, user, previous: kept.previous() });

  const turn = { last: Promise.resolve() };
  /** Each seal names the one before it, so one is made and kept before the next begins. */
  const inTurn = (body: () => Promise<void>): Promise<void> => {
    const mine = turn.last.then(body);
    turn.last = mine.catch(() => undefined);
    return mine;
  };

  const announce = (period: string): void => {
    const official = kept.official(period);
    if (official) parts.onOfficial(official);
  };

  const proposals = (period: string) => {
    const decided = new Set(
      records
        .assessmentSeals(0, Number.MAX_SAFE_INTEGER)
        .filter((seal) => seal.period === period)
        .map(({ version }) => version),
    );
    return records.assessmentVersions(period).filter(({ version }) => !decided.has(version));
  };
  const proposal = (period: string, version: number): KeptVersion => {
    const waits = proposals(period).some((one) => one.version === version);
    const found = waits ? records.assessmentVersion(period, version) : undefined;
    if (found) return found;
    throw new CodedError("NOT_FOUND", `No version ${version} of ${period} waits for a decision.`);
  };

  const sealFirst = async (period: Period, user: string, vetoes: readonly Veto[]): Promise<void> => {
    const { name } = period;
    if (kept.official(name)) return;
    const frozen = records.frozenPeriod(name);
    const of = frozenFigures(period);
    if (!frozen || !of) throw new CodedError("UNKNOWN", `${name} was not frozen; try again.`);
    const document = compose(period, of, 1, vetoes);
    const at = clock.now();
    const sealed = await sealAs(document, frozen.evidence, user, at);
    const shared = { period: name, version: 1, reason: null };
    records.keepVersion(
      { ...shared, madeAt: at, author: user, document: documentText(document), evidence: noEvidence },
      { ...shared, decision: "sealed", at, user, ...sealed },
    );
    announce(name);
  };
  const sealProposal = async (name: string, version: number, user: string): Promise<void> => {
    const { author, document, evidence } = proposal(name, version);
    if (author === user) {
      throw new CodedError("FORBIDDEN", "An amendment is approved by somebody else than its author.");
    }
    const at = clock.now();
    const sealed = await sealAs(JSON.parse(document) as AssessmentDocument, evidence, user, at);
    records.decideVersion({ period: name, version, decision: "sealed", at, user, reason: null, ...sealed });
    announce(name);
  };

  return {
    prepare: async (name) => {
      const period = assessed(name);
      const of = frozenFigures(period) ?? (await compute(period, true));
      const frozen = records.frozenPeriod(name);
      const evidence = frozen ? frozen.evidence : await evidenceOf(period, of);
      const document = compose(period, of, 0, []);
      const pack = await provisionalPack(document, filesOf(evidence));
      if (kept.official(name)) return;
      records.saveDraft({ period: name, madeAt: of.frozenAt, document: documentText(document), pack });
    },
    freeze: async (name) => freeze(assessed(name)),
    seal: async (name, user, vetoes) => {
      const period = assessed(name);
      if (kept.official(name)) return;
      mustBeClosed(period);
      await freeze(period);
      await inTurn(() => sealFirst(period, user, vetoes));
    },
    amend: async (name, user, reason, vetoes) => {
      const period = assessed(name);
      const official = kept.official(name);
      if (!official) throw new CodedError("CONFLICT", `${name} is not sealed: there is nothing to amend.`);
      const waiting = proposals(name)[0];
      if (waiting) {
        throw new CodedError(
          "CONFLICT",
          `Version ${waiting.version} of ${name} waits for approval; decide on it first.`,
        );
      }
      const of = await compute(period, false);
      const amendment = { reason, author: user, of: official.document };
      const version = kept.nextVersion(name);
      const document = compose(period, of, version, vetoes ?? official.document.score.vetoes, amendment);
      const isSame =
        document.amendment?.effects.length === 0 &&
        isSameJson(document.score, official.document.score) &&
        isSameJson(document.declared, official.document.declared);
      if (isSame) throw new CodedError("CONFLICT", `Nothing of ${name} differs from its official version.`);
      const evidence = await evidenceOf(period, of);
      records.keepVersion(
        {
          period: name,
          version,
          madeAt: of.frozenAt,
          author: user,
          reason,
          document: documentText(document),
          evidence,
        },
        null,
      );
    },
    approve: (name, version, user) => inTurn(() => sealProposal(name, version, user)),
    reject: (name, version, user, reason) => {
      proposal(name, version);
      const nothing = { manifest: null, signature: null, publicKey: null, pack: null };
      records.decideVersion({
        period: name,
        version,
        decision: "rejected",
        at: clock.now(),
        user,
        reason,
        ...nothing,
      });
    },
    officials: kept.officials,
  };
}
