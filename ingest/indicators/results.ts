import { type IndicatorId, indicatorCatalogue } from "#shared/model/catalogue/catalogue.ts";
import { coverageStatus, type IndicatorResult } from "#shared/model/indicator.ts";
import type { Plant } from "#shared/plant/plant.ts";
import { digestOf } from "./facts/digest.ts";
import { traceability } from "./quality/traceability.ts";
import { figureDefinitions } from "./registry.ts";
import { type Figure, type FigureDefinition, type FigureSource, none, type ScopeFacts } from "./scope.ts";

/** What figures themselves, not their facts, take of the plant. */
export const plantKeys = ({ calendar, tariffs, gridRegion, baselines, powerFactorStandard, affiliates }: Plant) => [
  calendar,
  tariffs,
  gridRegion,
  baselines,
  powerFactorStandard,
  affiliates,
];

export function digestsOf(facts: ScopeFacts, plantDigest: string): Digests {
  const days = facts.equipment.map(({ spec, days: own }) => [
    spec.id,
    own.map(({ day, digest }) => `${day} ${digest}`),
  ]);
  const expected = facts.equipment.map(({ expectedMs }) => expectedMs);
  return {
    facts: digestOf(JSON.stringify([days, expected])),
    runs: digestOf(
      JSON.stringify([
        facts.endedRuns.map(({ run: { revision: _revision, ...run }, parts }) => [run, parts]),
        facts.runs.map(({ revision: _revision, ...run }) => run),
      ]),
    ),
    bookings: digestOf(JSON.stringify(facts.endedBookings)),
    alarms: digestOf(
      JSON.stringify(facts.alarms.map(({ line, digest, positionHours }) => [line, digest, positionHours])),
    ),
    declared: digestOf(JSON.stringify(facts.declared)),
    plant: plantDigest,
    arrivals: digestOf(JSON.stringify(facts.equipment.map(({ arrival }) => arrival))),
  };
}

type Digests = Readonly<Record<FigureSource, string>>;

/** What makes a result of a figure of these facts. */
const resulting =
  ({ scope, period, until }: ScopeFacts, digests: Digests) =>
  (id: IndicatorId, sources: readonly FigureSource[], figure: Figure): IndicatorResult => {
    const { version, unit } = indicatorCatalogue[id];
    const coverage = figure.coverage ?? 0;
    const value = figure.value ?? null;
    return {
      indicator: id,
      definitionVersion: version,
      scope,
      period: period.name,
      from: period.from,
      to: period.to,
      until,
      value,
      unit,
      numerator: figure.numerator ?? null,
      denominator: figure.denominator ?? null,
      lower: figure.lower ?? null,
      upper: figure.upper ?? null,
      coverage,
      status: coverageStatus(coverage),
      reason: value === null ? (figure.reason ?? "no_data") : null,
      flags: figure.flags ?? [],
      parts: figure.parts ?? {},
      factorIds: [...(figure.factorIds ?? [])].sort(),
      inputDigest: digestOf([id, version, period.name, scope, ...sources.map((source) => digests[source])].join("\n")),
      origin: figure.origin ?? "measured",
    };
  };

/** Some figures of a scope. */
export const figuresOf = (
  facts: ScopeFacts,
  definitions: readonly FigureDefinition[],
  digests: Digests,
): readonly IndicatorResult[] =>
  definitions.map(({ id, sources, figure }) => resulting(facts, digests)(id, sources, figure(facts)));

/** Every figure of a scope, those about the figures themselves too. */
export function resultsOf(facts: ScopeFacts, digests: Digests): readonly IndicatorResult[] {
  const result = resulting(facts, digests);
  const results = figuresOf(facts, figureDefinitions, digests);
  const lineage = traceability(
    results
      .filter(({ value }) => value !== null)
      .map(({ definitionVersion, factorIds, inputDigest }) => ({
        sourceTags: facts.equipment.flatMap(({ spec }) => spec.signals.map(({ tag }) => tag)),
        definitionVersion,
        factorIds,
        inputDigest,
      })),
  );
  const count = results.filter(({ value }) => value !== null).length;
  // An assessment says them of itself when it is sealed.
  const unsealed = none(facts.level === "platform" ? "not_sealed" : "not_at_this_scope");
  return [
    ...results,
    result("D-06", ["facts", "plant"], {
      ...lineage,
      lower: lineage.value,
      upper: lineage.value,
      coverage: count > 0 ? 1 : 0,
      reason: count > 0 ? null : "no_figures",
    }),
    result("D-07", [], unsealed),
    result("D-08", [], unsealed),
  ];
}
