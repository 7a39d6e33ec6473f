import type { Carrier } from "#shared/model/carrier.ts";
import { type EquipmentState, equipmentStates } from "#shared/model/equipment.ts";
import { coverageStatus } from "#shared/model/indicator.ts";
import type { EnergyByState, Metered } from "#shared/model/operation.ts";
import { ratio } from "#shared/model/ratio.ts";
import { type MeterLevel, type MeterPlace, metersOfLevel, type OwnedMeter } from "#shared/plant/figures/meterLevels.ts";
import type { Sums } from "./pieces.ts";
import type { EquipmentFacts, NamedMeter } from "./scopeFacts.ts";

export type OwnMeter = OwnedMeter<EquipmentFacts, NamedMeter>;
/** Sums of an equipment: of the period, or of a piece. */
export type SumsOf = (one: EquipmentFacts) => Sums;

export const ofPeriod: SumsOf = ({ facts }) => facts.sums;
export const states = Object.keys(equipmentStates) as EquipmentState[];

export const metersIn = (
  level: MeterLevel,
  equipment: readonly EquipmentFacts[],
  carrier: Carrier = "electricity",
): readonly OwnMeter[] => metersOfLevel<NamedMeter, EquipmentFacts>(level, equipment, carrier);

/** Registers of the equipment itself; what its states and runs take is theirs. */
export const ownMeters = (equipment: readonly EquipmentFacts[]): readonly OwnMeter[] =>
  equipment.flatMap((one) => metersIn("equipment", [one]));

export const isMainMeter = ({ carrier, flow, measures }: MeterPlace, level: "platform" | "line"): boolean =>
  carrier === "electricity" && flow === "import" && measures === level;

/** Meters in their order: the same order as figures add them up in. */
export const meterSum = (meters: readonly OwnMeter[], what: string, sumsOf: SumsOf = ofPeriod): number =>
  meters.reduce((sum, { one, meter }) => sum + (sumsOf(one)[`meter.${meter.name}.${what}`] ?? 0), 0);

export const byState = (meters: readonly OwnMeter[], sumsOf: SumsOf = ofPeriod): EnergyByState =>
  Object.fromEntries(
    states.flatMap((state) => {
      const kwh = meterSum(meters, `state.${state}`, sumsOf);
      return kwh === 0 ? [] : [[state, kwh]];
    }),
  );

/** Names of the bands that any of the meters counted in. */
export function bandsOf(meters: readonly OwnMeter[], sumsOf: SumsOf = ofPeriod): readonly string[] {
  const bands = new Set<string>();
  for (const { one, meter } of meters) {
    const head = `meter.${meter.name}.band.`;
    for (const key of Object.keys(sumsOf(one))) if (key.startsWith(head)) bands.add(key.slice(head.length));
  }
  return [...bands].sort();
}

const registerFlags = /^(replacement|spike|jitter|glitch|rollover|reset|rejected|replacement_inconsistent)$/;

export function metered(meters: readonly OwnMeter[]): Metered {
  const expected = meters.reduce((sum, { one }) => sum + one.expectedMs, 0);
  const coverage = Math.min(1, ratio(meterSum(meters, "covered"), expected) ?? 0);
  const [total, estimated] = [meterSum(meters, "total"), meterSum(meters, "estimated")];
  const flags = new Set(meters.flatMap(({ one }) => one.facts.flags.filter((flag) => registerFlags.test(flag))));
  const reason = meters.length === 0 ? "no_input" : total === 0 && coverage === 0 ? "no_data" : null;
  return {
    value: reason === null ? total : null,
    estimated,
    coverage,
    status: coverageStatus(coverage),
    reason,
    flags: [...flags].sort(),
    meters: meters.length,
  };
}
