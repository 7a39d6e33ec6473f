import type { AlarmEvent } from "#shared/model/alarm.ts";
import type { Calendar } from "#shared/model/calendar.ts";
import { type Interval, intersection, sumMs, union } from "#shared/model/interval.ts";
import { sum } from "#shared/model/ratio.ts";
import type { EquipmentUsage, UsagePart } from "#shared/model/usage.ts";
import { type AttributedInterval, attributed, unattributed } from "../indicators/equipment/attribution.ts";
import type { Increment } from "../indicators/green/increments.ts";
import { partIn } from "../indicators/green/register.ts";
import { energyByBand, type Tariff } from "../indicators/green/tariff.ts";
import { type StatePiece, within } from "./dayData.ts";
import { bookedTimes, type Claims, ownerOf, runUses } from "./owners.ts";

const hourMs = 3_600_000;

/** What is known of one equipment and span. */
export interface EquipmentDay {
  readonly equipment: string;
  readonly claims: Claims;
  /** Null where it reports none: then its runs are its use. */
  readonly states: readonly StatePiece[] | null;
  /** In kWh; null without a meter. */
  readonly energy: readonly Increment[] | null;
  /** In m³. */
  readonly water: readonly Increment[] | null;
  /** Raised in the span. */
  readonly alarms: readonly Pick<AlarmEvent, "at">[];
}

interface Sums {
  usedMs: number;
  heldMs: number;
  energyKwh: Record<string, number>;
  waterM3: number;
  alarms: number;
}

/** Sums by the key of their owner. */
class Ledger {
  readonly #sums = new Map<string, Sums>();

  of(key: string): Sums {
    const known = this.#sums.get(key) ?? { usedMs: 0, heldMs: 0, energyKwh: {}, waterM3: 0, alarms: 0 };
    this.#sums.set(key, known);
    return known;
  }

  share(keys: readonly string[], add: (sums: Sums, share: number) => void): void {
    for (const key of keys) add(this.of(key), 1 / keys.length);
  }

  parts(): readonly UsagePart[] {
    return [...this.#sums]
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, { usedMs, heldMs, ...sums }]) => ({
        ...ownerOf(key),
        usedH: usedMs / hourMs,
        heldH: heldMs / hourMs,
        ...sums,
      }))
      .filter(({ usedH, heldH, energyKwh, waterM3, alarms }) =>
        [usedH, heldH, waterM3, alarms, ...Object.values(energyKwh)].some((amount) => amount > 0),
      );
  }
}

const addEnergy = (sums: Sums, energy: Readonly<Record<string, number>>, share: number): void => {
  for (const [band, kwh] of Object.entries(energy)) sums.energyKwh[band] = (sums.energyKwh[band] ?? 0) + kwh * share;
};

/** Energy of each piece by band. */
function energyOf(
  energy: readonly Increment[],
  pieces: readonly Interval[],
  tariff: Tariff | null,
  calendar: Calendar,
): readonly Readonly<Record<string, number>>[] {
  if (tariff) return energyByBand(energy, pieces, tariff, calendar).byPeriod;
  return pieces.map((piece) => ({ all: amountIn(energy, piece) }));
}

const amountIn = (increments: readonly Increment[], span: Interval): number =>
  sum(increments.map((increment) => partIn(increment, span)));

/**
 * Use of one equipment, attributed (catalogue U-22): time to the key of its run, else of the booking that covers it,
 * else to nobody. Energy, water and alarms follow the same keys, over all the time that a run holds the equipment.
 * What the keys get adds up to what the equipment used.
 */
export function equipmentUsage(
  day: EquipmentDay,
  span: Interval,
  tariff: Tariff | null,
  calendar: Calendar,
): EquipmentUsage {
  const { claims, states } = day;
  const held = runUses(claims, span);
  const booked = bookedTimes(claims, span);
  const ledger = new Ledger();

  const inStates = (wanted: (piece: StatePiece) => boolean) => union((states ?? []).filter(wanted));
  const used = states
    ? union([
        ...inStates(({ state }) => state === "PRD"),
        ...intersection(
          inStates(({ state }) => state === "ENG"),
          held,
        ),
      ])
    : union(held);
  const uses = [
    ...held.flatMap((run) => intersection([run], used).map((part) => ({ ...part, key: run.key }))),
    ...used.map((part) => ({ ...part, key: null })),
  ];
  for (const { from, to, keys } of attributed(uses, booked))
    ledger.share(keys, (sums, share) => {
      sums.usedMs += (to - from) * share;
    });
  for (const { from, to, keys } of attributed(held, booked))
    ledger.share(keys, (sums, share) => {
      sums.heldMs += (to - from) * share;
    });

  const owned: readonly AttributedInterval[] = attributed([...held, { ...span, key: null }], booked);
  const energies = day.energy ? energyOf(day.energy, owned, tariff, calendar) : [];
  for (const [i, { keys, ...piece }] of owned.entries()) {
    const water = day.water ? amountIn(day.water, piece) : 0;
    const alarms = day.alarms.filter(({ at }) => within(at, piece)).length;
    ledger.share(keys, (sums, share) => {
      addEnergy(sums, energies[i] ?? {}, share);
      sums.waterM3 += water * share;
      sums.alarms += alarms * share;
    });
  }
  const knownMs = states ? sumMs(union(states)) : span.to - span.from;
  return {
    equipment: day.equipment,
    usedH: sumMs(used) / hourMs,
    knownH: knownMs / hourMs,
    elapsedH: (span.to - span.from) / hourMs,
    ...amounts(day, span),
    basis: states ? "states" : "runs",
    parts: ledger.parts(),
  };
}

function amounts({ energy, water }: EquipmentDay, span: Interval) {
  return {
    energyKwh: energy && amountIn(energy, span),
    estimatedKwh: amountIn(
      (energy ?? []).filter(({ isEstimated }) => isEstimated),
      span,
    ),
    waterM3: water && amountIn(water, span),
  };
}

/** A utility of the line: what it took is divided by the hours that each key used of the line's other equipment. */
export function sharedUsage(
  day: EquipmentDay,
  others: readonly EquipmentUsage[],
  span: Interval,
  tariff: Tariff | null,
  calendar: Calendar,
): EquipmentUsage {
  const hours = new Map<string, number>();
  for (const { tenant, project, run, usedH } of others.flatMap(({ parts }) => parts)) {
    const isNobody = tenant === null && project === null && run === null;
    const key = isNobody ? unattributed : JSON.stringify([tenant, project, run]);
    hours.set(key, (hours.get(key) ?? 0) + usedH);
  }
  const totalH = sum([...hours.values()]);
  const shares =
    totalH > 0 ? [...hours].map(([key, usedH]) => [key, usedH / totalH] as const) : [[unattributed, 1] as const];
  const ledger = new Ledger();
  const energy = day.energy ? (energyOf(day.energy, [span], tariff, calendar)[0] ?? {}) : {};
  const water = day.water ? amountIn(day.water, span) : 0;
  for (const [key, share] of shares) {
    const sums = ledger.of(key);
    addEnergy(sums, energy, share);
    sums.waterM3 += water * share;
    sums.alarms += day.alarms.length * share;
  }
  return {
    equipment: day.equipment,
    usedH: 0,
    knownH: (span.to - span.from) / hourMs,
    elapsedH: (span.to - span.from) / hourMs,
    ...amounts(day, span),
    basis: "shared",
    parts: ledger.parts(),
  };
}
