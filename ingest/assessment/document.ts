import {
  type AmendmentEffect,
  type AssessedDeclaration,
  type AssessedDefinition,
  type AssessedFactor,
  type AssessedFigure,
  type AssessedKind,
  type AssessmentDocument,
  assessedKinds,
  graceHours,
  type Veto,
} from "#shared/model/assessment.ts";
import type { Period } from "#shared/model/calendar.ts";
import { indicatorCatalogue, isIndicatorId } from "#shared/model/catalogue/catalogue.ts";
import { CodedError } from "#shared/model/errors.ts";
import { type EpochMs, hours, later } from "#shared/model/time.ts";
import { wallClock } from "#shared/model/wallClock.ts";
import type { PlatformScoring } from "#shared/plant/assessmentProfile.ts";
import type { Plant } from "#shared/plant/plant.ts";
import { scoreAssessment } from "./scoring.ts";
import { type SealFacts, withSealFigures } from "./sealFigures.ts";

/** The figures of a period at one moment, before they are scored. */
export interface PeriodFigures {
  readonly frozenAt: EpochMs;
  readonly months: AssessmentDocument["months"];
  readonly figures: readonly AssessedFigure[];
}

export interface DocumentParts {
  readonly plant: Plant;
  readonly period: Period;
  readonly version: number;
  readonly figures: PeriodFigures;
  readonly declared: readonly AssessedDeclaration[];
  readonly scoring: PlatformScoring | null;
  readonly factors: (id: string) => AssessedFactor;
  readonly vetoes: readonly Veto[];
  /** Null of what is provisional. */
  readonly seal: SealFacts | null;
  /** Of a version after the first: why, by whom, and the version that was official until then. */
  readonly amendment: { readonly reason: string; readonly author: string; readonly of: AssessmentDocument } | null;
}

/** The kind of an assessed period; throws `MALFORMED` for a day. */
export function assessedKind(period: Period): AssessedKind {
  const kind = assessedKinds.find((known) => known === period.kind);
  if (kind) return kind;
  throw new CodedError("MALFORMED", `\`${period.name}\` is a day; months, quarters and years are assessed.`);
}

/** A period takes late data until then (catalogue D-07). */
export const closesAt = (period: Period): EpochMs => later(period.to, hours(graceHours));

function definitionOf(indicator: string, version: string): AssessedDefinition {
  if (!isIndicatorId(indicator)) {
    return { indicator, version, zh: indicator, en: indicator, formula: "", unit: "1", better: "neither" };
  }
  const { zh, en, formula, unit, better } = indicatorCatalogue[indicator];
  return { indicator, version, zh, en, formula, unit, better };
}

/** Everything that the assessment of a period says. The same parts give the same document, key by key. */
export function composeDocument(parts: DocumentParts): AssessmentDocument {
  const { plant, period, version, figures, declared, amendment } = parts;
  const { platform } = plant;
  const kind = assessedKind(period);
  const known = parts.seal ? withSealFigures(figures.figures, platform.id, parts.seal) : figures.figures;
  const ordered = known.toSorted((a, b) => compare(a.indicator, b.indicator) || compare(a.scope, b.scope));
  const versions = new Map(ordered.map(({ indicator, definitionVersion }) => [indicator, definitionVersion]));
  for (const { indicator } of declared) versions.set(indicator, versions.get(indicator) ?? "1.0.0");
  const { scoring, score } = scoreAssessment({
    kind,
    day: lastDay(period, platform.timeZone),
    figures: ordered.filter(({ scope }) => scope === platform.id),
    declared,
    platform: parts.scoring,
    vetoes: parts.vetoes,
  });
  const factorIds = [...new Set(ordered.flatMap((figure) => figure.factorIds))].sort();
  return {
    format: "pilotline-assessment/1",
    platform: { id: platform.id, name: platform.name },
    period: period.name,
    kind,
    from: period.from,
    to: period.to,
    timeZone: platform.timeZone,
    closesAt: closesAt(period),
    frozenAt: figures.frozenAt,
    version,
    lines: plant.lines.map(({ id, name }) => ({ scope: `${platform.id}/${id}`, name })),
    months: figures.months,
    definitions: [...versions].toSorted(([a], [b]) => compare(a, b)).map(([id, of]) => definitionOf(id, of)),
    factors: factorIds.map(parts.factors),
    figures: ordered,
    declared,
    scoring,
    score,
    amendment: amendment && {
      reason: amendment.reason,
      author: amendment.author,
      effects: effectsOf(amendment.of, ordered, score.total, platform.id),
    },
  };
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

const lastDay = (period: Period, timeZone: string): string =>
  new Date(wallClock(timeZone).wall(period.to) - 1).toISOString().slice(0, 10);

/** The id under which the total of the score stands among the effects. */
export const totalEffect = "score.total";

/** What differs between the official version and new figures. */
function effectsOf(
  official: AssessmentDocument,
  figures: readonly AssessedFigure[],
  total: number | null,
  platform: string,
): readonly AmendmentEffect[] {
  const before = new Map(official.figures.map((figure) => [`${figure.indicator} ${figure.scope}`, figure]));
  const changed = figures.flatMap((figure): AmendmentEffect[] => {
    const { indicator, scope, value } = figure;
    // That it is amended is no effect of what came.
    if (indicator === "D-07") return [];
    const was = before.get(`${indicator} ${scope}`);
    const names = Object.keys(figure.parts).filter((name) => (was?.parts[name] ?? null) !== figure.parts[name]);
    const ofParts = names.map((name) => ({
      indicator,
      figure: name,
      scope,
      before: was?.parts[name] ?? null,
      after: figure.parts[name] ?? null,
    }));
    const isSame =
      was !== undefined &&
      was.value === value &&
      was.numerator === figure.numerator &&
      was.denominator === figure.denominator &&
      was.coverage === figure.coverage;
    return isSame
      ? ofParts
      : [{ indicator, figure: null, scope, before: was?.value ?? null, after: value }, ...ofParts];
  });
  if (total === official.score.total) return changed;
  const effect = { indicator: totalEffect, figure: null, scope: platform, before: official.score.total, after: total };
  return [...changed, effect];
}
