import type { Phase, RunState } from "../../physics/recipe.ts";

/** One fermentation in eleven minutes. */
export const recipe = [
  { name: "idle", lastsS: 20 },
  { name: "sterilise", lastsS: 110 },
  { name: "cool", lastsS: 100 },
  { name: "inoculate", lastsS: 15 },
  { name: "batch", lastsS: 120 },
  { name: "fed-batch", lastsS: 200 },
  { name: "harvest", lastsS: 35 },
  { name: "clean", lastsS: 60 },
] as const satisfies readonly [Phase<string>, ...Phase<string>[]];

export type PhaseName = (typeof recipe)[number]["name"];

type States = Readonly<Record<PhaseName, RunState>>;

const states = (preparing: RunState, growing: RunState, harvest: RunState, clean: RunState): States => ({
  idle: "idle",
  sterilise: preparing,
  cool: preparing,
  inoculate: growing,
  batch: growing,
  "fed-batch": growing,
  harvest,
  clean,
});

/** What each machine does in each phase while nothing is wrong with it. */
export const runStateIn = {
  // The next seed grows while the fermenter is harvested and cleaned.
  seed: { ...states("running", "idle", "set-up", "running"), inoculate: "running", idle: "running" },
  fermenter: states("set-up", "running", "running", "maintenance"),
  feed: { ...states("idle", "running", "idle", "maintenance"), inoculate: "set-up" },
  steam: { ...states("running", "idle", "idle", "running"), cool: "idle" },
  air: { ...states("running", "running", "running", "running"), idle: "running" },
  chiller: { ...states("idle", "running", "running", "idle"), cool: "running" },
  harvest: states("idle", "idle", "running", "maintenance"),
} as const satisfies Record<string, States>;

export const isGrowing = (phase: PhaseName): boolean => phase === "batch" || phase === "fed-batch";
