import { notNegative } from "#shared/model/checks.ts";
import { type CoverageStatus, coverageStatus } from "#shared/model/indicator.ts";
import { ratio } from "#shared/model/ratio.ts";
import type { StateTime } from "./stateTime.ts";

/** The time stack of SEMI E10 and its ratios, U-01 to U-03. Times in the unit that came in. */
export interface E10Stack {
  /** TT: known time. */
  readonly total: number;
  /** OT: known time without NST. */
  readonly operations: number;
  readonly uptime: number;
  readonly downtime: number;
  /** MT: PRD and SBY. */
  readonly manufacturing: number;
  /** U-03, UT / OT. */
  readonly operationalUptime: number | null;
  readonly totalUptime: number | null;
  /** U-02, PRD / OT. */
  readonly operationalUtilisation: number | null;
  /** U-01, PRD / TT. */
  readonly totalUtilisation: number | null;
}

/** The stack of known time per state, in any one unit of time; UNK is no part of it. */
export function semiE10(time: Omit<StateTime, "UNK">): E10Stack {
  const of = (state: keyof typeof time): number => notNegative(time[state], `time in ${state}`);
  const uptime = of("PRD") + of("SBY") + of("ENG");
  const downtime = of("SDT") + of("UDT");
  const operations = uptime + downtime;
  const total = operations + of("NST");
  return {
    total,
    operations,
    uptime,
    downtime,
    manufacturing: time.PRD + time.SBY,
    operationalUptime: ratio(uptime, operations),
    totalUptime: ratio(uptime, total),
    operationalUtilisation: ratio(time.PRD, operations),
    totalUtilisation: ratio(time.PRD, total),
  };
}

/** U-02 with the bounds that unknown time leaves (catalogue 0.4): as not productive, and as productive. */
export interface Utilisation {
  readonly numerator: number;
  readonly denominator: number;
  readonly value: number | null;
  readonly lower: number | null;
  readonly upper: number | null;
  /** Known time over all time. */
  readonly coverage: number;
  readonly status: CoverageStatus;
}

export function operationalUtilisation(time: StateTime): Utilisation {
  const { total, operations, operationalUtilisation: value } = semiE10(time);
  const unknown = notNegative(time.UNK, "time in UNK");
  const coverage = ratio(total, total + unknown) ?? 0;
  return {
    numerator: time.PRD,
    denominator: operations,
    value,
    lower: ratio(time.PRD, operations + unknown),
    upper: ratio(time.PRD + unknown, operations + unknown),
    coverage,
    status: coverageStatus(coverage),
  };
}

/** U-02c: channel-hours used over channel-hours that were there. */
export function channelUtilisation(
  slots: number,
  operationsH: number,
  usedH: readonly number[],
): { readonly usedChannelH: number; readonly capacityH: number; readonly value: number | null } {
  const usedChannelH = usedH.reduce((sum, hours, i) => sum + notNegative(hours, `hours of channel ${i + 1}`), 0);
  const capacityH = notNegative(slots, "slots") * notNegative(operationsH, "operations time in h");
  return { usedChannelH, capacityH, value: ratio(usedChannelH, capacityH) };
}

/** U-25: Σ(V·PRD) / Σ(V·OT). Equipment without an original value is left out and listed. */
export function valueWeightedUtilisation(
  items: readonly {
    readonly equipment: string;
    /** Original value, in one currency. */
    readonly originalValue: number | null;
    readonly productiveH: number;
    readonly operationsH: number;
  }[],
): { readonly value: number | null; readonly withoutValue: readonly string[] } {
  let numerator = 0;
  let denominator = 0;
  for (const { equipment, originalValue, productiveH, operationsH } of items) {
    if (originalValue === null) continue;
    const weight = notNegative(originalValue, `original value of ${equipment}`);
    numerator += weight * notNegative(productiveH, `productive hours of ${equipment}`);
    denominator += weight * notNegative(operationsH, `operations hours of ${equipment}`);
  }
  const withoutValue = items.filter(({ originalValue }) => originalValue === null).map(({ equipment }) => equipment);
  return { value: ratio(numerator, denominator), withoutValue };
}
