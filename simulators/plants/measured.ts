import type { TagValue } from "#shared/model/sample.ts";
import type { TagMeaning } from "#shared/model/tag.ts";
import type { LocalText } from "#shared/model/text.ts";
import type { MeterPoints } from "../instruments/energyMeter.ts";
import type { Machine } from "../physics/machine.ts";
import { runStates } from "../physics/recipe.ts";
import type { ModbusPoint, Reading, Signal } from "../signal.ts";
import type { Measured } from "./plant.ts";

type Read<State> = (state: State) => TagValue | Reading | null;

/** What a data sheet adds to name, unit and range. */
export interface Details {
  readonly normal?: readonly [low: number, high: number];
  readonly decimals?: number;
  readonly noise?: number;
  /** Twice the noise where absent. */
  readonly deadband?: number;
  readonly meaning?: TagMeaning;
  readonly key?: boolean;
  readonly at?: ModbusPoint;
}

/** A signal that does not know yet where it belongs. */
export type Loose<State> = Omit<Measured<State>, "signal"> & { readonly signal: Omit<Signal, "line" | "equipment"> };

const loose = <State>(
  id: string,
  [zh, en]: readonly [zh: string, en: string],
  details: Details,
  rest: Pick<Signal, "type" | "unit"> & Partial<Signal>,
  read: Read<State>,
): Loose<State> => ({
  read,
  noise: details.noise ?? 0,
  signal: {
    id,
    name: { zh, en },
    decimals: details.decimals ?? 2,
    deadband: details.deadband ?? 2 * (details.noise ?? 0),
    meaning: details.meaning ?? "process",
    key: details.key ?? false,
    access: details.at ?? { face: "opcua" },
    ...(details.normal ? { normal: details.normal } : {}),
    ...rest,
  },
});

export const analog = <State>(
  id: string,
  name: readonly [zh: string, en: string],
  unit: string,
  range: readonly [low: number, high: number],
  read: Read<State>,
  details: Details = {},
): Loose<State> => loose(id, name, details, { type: "float", unit, range }, read);

/** A register or counter: it has a unit and no measuring range. */
export const total = <State>(
  id: string,
  name: readonly [zh: string, en: string],
  unit: string,
  read: Read<State>,
  details: Details = {},
): Loose<State> => loose(id, name, details, { type: "float", unit }, read);

export const count = <State>(
  id: string,
  name: readonly [zh: string, en: string],
  read: Read<State>,
  details: Details = {},
): Loose<State> => loose(id, name, { decimals: 0, ...details }, { type: "int", unit: "1" }, read);

export const flag = <State>(
  id: string,
  name: readonly [zh: string, en: string],
  read: Read<State>,
  details: Details = {},
): Loose<State> => loose(id, name, { decimals: 0, ...details }, { type: "bool", unit: "" }, read);

export const text = <State>(
  id: string,
  name: readonly [zh: string, en: string],
  read: Read<State>,
  details: Details = {},
): Loose<State> => loose(id, name, { decimals: 0, ...details }, { type: "string", unit: "" }, read);

/** How an equipment reports its state: as a word, or as a number with the words beside it (MultiStateDiscrete). */
export type StateStyle = "word" | "number";

/** State, running hours and electricity meter: what every machine of every line has. */
export function machineSignals<State>(
  machine: (state: State) => Machine,
  ratedKW: number,
  meter: MeterPoints,
  style: StateStyle,
): readonly Loose<State>[] {
  const stateName = ["运行状态", "State"] as const;
  return [
    style === "word"
      ? text("state", stateName, (s) => machine(s).state, { meaning: "state" })
      : loose(
          "state",
          stateName,
          { decimals: 0, meaning: "state" },
          { type: "int", unit: "1", values: runStates },
          (s) => runStates.indexOf(machine(s).state),
        ),
    total("hours", ["累计运行时间", "Running hours"], "h", (s) => machine(s).runningH, {
      decimals: 2,
      deadband: 0.01,
      meaning: "diagnostic",
    }),
    total("energy", ["累计电能", "Electric energy"], "kW.h", (s) => machine(s).energyKWh, {
      decimals: 3,
      deadband: 0,
      meaning: "energy",
      at: meter.energy,
    }),
    analog("power", ["有功功率", "Active power"], "kW", [0, Math.ceil(ratedKW * 15) / 10], (s) => machine(s).powerKW, {
      noise: ratedKW * 0.001,
      meaning: "power",
      at: meter.power,
    }),
    analog("current", ["线电流", "Line current"], "A", [0, Math.ceil(ratedKW * 4)], (s) => machine(s).currentA, {
      noise: ratedKW * 0.002,
      meaning: "power",
      at: meter.current,
    }),
    analog("powerFactor", ["功率因数", "Power factor"], "1", [0, 1], (s) => machine(s).powerFactor, {
      decimals: 3,
      noise: 0.002,
      meaning: "power",
      at: meter.powerFactor,
    }),
  ];
}

/** Gives loose signals their place. */
export const placed = <State>(
  line: string,
  equipment: string,
  signals: readonly Loose<State>[],
): readonly Measured<State>[] =>
  signals.map(({ signal, ...rest }) => ({ ...rest, signal: { line, equipment, ...signal } }));

export const named = (zh: string, en: string): LocalText => ({ zh, en });
