import type { IndicatorResult } from "#shared/model/indicator.ts";
import { type EpochMs, instant } from "#shared/model/time.ts";
import { fixturePlant, tagOf } from "./fixturePlant.ts";

const factor = "isa-18.2-eemua-191";
const reactor = tagOf("fine-chemical/reactor/temperature");

/** The safety figures of the platform and its lines: the platform is overloaded, coating too poorly known to be rated. */
export function fixtureMeasures(period: "day" | "month", now: EpochMs): readonly IndicatorResult[] {
  const from = instant(now - (period === "day" ? 8 : 31 * 24) * 3_600_000);
  const flags = period === "day" ? ["indicative"] : [];
  const of = (scope: string, indicator: string, more: Partial<IndicatorResult>): IndicatorResult => ({
    definitionVersion: "1.0.0",
    indicator,
    scope,
    period: new Date(now).toISOString().slice(0, period === "day" ? 10 : 7),
    from,
    to: instant(now + 3_600_000),
    until: now,
    value: null,
    unit: "1",
    numerator: null,
    denominator: null,
    lower: null,
    upper: null,
    coverage: 0.97,
    status: "ok",
    reason: null,
    parts: {},
    factorIds: [factor],
    inputDigest: null,
    origin: "measured",
    ...more,
    flags: [...flags, ...(more.flags ?? [])],
  });
  const rate = (perDay: number, rating: string): Partial<IndicatorResult> => ({
    ...{ value: perDay / 24, unit: "/h", numerator: perDay * 31, denominator: 31 * 24, parts: { per_day: perDay } },
    flags: [`rating:${rating}`],
  });
  const little = { coverage: 0.42, status: "insufficient" } as const;
  return [
    of("demo", "S-01", rate(412, "overloaded")),
    of("demo", "S-02", { value: 0.0042, numerator: 18, denominator: 4_286 }),
    of("demo", "S-03", { value: 27, unit: "{alarm}" }),
    of("demo", "S-04", {
      value: 0.016,
      numerator: 690,
      denominator: 42_860,
      parts: { floods: 7, alarms_in_flood: 391 },
    }),
    of("demo", "S-05", { value: 3, unit: "{alarm}", parts: { alarms: 6 } }),
    of("demo", "S-06", {
      ...{ value: 1, unit: "{tag}", numerator: 1, flags: [`chattering:${reactor}`], parts: { fleeting: 12 } },
    }),
    of("demo", "S-07", { value: 0.34, numerator: 4_343, denominator: 12_772 }),
    of("demo", "S-08", { value: 0.11, denominator: 12_772, parts: { low: 0.69, medium: 0.22, high: 0.09 } }),
    of("demo", "S-09", {
      ...{ value: 0.91, numerator: 11_620, denominator: 12_770 },
      parts: { high: 0.94, medium: 0.9, low: 0.91, p50: 38, p90: 260, pending: 2 },
    }),
    of("demo", "S-10", { value: 6.2, unit: "{alarm}", parts: { maximum: 31 } }),
    of("demo", "S-11", { value: 0, unit: "{finding}", numerator: 0, parts: { total: 14.5, over_limit: 0, count: 9 } }),
    of("demo", "S-14", { value: 0.993, numerator: 4_412, denominator: 4_443 }),
    of("demo", "S-17", { unit: "h", coverage: 0, status: "insufficient", reason: "not_declared" }),
    of("demo/coating", "S-01", { ...rate(96, "acceptable"), ...little }),
    of("demo/coating", "S-07", { reason: "no_alarms" }),
  ];
}

export function fixtureFrequent(line: string | null) {
  const names = ["釜内温度高", "烘箱一区温度低", "发酵罐 pH 偏差"];
  const alarms = fixturePlant.lines.flatMap(({ id }, k) => ({
    alarm: `demo/${id}/TAH-${k}`,
    line: id,
    equipment: "reactor",
    tag: reactor,
    name: { zh: names[k] ?? `报警 ${k}`, en: `Temperature high ${k}` },
    priority: (["high", "medium", "low"] as const)[k % 3] ?? "low",
    annunciations: 2_400 - k * 700,
  }));
  return { total: 12_772, alarms: alarms.filter((each) => line === null || each.line === line) };
}
