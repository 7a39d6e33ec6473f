import type { AssessedDeclaration, AssessmentDocument } from "#shared/model/assessment.ts";
import { type Calendar, calendar, type Period } from "#shared/model/calendar.ts";
import { isIndicatorId } from "#shared/model/catalogue/catalogue.ts";
import { CodedError } from "#shared/model/errors.ts";
import { type EpochMs, instant } from "#shared/model/time.ts";
import type { RecordsReader } from "#shared/store/records/port.ts";
import type { Figures } from "../indicators/figures.ts";
import type { PeriodFigures } from "./document.ts";
import { fromMonths } from "./fromMonths.ts";

/** The months of a quarter or year, in order; a month is its own. */
export function monthsOf(period: Period, { periodAt }: Calendar): readonly Period[] {
  const months: Period[] = [];
  for (let at = period.from; at < period.to; at = months.at(-1)?.to ?? period.to) months.push(periodAt("month", at));
  return months;
}

/** An official version: what it says, and the last hash of its chain. */
export interface Official {
  readonly document: AssessmentDocument;
  readonly lastHash: string;
}

/**
 * The figures of a period. A month is computed from stored facts. A quarter or year is made of the official versions of
 * its months; with `provisional`, while one of them is not sealed, of stored facts. Throws `CONFLICT` without it.
 */
export async function figuresOfPeriod(
  period: Period,
  parts: {
    readonly figures: Pick<Figures, "of">;
    readonly timeZone: string;
    readonly official: (period: string) => Official | undefined;
  },
  now: EpochMs,
  provisional: boolean,
): Promise<PeriodFigures> {
  const { figures, timeZone, official } = parts;
  const whole = await figures.of(period);
  const frozenAt = instant(now);
  if (period.kind === "month") return { frozenAt, months: [], figures: whole };
  const months = monthsOf(period, calendar(timeZone)).map(({ name }) => ({ name, official: official(name) }));
  const open = months.filter((month) => !month.official).map(({ name }) => name);
  const sealed = months.flatMap(({ name, official: found }) => (found ? [{ name, ...found }] : []));
  const named = sealed.map(({ name, document, lastHash }) => ({ period: name, version: document.version, lastHash }));
  if (open.length === 0) {
    const parts = sealed.map(({ document }) => document.figures);
    return { frozenAt, months: named, figures: fromMonths(period, parts, whole) };
  }
  if (provisional) return { frozenAt, months: named, figures: whole };
  throw new CodedError("CONFLICT", `${period.name} is made of its months; seal ${open.join(", ")} first.`);
}

/** What was declared for a period or for a part of it, as it stands now. */
export function declaredIn(
  period: Period,
  records: Pick<RecordsReader, "declaredItems">,
  { period: named }: Calendar,
): readonly AssessedDeclaration[] {
  return records
    .declaredItems()
    .filter(({ item, period: of }) => {
      const { from, to } = named(of);
      return isIndicatorId(item) && from >= period.from && to <= period.to;
    })
    .flatMap((one): AssessedDeclaration[] => {
      if (one.state === "withdrawn") return [];
      return [
        {
          indicator: one.item,
          period: one.period,
          value: one.value,
          unit: one.unit,
          state: one.state,
          evidenceSha256: one.evidence?.sha256 ?? null,
          declaredBy: one.declarer,
          verifiedBy: one.verifier,
        },
      ];
    })
    .toSorted(
      (a, b) => compare(a.indicator, b.indicator) || compare(a.period, b.period) || compare(a.declaredBy, b.declaredBy),
    );
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
