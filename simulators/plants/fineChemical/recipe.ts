import type { Phase, RunState } from "../../physics/recipe.ts";

/** One batch in ten minutes: a small reactor with a strong thermostat, so that a visitor sees a whole run. */
export const recipe = [
  { name: "idle", lastsS: 30 },
  { name: "charge", lastsS: 40 },
  { name: "heat", lastsS: 110 },
  { name: "dose", lastsS: 150 },
  { name: "react", lastsS: 80 },
  { name: "cool", lastsS: 100 },
  { name: "discharge", lastsS: 40 },
  { name: "clean", lastsS: 50 },
] as const satisfies readonly [Phase<string>, ...Phase<string>[]];

export type PhaseName = (typeof recipe)[number]["name"];

/** Temperature that the reactor is to have, °C. */
export const setpointC: Readonly<Record<PhaseName, number>> = {
  idle: 22,
  charge: 22,
  heat: 70,
  dose: 70,
  react: 74,
  cool: 24,
  discharge: 24,
  clean: 40,
};

const states = (idle: RunState, charge: RunState, process: RunState, discharge: RunState, clean: RunState) =>
  ({
    idle,
    charge,
    heat: process,
    dose: process,
    react: process,
    cool: process,
    discharge,
    clean,
  }) as const satisfies Record<PhaseName, RunState>;

/** What each machine does in each phase while nothing is wrong with it. */
export const runStateIn = {
  reactor: states("idle", "set-up", "running", "running", "maintenance"),
  dosing: {
    ...states("idle", "set-up", "idle", "idle", "maintenance"),
    heat: "set-up",
    dose: "running",
  },
  thermostat: states("idle", "set-up", "running", "idle", "running"),
  condenser: { ...states("idle", "idle", "running", "idle", "maintenance"), cool: "idle" },
  scrubber: states("idle", "running", "running", "running", "running"),
  // It spins the batch before while the reactor is prepared for the next.
  centrifuge: { ...states("running", "running", "idle", "set-up", "running"), cool: "set-up" },
  utilities: states("running", "running", "running", "running", "running"),
} as const satisfies Record<string, Record<PhaseName, RunState>>;
