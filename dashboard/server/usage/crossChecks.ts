import type { Calendar } from "#shared/model/calendar.ts";
import type { Declared } from "#shared/model/declared.ts";
import type { Interval } from "#shared/model/interval.ts";
import type { Recorded } from "#shared/model/revision.ts";
import type { UsageStatement } from "#shared/model/statement.ts";
import type { Dependencies } from "../context.ts";

/** A declared figure beside what the records themselves say (catalogue E.2). Shown, never corrected. */
export interface CrossCheck {
  readonly id: string;
  readonly declared: number;
  readonly recorded: number;
  /** Difference over the recorded figure; null where that is 0. */
  readonly deviation: number | null;
  readonly deviates: boolean;
}

/** From here on a deviation is shown as one. */
const limit = 0.2;

/** What the records say of P-01 (external tenants seen), P-02 (their amounts by price list), P-21 (projects with completed runs). */
function recordedFigure(
  item: string,
  statement: UsageStatement,
  period: Interval,
  records: Dependencies["records"],
): number | null {
  const external = new Set(records.tenants().flatMap(({ id, relation }) => (relation === "external" ? [id] : [])));
  if (item === "P-01") {
    const used = Object.entries(statement.byTenant).filter(([id, { usedH }]) => external.has(id) && usedH > 0);
    return used.length;
  }
  if (item === "P-02") {
    const amounts = Object.entries(statement.byTenant).map(([id, { cny }]) => (external.has(id) ? cny : 0));
    return amounts.reduce((sum, cny) => sum + cny, 0);
  }
  if (item === "P-21") {
    const ended = records
      .runs(period.from, period.to)
      .filter(({ state, to }) => state === "completed" && to !== null && to >= period.from && to < period.to);
    return new Set(ended.flatMap(({ project }) => project ?? [])).size;
  }
  return null;
}

/** Checks of the items that can be checked; `statementOf` gives the usage statement of a period. */
export function crossChecks(
  items: readonly Recorded<Declared>[],
  statementOf: (period: string) => UsageStatement,
  calendar: Calendar,
  records: Dependencies["records"],
): readonly CrossCheck[] {
  const statements = new Map<string, UsageStatement>();
  return items.flatMap(({ id, item, period, value }) => {
    if (!["P-01", "P-02", "P-21"].includes(item)) return [];
    const statement = statements.get(period) ?? statementOf(period);
    statements.set(period, statement);
    const recorded = recordedFigure(item, statement, calendar.period(period), records);
    if (recorded === null) return [];
    const deviation = recorded === 0 ? null : Math.abs(value - recorded) / recorded;
    return [
      { id, declared: value, recorded, deviation, deviates: recorded === 0 ? value > 0 : (deviation ?? 0) > limit },
    ];
  });
}
