import type {
  AssessedDeclaration,
  AssessedFigure,
  AssessedKind,
  AssessedScore,
  AssessedScoring,
  ScoredPoint,
  Veto,
} from "#shared/model/assessment.ts";
import { type IndicatorId, indicatorCatalogue, isIndicatorId } from "#shared/model/catalogue/catalogue.ts";
import { CodedError } from "#shared/model/errors.ts";
import { ratio, sum } from "#shared/model/ratio.ts";
import { inForce, type Standard } from "#shared/model/standard.ts";
import { hours } from "#shared/model/time.ts";
import type { PlatformScoring } from "#shared/plant/assessmentProfile.ts";
import { finalGrade, gradeScales } from "./grade.ts";
import { type AssessmentProfile, assessmentProfiles, breakpointTables, type Finding, scoreProfile } from "./profile.ts";
import { scoreAt } from "./score.ts";

/** Which profile a period is scored by: running operation by month and quarter, the year as a whole. */
const profileOfKind: Readonly<Record<AssessedKind, string>> = { month: "OPS", quarter: "OPS", year: "PERF" };

/** What is scored, and with what. */
export interface ScoreInputs {
  readonly kind: AssessedKind;
  /** Last local day of the period: what was in force then holds. */
  readonly day: string;
  /** Figures of the whole platform. */
  readonly figures: readonly AssessedFigure[];
  readonly declared: readonly AssessedDeclaration[];
  readonly platform: PlatformScoring | null;
  readonly vetoes: readonly Veto[];
}

type Item = AssessmentProfile["groups"][number]["items"][number];

interface Explained extends Finding {
  readonly reason: string | null;
}

/** Hours of a period per instrument, as if a year went on like it. */
const perYear = "per_instrument_and_year";
const yearMs = hours(24 * 365);

/** The figure that a profile's item means: the value, or a part of it by its name. */
function figureOf(figure: AssessedFigure, part: string | undefined): number | null {
  if (part === undefined) return figure.value;
  if (part !== perYear) return figure.parts[part] ?? null;
  const ofPeriod = figure.parts.per_instrument ?? null;
  return ofPeriod === null ? null : (ofPeriod * yearMs) / (figure.to - figure.from);
}

function measuredFinding(figure: AssessedFigure | undefined, item: Item): Explained {
  const missing = (reason: string) => ({ status: "missing" as const, value: null, points: null, reason });
  if (!figure) return missing("no figure of this platform");
  const value = figureOf(figure, item.figure);
  if (value === null) return missing(figure.reason ?? `no ${item.figure ?? "value"}`);
  const { status } = figure;
  return { status, value, points: null, reason: status === "insufficient" ? "coverage below 0.75" : null };
}

/** Several declarations of one item: amounts add up, shares are averaged. */
function declaredValue(indicator: string, values: readonly number[]): number {
  const isSum = isIndicatorId(indicator) && indicatorCatalogue[indicator].aggregation === "sum";
  return isSum ? sum(values) : sum(values) / values.length;
}

/** Verified declarations of one item are one; what nobody has verified scores nothing. */
function declaredFinding(
  items: readonly AssessedDeclaration[],
  breakpoints: AssessedScoring["breakpoints"],
  indicator: string,
): Explained {
  const verified = items.filter(({ state }) => state === "verified");
  if (verified.length === 0) {
    const status = items.length > 0 ? "unverified" : "missing";
    const reason = items.length > 0 ? "declared, not verified" : "nothing declared";
    return { status, value: null, points: null, reason };
  }
  const value = declaredValue(
    indicator,
    verified.map((item) => item.value),
  );
  if (breakpoints[indicator]) return { status: "ok", value, points: null, reason: null };
  return { status: "ok", value, points: 0, reason: "the platform has no breakpoints for it" };
}

/** Scores a period by its profile (catalogue E.1), and says with what. Throws `CONFIG` for a profile that is wrong. */
export function scoreAssessment(inputs: ScoreInputs): { scoring: AssessedScoring; score: AssessedScore } {
  const { kind, day, figures, declared, platform, vetoes } = inputs;
  const named = assessmentProfiles.filter(({ values }) => values.name === profileOfKind[kind]);
  const profile = inForce(named, day);
  const table = inForce(breakpointTables, day);
  const scale = inForce(gradeScales, day);
  const own = Object.fromEntries((platform?.breakpoints ?? []).map(({ indicator, points }) => [indicator, points]));
  const used = new Set(profile.values.groups.flatMap(({ items }) => items.map(({ indicator }) => indicator)));
  for (const indicator of Object.keys(own)) {
    if (!isIndicatorId(indicator)) throw new CodedError("CONFIG", `assessment.yaml: \`${indicator}\` is no indicator.`);
  }
  const breakpoints: AssessedScoring["breakpoints"] = Object.fromEntries(
    Object.entries({ ...table.values, ...own })
      .filter(([indicator]) => used.has(indicator))
      .map(([indicator, points]) => [indicator, points.map((pair) => [...pair])]),
  );
  const notApplicable = (platform?.notApplicable ?? []).filter(({ indicator }) => used.has(indicator));

  const found = new Map<string, Explained>();
  for (const group of profile.values.groups) {
    for (const item of group.items) {
      const { indicator } = item;
      const excused = notApplicable.find((one) => one.indicator === indicator);
      if (excused) {
        found.set(indicator, { status: "not_applicable", value: null, points: null, reason: excused.reason });
      } else if (group.kind === "declared") {
        const items = declared.filter((one) => one.indicator === indicator);
        found.set(indicator, declaredFinding(items, breakpoints, indicator));
      } else {
        const figure = figures.find((one) => one.indicator === indicator);
        found.set(indicator, measuredFinding(figure, item));
      }
    }
  }
  const findings = found as ReadonlyMap<IndicatorId, Explained>;
  const {
    groups,
    total,
    measured,
    declared: declaredPart,
    missing,
  } = scoreProfile(profile.values, breakpoints, findings);
  const scoreOf = new Map(groups.map(({ id, score }) => [id, score]));
  const measuredCoverage = coverageOf(profile.values, figures, found);
  const evidence = { vetoes: vetoes.map((veto) => veto.kind), measuredCoverage, isChainIntact: true };
  return {
    scoring: {
      profile: profile.id,
      name: profile.values.name,
      zh: profile.values.zh,
      en: profile.values.en,
      source: profile.source,
      gradeScale: scale.id,
      breakpointSources: [
        sourceOf(table),
        ...(platform?.breakpoints ? [`${platform.version}: ${platform.source}`] : []),
      ],
      breakpoints,
      platform: platform && { version: platform.version, source: platform.source },
      notApplicable,
    },
    score: {
      total,
      measured,
      declared: declaredPart,
      groups: profile.values.groups.map(({ id, kind: groupKind, items }) => ({
        id,
        kind: groupKind as "measured" | "derived" | "declared",
        weight: sum(items.map(({ weight }) => weight)),
        score: scoreOf.get(id) ?? null,
        items: items.map((item) => pointOf(item, found.get(item.indicator), breakpoints)),
      })),
      missing,
      measuredCoverage,
      vetoes,
      grade: total === null ? null : finalGrade(total, evidence, scale.values),
    },
  };
}

const sourceOf = ({ id, source }: Standard<unknown>): string => `${id}: ${source}`;

function pointOf(item: Item, finding: Explained | undefined, breakpoints: AssessedScoring["breakpoints"]): ScoredPoint {
  const { status = "missing", value = null, points = null, reason = null } = finding ?? {};
  const table = breakpoints[item.indicator];
  const isScored = status === "ok" || status === "low_coverage";
  const given = (): number => {
    if (!isScored) return 0;
    if (points !== null) return points;
    return value === null || !table
      ? 0
      : scoreAt(
          table.map(([x = 0, y = 0]) => [x, y] as const),
          value,
        );
  };
  return {
    indicator: item.indicator,
    figure: item.figure ?? null,
    weight: item.weight,
    status,
    value,
    points: status === "not_applicable" ? null : given(),
    reason,
  };
}

/** Coverage of what is measured, weighted by points; what is missing was not covered. */
function coverageOf(
  { groups }: AssessmentProfile,
  figures: readonly AssessedFigure[],
  found: ReadonlyMap<string, Explained>,
): number {
  const items = groups
    .filter(({ kind }) => kind !== "declared")
    .flatMap((group) => group.items)
    .filter(({ indicator }) => found.get(indicator)?.status !== "not_applicable");
  const covered = items.map(({ indicator, weight }) => {
    const figure = figures.find((one) => one.indicator === indicator);
    return weight * (figure && found.get(indicator)?.value !== null ? figure.coverage : 0);
  });
  return ratio(sum(covered), sum(items.map(({ weight }) => weight))) ?? 0;
}
