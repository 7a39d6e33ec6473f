import { canonicalJson, type Json } from "#shared/kit/canonicalJson.ts";
import type { AssessmentDocument } from "#shared/model/assessment.ts";
import { calendar } from "#shared/model/calendar.ts";
import { CodedError } from "#shared/model/errors.ts";
import { inForce } from "#shared/model/standard.ts";
import type { PlatformScoring } from "#shared/plant/assessmentProfile.ts";
import type { Plant } from "#shared/plant/plant.ts";
import type { RecordsReader } from "#shared/store/records/port.ts";
import { plainJson } from "#shared/store/records/sealCheck.ts";
import type { Figures } from "../../indicators/figures.ts";
import { composeDocument } from "../document.ts";
import { factorOf } from "../factors.ts";
import { createKept } from "../kept.ts";
import { documentText } from "../pack.ts";
import { figuresOfPeriod } from "../periodFigures.ts";
import { breakpointTables } from "../profile.ts";

/** One thing that came out otherwise. */
export interface Difference {
  readonly what: string;
  readonly sealed: string;
  readonly recomputed: string;
}

export interface Recomputation {
  readonly period: string;
  readonly version: number;
  /** Byte for byte. */
  readonly isSame: boolean;
  readonly differences: readonly Difference[];
}

/** The platform's own scoring, as the document says it was. */
function scoringOf({ scoring }: AssessmentDocument): PlatformScoring | null {
  if (!scoring.platform) return null;
  const shipped = inForce(breakpointTables, "9999-12-31").values;
  const own = Object.entries(scoring.breakpoints).filter(
    ([id, points]) => JSON.stringify(shipped[id]) !== JSON.stringify(points),
  );
  return {
    ...scoring.platform,
    ...(own.length > 0
      ? { breakpoints: own.map(([indicator, points]) => ({ indicator, points: points.map((pair) => [...pair]) })) }
      : {}),
    notApplicable: [...scoring.notApplicable],
  };
}

/**
 * Computes an official assessment again from the store and compares it with what was sealed, byte for byte. What people
 * declared, vetoes, the reason of an amendment and names of lines are taken from the document: they are no computation. Throws
 * `NOT_FOUND` where the period is not sealed, `DAMAGED` where what is kept is not what was sealed.
 */
export async function recompute(
  name: string,
  { plant, records, figures }: { plant: Plant; records: RecordsReader; figures: Pick<Figures, "of"> },
): Promise<Recomputation> {
  const kept = createKept(records);
  const official = kept.official(name);
  if (!official) throw new CodedError("NOT_FOUND", `${name} is not sealed; only what is sealed can be compared.`);
  const { document, documentText: sealedText } = official;
  const { timeZone } = plant.platform;
  const period = calendar(timeZone).period(name);
  const named = (of: string) => {
    const month = kept.official(of);
    const used = document.months.find((one) => one.period === of);
    const version = used && records.assessmentVersion(of, used.version);
    return version && month ? { ...month, document: JSON.parse(version.document), lastHash: used.lastHash } : month;
  };
  const found = await figuresOfPeriod(period, { figures, timeZone, official: named }, document.frozenAt, false);
  const composed = composeDocument({
    plant,
    period,
    version: document.version,
    figures: found,
    declared: document.declared,
    scoring: scoringOf(document),
    factors: factorOf,
    vetoes: document.score.vetoes,
    seal: kept.sealFacts(name, document.version),
    amendment: null,
  });
  const again: AssessmentDocument = { ...composed, lines: document.lines, amendment: document.amendment };
  const isSame = documentText(again) === sealedText;
  return { period: name, version: document.version, isSame, differences: isSame ? [] : differences(document, again) };
}

const text = (value: unknown): string => (value === undefined ? "–" : canonicalJson(plainJson(value)));

function differences(sealed: AssessmentDocument, again: AssessmentDocument): readonly Difference[] {
  const keyed = ({ figures }: AssessmentDocument) =>
    new Map(
      figures.map((figure) => [`${figure.indicator} ${figure.scope}`, figure as unknown as Record<string, Json>]),
    );
  const [before, after] = [keyed(sealed), keyed(again)];
  const names = [...new Set([...before.keys(), ...after.keys()])];
  const ofFigures = names.flatMap((name): Difference[] => {
    const [was, is] = [before.get(name), after.get(name)];
    if (!was || !is) return [{ what: name, sealed: text(was), recomputed: text(is) }];
    return Object.keys(was)
      .filter((key) => text(was[key]) !== text(is[key]))
      .map((key) => ({ what: `${name} ${key}`, sealed: text(was[key]), recomputed: text(is[key]) }));
  });
  const others = (Object.keys(sealed) as (keyof AssessmentDocument)[])
    .filter((key) => key !== "figures" && text(sealed[key]) !== text(again[key]))
    .map((key) => ({ what: key, sealed: text(sealed[key]), recomputed: text(again[key]) }));
  return [...ofFigures, ...others];
}
