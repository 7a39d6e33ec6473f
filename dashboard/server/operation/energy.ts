import type { Calendar, Period } from "#shared/model/calendar.ts";
import { carriers, carrierUnits } from "#shared/model/carrier.ts";
import type { BaselineAnswer, EnergyAnswer, EnergyOfRun, EnergyPiece } from "#shared/model/operation.ts";
import { ratio, sum } from "#shared/model/ratio.ts";
import { instant } from "#shared/model/time.ts";
import type { Dependencies } from "../context.ts";
import { balanceOf, unmeteredOf, withoutMeter } from "./balance.ts";
import { againstDeclared, againstPrevious, declaredBaseline, driverPieces } from "./baseline.ts";
import { carbonAnswer, tariffAnswer } from "./cost.ts";
import { demandOf } from "./demand.ts";
import { bandsOf, byState, metered, meterSum, metersIn, type OwnMeter, ownMeters, type SumsOf } from "./meters.ts";
import { type Piece, type PieceKind, pieceKindOf, piecesOf, sumsByPiece } from "./pieces.ts";
import { expectedIn, readScope, type ScopeFacts } from "./scopeFacts.ts";

type Parts = Pick<Dependencies, "plant" | "facts" | "records" | "clock"> & { readonly calendar: Calendar };

/** What a scope took in a period. Throws `NOT_FOUND` for a scope that the plant does not have. */
export async function energyOf(
  parts: Parts,
  period: Period,
  scope: string,
  signal: AbortSignal,
): Promise<EnergyAnswer> {
  const { plant, calendar, clock } = parts;
  const kind = pieceKindOf(period);
  const read = await readScope(parts, { period, scope, withHours: kind === "hour" }, clock.now(), signal);
  const { head, equipment } = read;
  const meters = metersIn(head.level, equipment);
  const pieces = piecesOf(period, calendar);
  const total = metered(meters);
  const balance = balanceOf(read);
  return {
    ...head,
    total,
    pieceKind: kind,
    pieces: energyPieces(read, meters, pieces, kind, calendar),
    states: byState(ownMeters(equipment)),
    unmeteredKwh: unmeteredOf(balance),
    balance,
    withoutMeter: withoutMeter(equipment),
    runs: runsOf(read, parts.records),
    demand: demandOf(
      read,
      meters,
      pieces,
      calendar,
      head.level === "platform" ? (plant.contractedDemandKw ?? null) : null,
    ),
    tariff: tariffAnswer(meters, plant),
    carbon: carbonAnswer(meters, plant, total.value !== null),
    media: carriers.flatMap((carrier) => {
      const own = carrier === "electricity" ? [] : metersIn(head.level, equipment, carrier);
      return own.length === 0 ? [] : [{ ...metered(own), carrier, unit: carrierUnits[carrier] }];
    }),
    baseline: await baselineOf(parts, read, pieces, kind, signal),
  };
}

function energyPieces(
  { head, equipment }: ScopeFacts,
  meters: readonly OwnMeter[],
  pieces: readonly Piece[],
  kind: PieceKind,
  calendar: Calendar,
): readonly EnergyPiece[] {
  const sums = new Map(equipment.map((one) => [one, sumsByPiece(one, kind)]));
  const own = ownMeters(equipment);
  return pieces.map(({ name, from, to }) => {
    const sumsOf: SumsOf = (one) => sums.get(one)?.get(name) ?? {};
    const span = { from, to: instant(Math.max(from, Math.min(to, head.until))) };
    const expectedMs = sum(meters.map(({ one }) => expectedIn(one.config, calendar, span)));
    const kwh = meterSum(meters, "total", sumsOf);
    const covered = meterSum(meters, "covered", sumsOf);
    const isKnown = from < head.until && (kwh > 0 || covered > 0);
    return {
      ...{ name, from, kwh: isKnown ? kwh : null, coverage: Math.min(1, ratio(covered, expectedMs) ?? 0) },
      states: byState(own, sumsOf),
      bands: Object.fromEntries(
        bandsOf(meters, sumsOf).map((band) => [band, meterSum(meters, `band.${band}`, sumsOf)]),
      ),
    };
  });
}

/** Runs that touch the period, with what they took in it; the thirstiest first. */
function runsOf({ head, equipment }: ScopeFacts, records: Dependencies["records"]): readonly EnergyOfRun[] {
  const kwh = new Map<string, number>();
  for (const { facts } of equipment)
    for (const [key, amount] of Object.entries(facts.sums)) {
      const run = /^run\.(.+)\.kwh$/.exec(key)?.[1];
      if (run !== undefined) kwh.set(run, (kwh.get(run) ?? 0) + amount);
    }
  const names = new Map(records.tenants().map(({ id, name }) => [id, name]));
  return records
    .runs(head.from, head.to)
    .flatMap(({ id, line, project, tenant, from, to }) => {
      const amount = kwh.get(id);
      const who = tenant === null ? null : (names.get(tenant) ?? tenant);
      return amount === undefined ? [] : [{ run: id, line, project, tenant: who, from, to, kwh: amount }];
    })
    .toSorted((a, b) => b.kwh - a.kwh);
}

async function baselineOf(
  parts: Parts,
  read: ScopeFacts,
  pieces: readonly Piece[],
  kind: PieceKind,
  signal: AbortSignal,
): Promise<BaselineAnswer> {
  const { plant, calendar, clock, records } = parts;
  const { span, head } = read;
  const declared =
    span.kind === "day" ? undefined : declaredBaseline(plant, head.scope, calendar.periodAt("day", span.from).name);
  if (declared) {
    const year = calendar.periodAt("year", span.from);
    const upTo = { ...year, to: span.to };
    const all = await readScope(parts, { period: upTo, scope: head.scope, withHours: false }, clock.now(), signal);
    const runs = records.runs(year.from, span.to).filter((run) => isOfScope(head.scope, run.line, run.equipment));
    const months = piecesOf(upTo, calendar);
    return againstDeclared(declared, driverPieces(all, months, "month", calendar, declared.driver, runs), span);
  }
  const before = calendar.periodAt(span.kind, instant(span.from - 1));
  const asked = { period: before, scope: head.scope, withHours: kind === "hour" };
  const previous = await readScope(parts, asked, clock.now(), signal);
  const of = (facts: ScopeFacts, some: readonly Piece[]) =>
    driverPieces(facts, some, kind, calendar, "productive_hours", []);
  return againstPrevious(before.name, of(previous, piecesOf(before, calendar)), of(read, pieces));
}

function isOfScope(scope: string, line: string, equipment: readonly string[]): boolean {
  const [, ofLine, one] = scope.split("/");
  return (ofLine === undefined || ofLine === line) && (one === undefined || equipment.includes(one));
}
