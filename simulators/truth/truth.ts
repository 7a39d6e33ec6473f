import { type EpochMs, instant } from "#shared/model/time.ts";
import type { LineFacts } from "../plants/plant.ts";
import type { Reading, Signal } from "../signal.ts";
import { createLimits } from "./limits.ts";
import { createRuns, type RunTruth } from "./runs.ts";

/** What an equipment of a simulated line has done, by the line itself and not by what anybody received of it. */
export interface EquipmentTruth {
  /** Seconds per state, as the equipment's controller calls them. */
  readonly stateS: Readonly<Record<string, number>>;
  readonly kwh: number;
  readonly waterM3: number;
  /** Signal-seconds by the quality of their readings. */
  readonly qualityS: Readonly<Record<Reading["quality"], number>>;
}

/** An activation of one of the line's own limits; `to` is null while it lasts. */
export interface AlarmTruth {
  readonly alarm: string;
  readonly from: EpochMs;
  readonly to: EpochMs | null;
}

export interface LineTruth {
  /** By equipment id. */
  readonly equipment: Readonly<Record<string, EquipmentTruth>>;
  /** In order of their beginning, as all lists. */
  readonly runs: readonly RunTruth[];
  readonly alarms: readonly AlarmTruth[];
}

/** What happens, as it happens. */
export type TruthNote = { readonly at: EpochMs } & (
  | { readonly is: "state"; readonly equipment: string; readonly state: string }
  | { readonly is: "runBegun" | "runEnded"; readonly rule: string; readonly batch: string | null }
  | { readonly is: "alarmRaised" | "alarmReturned"; readonly alarm: string }
);

export interface TruthKeeper {
  /** What is so from `at` on; instants ascend. */
  see(readings: readonly Reading[], at: EpochMs): void;
  /** Of what lies before the newest instant. */
  truth(): LineTruth;
}

type Counts = { stateS: Record<string, number>; kwh: number; waterM3: number; qualityS: Record<string, number> };
const nothing = (): Counts => ({ stateS: {}, kwh: 0, waterM3: 0, qualityS: { good: 0, uncertain: 0, bad: 0 } });

/** Keeps the ground truth of a line from what it shows its instruments; registers and states carry no noise. */
export function keepTruth(
  { facts, signals }: { readonly facts: LineFacts; readonly signals: readonly Signal[] },
  note: (note: TruthNote) => void = () => {},
): TruthKeeper {
  const counts = new Map<string, Counts>();
  const states = new Map<string, string>();
  const limits = createLimits(facts.alarms, signals, note);
  const runs = createRuns(facts.runs ?? [], signals, note);
  let before: { readonly readings: readonly Reading[]; readonly at: EpochMs } | undefined;

  const count = (signal: Signal, was: Reading | undefined, is: Reading | undefined, seconds: number) => {
    const own = counts.get(signal.equipment) ?? nothing();
    counts.set(signal.equipment, own);
    if (!was) return;
    own.qualityS[was.quality] = (own.qualityS[was.quality] ?? 0) + seconds;
    // The state at the beginning lasts until the next look: that is when its change is reported.
    if (signal.meaning === "state" && was.value !== null) {
      const name = stateName(signal, was.value);
      own.stateS[name] = (own.stateS[name] ?? 0) + seconds;
    }
    if (typeof was.value !== "number" || typeof is?.value !== "number") return;
    if (signal.meaning === "energy" && signal.unit === "kW.h") own.kwh += is.value - was.value;
    if (signal.id === "water" && signal.unit === "m3") own.waterM3 += is.value - was.value;
  };
  return {
    see: (readings, at) => {
      limits.pass(at);
      for (const [i, signal] of signals.entries()) {
        const is = readings[i];
        count(signal, before?.readings[i], is, before ? (at - before.at) / 1_000 : 0);
        if (signal.meaning !== "state" || !is || is.value === null) continue;
        const state = stateName(signal, is.value);
        if (states.get(signal.equipment) !== state) note({ is: "state", at, equipment: signal.equipment, state });
        states.set(signal.equipment, state);
      }
      limits.see(readings, at);
      runs.see(readings, at);
      before = { readings, at };
    },
    truth: () => ({
      equipment: Object.fromEntries(counts) as LineTruth["equipment"],
      runs: runs.all(),
      alarms: limits.all(before?.at ?? instant(0)),
    }),
  };
}

const stateName = ({ values }: Signal, value: string | number | boolean): string =>
  values ? (values[Number(value)] ?? String(value)) : String(value);
