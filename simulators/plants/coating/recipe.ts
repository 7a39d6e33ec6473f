import type { Phase, RunState } from "../../physics/recipe.ts";

/** One roll in eight minutes. */
export const recipe = [
  { name: "idle", lastsS: 20 },
  { name: "thread", lastsS: 60 },
  { name: "heat", lastsS: 40 },
  { name: "coat", lastsS: 290 },
  { name: "run-out", lastsS: 35 },
  { name: "clean", lastsS: 45 },
] as const satisfies readonly [Phase<string>, ...Phase<string>[]];

export type PhaseName = (typeof recipe)[number]["name"];

type States = Readonly<Record<PhaseName, RunState>>;

/** What each machine does in each phase while nothing is wrong with it. */
export const runStateIn = {
  slurry: {
    idle: "running",
    thread: "running",
    heat: "running",
    coat: "running",
    "run-out": "idle",
    clean: "maintenance",
  },
  unwinder: { idle: "idle", thread: "set-up", heat: "set-up", coat: "running", "run-out": "running", clean: "idle" },
  coater: {
    idle: "idle",
    thread: "set-up",
    heat: "set-up",
    coat: "running",
    "run-out": "set-up",
    clean: "maintenance",
  },
  oven: { idle: "idle", thread: "set-up", heat: "set-up", coat: "running", "run-out": "running", clean: "idle" },
  exhaust: {
    idle: "running",
    thread: "running",
    heat: "running",
    coat: "running",
    "run-out": "running",
    clean: "running",
  },
  recovery: { idle: "idle", thread: "idle", heat: "set-up", coat: "running", "run-out": "running", clean: "running" },
  rewinder: { idle: "idle", thread: "set-up", heat: "set-up", coat: "running", "run-out": "running", clean: "set-up" },
} as const satisfies Record<string, States>;

/** Web speed in each phase, m/min. */
export const webSpeedIn: Readonly<Record<PhaseName, number>> = {
  idle: 0,
  thread: 1.5,
  heat: 1.5,
  coat: 6,
  "run-out": 6,
  clean: 0,
};
