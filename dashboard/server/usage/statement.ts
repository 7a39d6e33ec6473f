import type { Period } from "#shared/model/calendar.ts";
import type { PriceList } from "#shared/model/priceList.ts";
import type { Recorded } from "#shared/model/revision.ts";
import type { StatementRow, StatementTotals, UsageStatement } from "#shared/model/statement.ts";
import type { EpochMs } from "#shared/model/time.ts";
import type { EquipmentUsage, UsageDay, UsagePart } from "#shared/model/usage.ts";

/** Rounded to whole fen. */
const fen = (cny: number): number => Math.round((cny + Number.EPSILON) * 100) / 100;
const sumOf = <Item>(items: readonly Item[], of: (item: Item) => number): number =>
  items.reduce((sum, item) => sum + of(item), 0);

/** The list that holds on a local day: of those that have begun, the one that began last. */
export function pricesOn(lists: readonly Recorded<PriceList>[], day: string): Recorded<PriceList> | null {
  const begun = lists.filter(({ validFrom }) => validFrom <= day);
  return begun.toSorted((a, b) => (a.validFrom < b.validFrom ? 1 : -1))[0] ?? null;
}

interface Piece {
  readonly line: string;
  readonly usage: EquipmentUsage;
  readonly part: UsagePart;
  readonly prices: Recorded<PriceList> | null;
}

function rowOf(pieces: readonly Piece[]): StatementRow {
  // Pieces of one group agree in all of this.
  const [{ line, usage, part, prices }] = pieces as readonly [Piece, ...Piece[]];
  const { tenant, project } = part;
  const total = (of: (part: UsagePart) => number) => sumOf(pieces, (piece) => of(piece.part));
  const usedH = total((one) => one.usedH);
  const perHour = prices?.perHour[`${line}/${usage.equipment}`] ?? 0;
  const bands = [...new Set(pieces.flatMap((piece) => Object.keys(piece.part.energyKwh)))].sort();
  const energy = bands.map((band) => {
    const kwh = total((one) => one.energyKwh[band] ?? 0);
    const perKwh = prices ? (prices.energy.byBand[band] ?? prices.energy.perKwh) : 0;
    return { band, kwh, perKwh, cny: fen(kwh * perKwh) };
  });
  const waterM3 = total((one) => one.waterM3);
  const waterPerM3 = prices?.waterPerM3 ?? 0;
  const [hoursCny, waterCny] = [fen(usedH * perHour), fen(waterM3 * waterPerM3)];
  return {
    tenant,
    project,
    line,
    equipment: usage.equipment,
    basis: usage.basis,
    priceList: prices?.id ?? null,
    runs: new Set(pieces.flatMap((piece) => piece.part.run ?? [])).size,
    usedH,
    heldH: total((one) => one.heldH),
    perHour,
    hoursCny,
    energy,
    waterM3,
    waterPerM3,
    waterCny,
    alarms: total((one) => one.alarms),
    cny: fen(hoursCny + waterCny + sumOf(energy, ({ cny }) => cny)),
  };
}

const totalsOf = (rows: readonly StatementRow[]): StatementTotals => ({
  usedH: sumOf(rows, ({ usedH }) => usedH),
  heldH: sumOf(rows, ({ heldH }) => heldH),
  energyKwh: sumOf(rows, ({ energy }) => sumOf(energy, ({ kwh }) => kwh)),
  waterM3: sumOf(rows, ({ waterM3 }) => waterM3),
  alarms: sumOf(rows, ({ alarms }) => alarms),
  cny: fen(sumOf(rows, ({ cny }) => cny)),
});

/** Adds the days of a period up, at the prices of each day. With `tenant`, only his rows; checks are of the whole. */
export function usageStatement(
  period: Period,
  days: readonly UsageDay[],
  lists: readonly Recorded<PriceList>[],
  expectedDays: number,
  now: EpochMs,
  tenant?: string,
): UsageStatement {
  const pieces = days.flatMap(({ day, line, equipment }) => {
    const prices = pricesOn(lists, day);
    return equipment.flatMap((usage) => usage.parts.map((part): Piece => ({ line, usage, part, prices })));
  });
  const keyOf = ({ line, usage, part, prices }: Piece) =>
    JSON.stringify([part.tenant, part.project, line, usage.equipment, usage.basis, prices?.id]);
  const all = [...Map.groupBy(pieces, keyOf).values()].map(rowOf);
  const rows = all
    .filter((row) => tenant === undefined || (row.tenant ?? "") === tenant)
    .toSorted((a, b) => orderOf(a).localeCompare(orderOf(b)));
  const machines = days.flatMap(({ equipment }) => equipment);
  const measured = machines.filter(({ basis }) => basis === "states");
  return {
    period: period.name,
    from: period.from,
    to: period.to,
    isProvisional: now < period.to || days.length < expectedDays,
    rows,
    totals: totalsOf(rows),
    byTenant: Object.fromEntries(
      [...Map.groupBy(all, (row) => row.tenant ?? "")].map(([id, own]) => [id, totalsOf(own)]),
    ),
    closure: {
      usedH: sumOf(machines, ({ usedH }) => usedH),
      attributedH: sumOf(all, ({ usedH }) => usedH),
      energyKwh: sumOf(machines, ({ energyKwh }) => energyKwh ?? 0),
      attributedKwh: totalsOf(all).energyKwh,
    },
    coverage: {
      knownH: sumOf(measured, ({ knownH }) => knownH),
      elapsedH: sumOf(measured, ({ elapsedH }) => elapsedH),
    },
    estimatedKwh: sumOf(machines, ({ estimatedKwh }) => estimatedKwh),
  };
}

/** Tenants by id, what nothing attributes behind them. */
const orderOf = ({ tenant, project, line, equipment, priceList }: StatementRow): string =>
  [tenant ?? "\uffff", project ?? "", line, equipment, priceList ?? ""].join("\u0000");
