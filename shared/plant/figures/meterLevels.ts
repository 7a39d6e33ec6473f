import type { Carrier } from "#shared/model/carrier.ts";
import type { EquipmentConfig } from "../schema.ts";
import type { MeterConfig } from "./equipmentSchema.ts";

/** What meters are chosen by. */
export type MeterPlace = Pick<MeterConfig, "carrier" | "flow" | "measures">;

/** An equipment with its meters. */
export interface Metered<Meter extends MeterPlace> {
  readonly line: string;
  readonly meters: readonly Meter[];
}

export interface OwnedMeter<One, Meter> {
  readonly one: One;
  readonly meter: Meter;
}

export type MeterLevel = "platform" | "line" | "equipment";

/** A register as figures take it: `energyMeter` is one of electricity with nothing special. */
export type AnyMeter = Omit<MeterConfig, "replacements"> & {
  readonly replacements: readonly { readonly at: string; readonly final: number; readonly initial: number }[];
};

const plainMeter = {
  carrier: "electricity",
  flow: "import",
  measures: "equipment",
  purchased: true,
  multiplier: 1,
  replacements: [],
} as const;

/** Every register of an equipment whose tag there is, `energyMeter` first. */
export const equipmentMeters = ({ energyMeter, meters, tags }: EquipmentConfig): readonly AnyMeter[] =>
  [...(energyMeter === undefined ? [] : [{ ...plainMeter, tag: energyMeter }]), ...(meters ?? [])].filter(({ tag }) =>
    tags.some(({ id }) => id === tag),
  );

const measuring = <Meter extends MeterPlace, One extends Metered<Meter>>(
  equipment: readonly One[],
  carrier: Carrier,
  flow: MeterPlace["flow"],
  measures: MeterPlace["measures"],
): readonly OwnedMeter<One, Meter>[] =>
  equipment.flatMap((one) =>
    one.meters
      .filter((meter) => meter.carrier === carrier && meter.flow === flow && meter.measures === measures)
      .map((meter) => ({ one, meter })),
  );

/**
 * The meters of one level that measure a scope: those of the whole where there are such, else those of its parts. A main
 * meter and what lies below it are never added.
 */
export function metersOfLevel<Meter extends MeterPlace, One extends Metered<Meter>>(
  level: MeterLevel,
  equipment: readonly One[],
  carrier: Carrier,
  flow: MeterPlace["flow"] = "import",
): readonly OwnedMeter<One, Meter>[] {
  if (level === "equipment") return measuring(equipment, carrier, flow, "equipment");
  const whole = level === "platform" ? measuring<Meter, One>(equipment, carrier, flow, "platform") : [];
  return whole.length > 0 ? whole : linesOf<Meter, One>(equipment).flatMap((line) => lineMeters(line, carrier, flow));
}

/** The meters one level below those of `metersOfLevel`, where there are two levels. */
export function subMetersOfLevel<Meter extends MeterPlace, One extends Metered<Meter>>(
  level: MeterLevel,
  equipment: readonly One[],
  carrier: Carrier,
): readonly OwnedMeter<One, Meter>[] {
  if (level === "platform" && measuring(equipment, carrier, "import", "platform").length > 0)
    return linesOf<Meter, One>(equipment).flatMap((line) => lineMeters(line, carrier, "import"));
  if (level !== "line" || measuring(equipment, carrier, "import", "line").length === 0) return [];
  return measuring(equipment, carrier, "import", "equipment");
}

const linesOf = <Meter extends MeterPlace, One extends Metered<Meter>>(
  equipment: readonly One[],
): readonly (readonly One[])[] => [...Map.groupBy(equipment, ({ line }) => line).values()];

function lineMeters<Meter extends MeterPlace, One extends Metered<Meter>>(
  line: readonly One[],
  carrier: Carrier,
  flow: MeterPlace["flow"],
): readonly OwnedMeter<One, Meter>[] {
  const own = measuring<Meter, One>(line, carrier, flow, "line");
  return own.length > 0 ? own : measuring(line, carrier, flow, "equipment");
}
