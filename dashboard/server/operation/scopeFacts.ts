import type { Calendar, Period } from "#shared/model/calendar.ts";
import { CodedError } from "#shared/model/errors.ts";
import { type Interval, overlapMs } from "#shared/model/interval.ts";
import type { OperationHead } from "#shared/model/operation.ts";
import { type EpochMs, instant } from "#shared/model/time.ts";
import { equipmentMeters, type Metered, type MeterPlace } from "#shared/plant/figures/meterLevels.ts";
import type { Plant } from "#shared/plant/plant.ts";
import type { EquipmentConfig } from "#shared/plant/schema.ts";
import type { FactReader, ReadDay } from "#shared/store/facts/factReader.ts";
import { type Facts, Tally } from "#shared/store/facts/tally.ts";

export interface NamedMeter extends MeterPlace {
  /** The register's tag within its equipment. */
  readonly name: string;
}

/** The facts of one equipment over a period. */
export interface EquipmentFacts extends Metered<NamedMeter> {
  /** `<platform>/<line>/<equipment>` */
  readonly id: string;
  readonly config: EquipmentConfig;
  readonly days: readonly ReadDay[];
  /** Of all the days, added up in their order, as figures do. */
  readonly facts: Pick<Facts, "sums" | "flags">;
  /** In-service time of the period up to `until`, in ms. */
  readonly expectedMs: number;
}

/** The facts of a scope over a period. */
export interface ScopeFacts {
  readonly head: OperationHead;
  readonly span: Period;
  readonly equipment: readonly EquipmentFacts[];
}

const levels = ["platform", "line", "equipment"] as const;

/** Throws `NOT_FOUND` where the plant has no such scope. */
function scopeOf(plant: Plant, scope: string) {
  const [platform, line, equipment, ...rest] = scope.split("/");
  const own = plant.lines
    .filter(({ id }) => line === undefined || id === line)
    .flatMap((of) =>
      of.equipment
        .filter(({ id }) => equipment === undefined || id === equipment)
        .map((config) => ({ id: `${plant.platform.id}/${of.id}/${config.id}`, line: of.id, config })),
    );
  const level = levels[(line === undefined ? 0 : 1) + (equipment === undefined ? 0 : 1)] ?? "platform";
  if (platform !== plant.platform.id || rest.length > 0 || (own.length === 0 && level !== "platform"))
    throw new CodedError(
      "NOT_FOUND",
      `There is no \`${scope}\` in the plant; write <platform>[/<line>[/<equipment>]].`,
    );
  return { level, own };
}

const serviceOf = ({ service }: EquipmentConfig, calendar: Calendar): Interval => ({
  from: service?.from === undefined ? instant(0) : calendar.period(service.from).from,
  to: service?.to === undefined ? instant(Number.MAX_SAFE_INTEGER) : calendar.period(service.to).to,
});

/** In-service time of an equipment within a span, in ms. */
export const expectedIn = (config: EquipmentConfig, calendar: Calendar, span: Interval): number =>
  overlapMs(serviceOf(config, calendar), span);

/** What is kept of the equipment of a scope; lets others have their turn between two. */
export async function readScope(
  { plant, facts, calendar }: { readonly plant: Plant; readonly facts: FactReader; readonly calendar: Calendar },
  { period, scope, withHours }: { readonly period: Period; readonly scope: string; readonly withHours: boolean },
  now: EpochMs,
  signal: AbortSignal,
): Promise<ScopeFacts> {
  const { level, own } = scopeOf(plant, scope);
  const [first, behind] = [calendar.periodAt("day", period.from).name, calendar.periodAt("day", period.to).name];
  const read = [];
  for (const one of own) {
    signal.throwIfAborted();
    read.push({ ...one, days: facts.days(one.id, first, behind, withHours) });
    await new Promise((resolve) => setImmediate(resolve));
  }
  const isOver = now >= period.to;
  // While it runs, as far as ingest has brought its facts, and not up to this very moment.
  const known = read.flatMap(({ days }) => days.flatMap(({ until }) => until ?? []));
  const until = isOver
    ? period.to
    : instant(Math.max(period.from, Math.min(now, known.length > 0 ? Math.max(...known) : now)));
  const equipment = read.map(({ id, line, config, days }): EquipmentFacts => {
    const tally = new Tally();
    for (const day of days) tally.addFacts(day.facts);
    const meters = equipmentMeters(config).map(({ tag, carrier, flow, measures }) => ({
      ...{ name: tag, carrier, flow, measures },
    }));
    const expectedMs = expectedIn(config, calendar, { from: period.from, to: until });
    return { id, line, config, meters, days, facts: tally.facts(), expectedMs };
  });
  const isOpen = known.length > 0;
  return {
    head: {
      ...{ period: period.name, kind: period.kind, from: period.from, to: period.to, until },
      ...{ scope, level, isProvisional: !isOver || isOpen },
    },
    span: period,
    equipment,
  };
}
