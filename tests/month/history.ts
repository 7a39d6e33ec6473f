// The true history of the line minute by minute: what each machine was in from that minute on, and what it took in it.
import type { EpochMs } from "#shared/model/time.ts";
import { runStates } from "../../simulators/physics/recipe.ts";
import type { Reading, Signal } from "../../simulators/signal.ts";
import { machines } from "./truePlant.ts";

export const states = ["PRD", "SBY", "ENG", "SDT", "UDT", "NST", "UNK"] as const;
export type State = (typeof states)[number];
const e10: Readonly<Record<(typeof runStates)[number], State>> = {
  idle: "SBY",
  "set-up": "SDT",
  running: "PRD",
  fault: "UDT",
  maintenance: "SDT",
};

export interface MachineHistory {
  /** By minute, from its beginning on. */
  readonly state: State[];
  /** In that minute. */
  readonly kwh: Float64Array;
}

export interface History {
  readonly from: EpochMs;
  readonly minutes: number;
  readonly machine: Readonly<Record<string, MachineHistory>>;
  readonly waterM3: Float64Array;
  readonly co2Ppm: Float64Array;
  /** What is so at an instant; further instants than the period's are let go. */
  see(readings: readonly Reading[], at: EpochMs): void;
}

export function createHistory(signals: readonly Signal[], from: EpochMs, minutes: number): History {
  const machine = Object.fromEntries(
    machines.map((id): [string, MachineHistory] => [
      id,
      { state: Array.from({ length: minutes }, () => "UNK" as State), kwh: new Float64Array(minutes) },
    ]),
  );
  const [waterM3, co2Ppm] = [new Float64Array(minutes), new Float64Array(minutes)];
  let before: readonly Reading[] = [];
  const flow = (into: Float64Array, i: number, minute: number, value: unknown) => {
    const was = before[i]?.value;
    if (minute > 0 && minute <= minutes && typeof was === "number" && typeof value === "number")
      into[minute - 1] = value - was;
  };
  return {
    from,
    minutes,
    machine,
    waterM3,
    co2Ppm,
    see: (readings, at) => {
      const minute = (at - from) / 60_000;
      for (const [i, { equipment, id }] of signals.entries()) {
        const own = machine[equipment];
        const value = readings[i]?.value;
        const word = runStates[Number(value)];
        if (id === "state" && own && word && minute < minutes) own.state[minute] = e10[word];
        if (id === "energy" && own) flow(own.kwh, i, minute, value);
        if (id === "water") flow(waterM3, i, minute, value);
        if (id === "carbonDioxide" && minute < minutes) co2Ppm[minute] = Number(value);
      }
      before = readings;
    },
  };
}

/** Minutes of a machine for which its state is known to nobody: from `holdMs` after what was told last. */
export function silentMinutes(
  told: readonly EpochMs[],
  { from, minutes }: History,
  holdMs: number,
): ReadonlySet<number> {
  const silent = new Set<number>();
  const until = from + minutes * 60_000;
  for (const [i, at] of told.entries())
    for (let minute = at + holdMs; minute < Math.min(told[i + 1] ?? until, until); minute += 60_000)
      silent.add((minute - from) / 60_000);
  return silent;
}
