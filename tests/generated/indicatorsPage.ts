import { alarmBenchmarks } from "#shared/model/alarmBenchmarks.ts";
import { indicatorCatalogue } from "#shared/model/catalogue/catalogue.ts";
import type { Aggregation, Better, IndicatorEntry, Source, TimeBasis } from "#shared/model/catalogue/entry.ts";
import { demandIntervals } from "#shared/model/green/demand.ts";
import type { Standard } from "#shared/model/standard.ts";
import gridFactors from "#shared/model/standards/gridFactors.json" with { type: "json" };
import { gradeScales } from "../../ingest/assessment/grade.ts";
import { assessmentProfiles } from "../../ingest/assessment/profile.ts";
import { energyCoefficients } from "../../ingest/indicators/green/comprehensiveEnergy.ts";
import { exhaustValidity } from "../../ingest/indicators/green/exhaust.ts";
import { gasSetpoints } from "../../ingest/indicators/safety/gasDetectors.ts";
import machineHourQuotas from "../../ingest/indicators/standards/machineHourQuotas.json" with { type: "json" };

const parts = {
  U: "Utilisation 设备利用",
  S: "Safety 安全运行",
  G: "Green operation 绿色运行",
  D: "Data quality 数据质量",
};

const better: Record<Better, string> = { higher: "↑", lower: "↓", neither: "–" };

const aggregation: Record<Aggregation, string> = {
  ratio_of_sums: "Σ/Σ",
  sum: "Σ",
  maximum: "maximum",
  maximum_of_simultaneous_sum: "maximum of the simultaneous sum",
  time_weighted_mean: "time-weighted mean",
  all: "all must pass",
};

const basis: Record<TimeBasis, string> = {
  calendar: "calendar time",
  in_service: "time in service",
  event: "instant of the event",
  windows: "windows of the wall clock",
  month: "month",
  period_end: "end of the period",
};

const source: Record<Source, string> = { measured: "M", records: "R", declared: "D" };

const units = ({ unit, parts: more = {} }: IndicatorEntry): string =>
  [`\`${unit}\``, ...Object.entries(more).map(([part, other]) => `${part} \`${other}\``)].join(", ");

const escaped = (text: string): string => text.replaceAll("|", "\\|");

const row = (id: string, entry: IndicatorEntry): string =>
  `| ${[
    id,
    entry.zh,
    entry.en,
    escaped(entry.formula),
    units(entry),
    better[entry.better],
    aggregation[entry.aggregation],
    basis[entry.basis],
    entry.sources.map((name) => source[name]).join("+"),
    entry.missing,
    entry.version,
  ].join(" | ")} |`;

const standards: readonly (readonly Standard<unknown>[])[] = [
  alarmBenchmarks,
  gasSetpoints,
  exhaustValidity,
  demandIntervals,
  energyCoefficients,
  gridFactors,
  machineHourQuotas,
  gradeScales,
  assessmentProfiles,
];

/** The page of indicators: what each is, and the standards that they are judged by. */
export const indicatorsPage = (): string =>
  [
    "# Indicators",
    "",
    "Generated from `shared/model/catalogue/` and the standards under `ingest/` by `npm run generate`; a test compares.",
    "Every ratio is carried as numerator and denominator: sums are divided once, ratios are never averaged. Coverage from",
    "0.95 on is `ok`, from 0.75 on `low_coverage`, below that `insufficient`: shown, not scored. Sources: M measured, R",
    "records in the system, D declared with evidence. Units are UCUM.",
    "",
    ...Object.entries(parts).flatMap(([letter, title]) => [
      `## ${title}`,
      "",
      "| id | 名称 | name | formula | unit | better | over parts | time | source | missing data | version |",
      "|---|---|---|---|---|---|---|---|---|---|---|",
      ...Object.entries<IndicatorEntry>(indicatorCatalogue)
        .filter(([id]) => id.startsWith(letter))
        .map(([id, entry]) => row(id, entry)),
      "",
    ]),
    "## Standards",
    "",
    "Evidence: V read in the source, V2 in a text that quotes it, GK general knowledge, P decision of the project. Confirm a",
    "value with the issuing authority before it stands in an official report.",
    "",
    "| id | source | evidence | valid from | to |",
    "|---|---|---|---|---|",
    ...standards
      .flat()
      .map(
        (one) =>
          `| \`${one.id}\` | ${one.source} | ${one.evidence} | ${one.validFrom ?? "–"} | ${one.validTo ?? "–"} |`,
      ),
    "",
  ].join("\n");
