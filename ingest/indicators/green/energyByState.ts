import { finite } from "#shared/model/checks.ts";
import type { EquipmentState } from "#shared/model/equipment.ts";
import { CodedError } from "#shared/model/errors.ts";
import { ratio, sum } from "#shared/model/ratio.ts";

/** Power that holds from an hour on to the next step. */
export interface PowerStep {
  readonly hour: number;
  readonly kw: number;
}
export interface StateStretch {
  readonly state: EquipmentState;
  readonly fromHour: number;
  readonly toHour: number;
}

/** G-03. Energy in unknown time is in `kwh.UNK` and in the total. */
export interface EnergyByState {
  /** Of the states that have time under a known power. */
  readonly kwh: Readonly<Partial<Record<EquipmentState, number>>>;
  readonly totalKwh: number;
  readonly standbyShare: number | null;
  /** All but PRD and ENG. */
  readonly nonProductiveShare: number | null;
}

function checkedStretches(states: readonly StateStretch[]): readonly StateStretch[] {
  const sorted = states.toSorted(
    (a, b) => finite(a.fromHour, "start of a state") - finite(b.fromHour, "start of a state"),
  );
  sorted.forEach(({ state, fromHour, toHour }, i) => {
    if (finite(toHour, "end of a state") < fromHour)
      throw new CodedError("OUT_OF_RANGE", `${state} from hour ${fromHour} ends before it starts.`);
    const next = sorted[i + 1];
    if (next && next.fromHour < toHour)
      throw new CodedError(
        "OUT_OF_RANGE",
        `${state} and ${next.state} overlap at hour ${next.fromHour}; there is one state at a time.`,
      );
  });
  return sorted;
}

/** Splits stepwise power along the state timeline, up to `endHour`. Time without a state is UNK. */
export function energyByState(
  power: readonly PowerStep[],
  states: readonly StateStretch[],
  endHour: number,
): EnergyByState {
  finite(endHour, "end in h");
  const stretches = checkedStretches(states);
  const steps = power.toSorted((a, b) => finite(a.hour, "hour of power") - finite(b.hour, "hour of power"));
  const edges = [
    ...steps.map(({ hour }) => hour),
    ...stretches.flatMap(({ fromHour, toHour }) => [fromHour, toHour]),
    endHour,
  ];
  const ascending = [...new Set(edges)].filter((hour) => hour <= endHour).sort((a, b) => a - b);
  const kwh: Partial<Record<EquipmentState, number>> = {};
  ascending.slice(1).forEach((to, i) => {
    const from = ascending[i] ?? to;
    const step = steps.findLast(({ hour }) => hour <= from);
    if (!step) return;
    const state = stretches.find(({ fromHour, toHour }) => fromHour <= from && from < toHour)?.state ?? "UNK";
    kwh[state] = (kwh[state] ?? 0) + finite(step.kw, `power at hour ${step.hour}`) * (to - from);
  });
  const totalKwh = sum(Object.values(kwh));
  return {
    kwh,
    totalKwh,
    standbyShare: ratio(kwh.SBY ?? 0, totalKwh),
    nonProductiveShare: ratio(totalKwh - (kwh.PRD ?? 0) - (kwh.ENG ?? 0), totalKwh),
  };
}
