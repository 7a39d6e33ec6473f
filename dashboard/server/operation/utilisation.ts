import { noShowBelowS } from "#shared/model/booking.ts";
import type { Calendar, Period } from "#shared/model/calendar.ts";
import { type EquipmentState, equipmentStates } from "#shared/model/equipment.ts";
import { coverageFloor, coverageStatus } from "#shared/model/indicator.ts";
import type { BookingUse, EquipmentUse, UtilisationAnswer } from "#shared/model/operation.ts";
import { ratio, sum } from "#shared/model/ratio.ts";
import { isAtLeast } from "#shared/model/threshold.ts";
import type { Dependencies } from "../context.ts";
import { heatRows } from "./heat.ts";
import { knownMs, ladderOf, ladderTogether } from "./ladder.ts";
import { type EquipmentFacts, readScope, type ScopeFacts } from "./scopeFacts.ts";

type Parts = Pick<Dependencies, "plant" | "facts" | "records" | "clock"> & { readonly calendar: Calendar };

const hourMs = 3_600_000;
const relations = ["own", "affiliate", "external", "unattributed"] as const;
const nobody = "UNATTRIBUTED";

const tellsState = ({ config, facts }: EquipmentFacts): boolean =>
  config.state !== undefined || config.powerState !== undefined || (facts.sums["origin.corrected"] ?? 0) > 0;

/** How a scope was used in a period. Throws `NOT_FOUND` for a scope that the plant does not have. */
export async function utilisationOf(
  parts: Parts,
  period: Period,
  scope: string,
  signal: AbortSignal,
): Promise<UtilisationAnswer> {
  const { calendar, clock, records } = parts;
  const read = await readScope(parts, { period, scope, withHours: true }, clock.now(), signal);
  const told = read.equipment.filter(tellsState);
  const rows = told.map((one) => useOf(one));
  const sumOf = (key: string): number => sum(told.map(({ facts }) => facts.sums[key] ?? 0));
  const expected = sum(told.map(({ expectedMs }) => expectedMs));
  const coverage = Math.min(1, ratio(sum(told.map(({ facts }) => knownMs(facts.sums))), expected) ?? 0);
  const [both, booked, without] = [sumOf("book.both"), sumOf("book.booked"), sumOf("book.without")];
  const list = bookingsOf(parts, read, told);
  const eligible = list.filter(({ verdict }) => verdict !== "unknown");
  const keys = new Set(told.flatMap(({ facts }) => Object.keys(facts.sums).filter((key) => key.startsWith("key."))));
  const names = new Map(records.tenants().map(({ id, name }) => [id, name]));
  return {
    ...read.head,
    ladder: ladderTogether(rows.map(({ ladder }) => ladder)),
    ...{ coverage, status: coverageStatus(coverage) },
    equipment: rows,
    withoutState: read.equipment.filter((one) => !tellsState(one)).map(({ id }) => id),
    heat: await heatRows(read, told, calendar, signal),
    bookings: {
      fulfilment: ratio(both, booked),
      unbookedShare: ratio(without, without + both),
      noShows: eligible.filter(({ verdict }) => verdict === "no_show").length,
      eligible: eligible.length,
      list,
    },
    relations: Object.fromEntries(
      relations.map((relation) => [relation, sumOf(`rel.${relation}`) / hourMs]),
    ) as UtilisationAnswer["relations"],
    tenants: [...keys]
      .map((key) => ({ id: key.slice("key.".length), hours: sumOf(key) / hourMs }))
      .toSorted((a, b) => b.hours - a.hours)
      .map(({ id, hours }) => ({ tenant: id === nobody ? null : id, name: names.get(id) ?? id, hours })),
  };
}

function useOf({ id, line, config, facts, expectedMs }: EquipmentFacts): EquipmentUse {
  const coverage = Math.min(1, ratio(knownMs(facts.sums), expectedMs) ?? 0);
  const states = (Object.keys(equipmentStates) as EquipmentState[]).flatMap((state) => {
    const ms = state === "UNK" ? Math.max(0, expectedMs - knownMs(facts.sums)) : (facts.sums[`state.${state}`] ?? 0);
    return ms > 0 ? [[state, ms / hourMs] as const] : [];
  });
  return {
    ...{ scope: id, line, equipment: config.id, ladder: ladderOf(facts.sums, expectedMs) },
    ...{ coverage, status: coverageStatus(coverage), statesH: Object.fromEntries(states) },
  };
}

/** Confirmed bookings that ended in the period, judged as U-21 does; what of them lies before it counts too. */
function bookingsOf(
  { records, facts, plant, calendar }: Parts,
  { head }: ScopeFacts,
  told: readonly EquipmentFacts[],
): readonly BookingUse[] {
  const own = new Map(told.map((one) => [one.id, one]));
  return records
    .bookings(head.from, head.to)
    .filter(({ state, to }) => state === "confirmed" && to >= head.from && to < head.to && to <= head.until)
    .flatMap((booking): readonly BookingUse[] => {
      const { id, line, equipment, tenant, from, to } = booking;
      const one = own.get(`${plant.platform.id}/${line}/${equipment}`);
      if (!one) return [];
      const [first, behind] = [calendar.periodAt("day", from).name, calendar.periodAt("day", head.from).name];
      const earlier = first < behind ? facts.days(one.id, first, behind, false) : [];
      const of = (what: "use" | "unknown"): number =>
        [...earlier, ...one.days].reduce((total, day) => total + (day.facts.sums[`book.${id}.${what}`] ?? 0), 0);
      const [used, unknown] = [of("use"), of("unknown")];
      const isKnown = isAtLeast(to - from - unknown, coverageFloor * (to - from));
      const verdict = !isKnown ? "unknown" : used < noShowBelowS * 1_000 ? "no_show" : "used";
      const about = { booking: id, line, equipment, tenant, from, to };
      return [{ ...about, usedH: used / hourMs, unknownH: unknown / hourMs, verdict }];
    })
    .toSorted((a, b) => b.from - a.from);
}
