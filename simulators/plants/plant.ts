import type { FlowValue } from "#shared/kit/flowYaml.ts";
import type { AlarmPriority } from "#shared/model/alarm.ts";
import type { TagValue } from "#shared/model/sample.ts";
import type { LocalText } from "#shared/model/text.ts";
import { clamp } from "../physics/dynamics.ts";
import { gaussian, type Random } from "../physics/random.ts";
import { type ByteOrder, bad, good, type Reading, type Signal } from "../signal.ts";

export interface EquipmentFacts {
  readonly id: string;
  readonly name: LocalText;
  readonly kind: string;
  readonly class: "general" | "special";
}

/** A limit that the line's operators watch. */
export interface AlarmFacts {
  readonly id: string;
  readonly name: LocalText;
  /** `<equipment>/<tag>` */
  readonly tag: string;
  readonly kind: "high" | "low";
  readonly limit: number;
  readonly deadband: number;
  readonly onDelayMs: number;
  readonly priority: AlarmPriority;
  readonly cause?: LocalText;
  readonly consequence?: LocalText;
  readonly response: LocalText;
  readonly timeToRespondMinutes?: number;
  /** Where a template of plant.yaml makes it: of which, by which id, and which of its rules it is. */
  readonly from?: { readonly template: string; readonly id: string; readonly name: LocalText; readonly rule: string };
}

/** Keys of a further rule, or of a use of a template, as plant.yaml has them. */
export type RuleFacts = Readonly<Record<string, FlowValue | LocalText | undefined>>;

/** A Modbus unit of the line. */
export interface InstrumentFacts {
  readonly id: string;
  readonly name: LocalText;
  readonly unit: number;
  readonly byteOrder: ByteOrder;
}

/** By which values of a signal a run is on, and what it holds. */
export interface RunFacts {
  readonly id: string;
  /** `<equipment>/<tag>` */
  readonly tag: string;
  readonly running: readonly string[];
  readonly equipment: readonly string[];
  /** `<equipment>/<tag>` that names the batch. */
  readonly batch: string;
  readonly kind: "development" | "scaleUp" | "validation" | "sampleProduction";
}

/** What is known of a line without running it. */
export interface LineFacts {
  readonly id: string;
  readonly name: LocalText;
  readonly equipment: readonly EquipmentFacts[];
  readonly instruments: readonly InstrumentFacts[];
  readonly alarms: readonly AlarmFacts[];
  /** Rules of other kinds: nothing of the model is held against them. */
  readonly rules?: readonly RuleFacts[];
  /** Uses of alarm templates besides those of `alarms`. */
  readonly templates?: readonly RuleFacts[];
  /** How the line's own signals start and end runs. */
  readonly runs?: readonly RunFacts[];
  /** Utilities that serve the whole line. */
  readonly shared?: readonly string[];
  /** Where the product of an equipment goes. */
  readonly flows?: Readonly<Record<string, readonly string[]>>;
}

/** A signal together with the way its instrument looks at the state. */
export interface Measured<State> {
  readonly signal: Signal;
  /** Deviation of the instrument's own noise, in the signal's unit. */
  readonly noise: number;
  /** null: the sensor has failed. */
  readonly read: (state: State) => TagValue | Reading | null;
}

/** What happens on a line: a state machine of time. The whole state is one immutable value. */
export interface PlantModel<State> {
  readonly facts: LineFacts;
  readonly start: (random: Random) => State;
  /** The state `dtS` seconds later; `dtS` is at most `longestStepS`. */
  readonly step: (state: State, dtS: number, random: Random) => State;
  readonly measured: readonly Measured<State>[];
}

/** The models' equations are integrated with steps no longer than this. */
export const longestStepS = 1;

/** A model in motion; the same seed gives the same run. */
export interface RunningPlant {
  readonly facts: LineFacts;
  readonly signals: readonly Signal[];
  /** Lets `seconds` of the plant's own time pass. */
  pass(seconds: number): void;
  /** One reading per signal, same order. */
  readings(): readonly Reading[];
}

/** `noise` is drawn by readings only, so that looking more often does not change what happens. */
export function run<State>(model: PlantModel<State>, random: Random, noise: Random): RunningPlant {
  let state = model.start(random);
  return {
    facts: model.facts,
    signals: model.measured.map(({ signal }) => signal),
    pass: (seconds) => {
      const steps = Math.ceil(seconds / longestStepS);
      for (let i = 0; i < steps; i++) state = model.step(state, seconds / steps, random);
    },
    readings: () => model.measured.map((measured) => readingOf(measured, state, noise)),
  };
}

function readingOf<State>({ signal, noise, read }: Measured<State>, state: State, random: Random): Reading {
  const seen = read(state);
  if (seen === null) return bad;
  const reading = typeof seen === "object" ? seen : good(seen);
  // Close to zero an instrument shows zero (low-flow cut-off), not its own noise.
  if (typeof reading.value !== "number" || Math.abs(reading.value) <= noise) return reading;
  const [low, high] = signal.range ?? [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
  return { quality: reading.quality, value: clamp(reading.value + noise * gaussian(random), low, high) };
}
