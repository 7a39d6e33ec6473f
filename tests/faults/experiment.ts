import type { Verdict } from "./rig/oracle.ts";

/** `short` runs with every `npm test`, `full` by `npm run faults`. */
export type Size = "short" | "full";

export interface Conditions {
  readonly size: Size;
  /** Uniform in [0, 1), from the seed that the result names. */
  readonly random: () => number;
  readonly say: (line: string) => void;
}

/** What a run of an experiment found. Counts are of samples. */
export interface Outcome {
  /** Faults that were made: kills, cuts, mutated files. */
  readonly runs: number;
  readonly accepted: number;
  readonly lost: number;
  readonly duplicated: number;
  /** Stored otherwise than accepted, or out of order. */
  readonly wrong: number;
  /** Accepted, not stored, and in no gap record. */
  readonly undeclared: number;
  /** From the end of each fault until a number given after it is stored, ms; empty where nothing had to recover. */
  readonly recoveryMs: readonly number[];
  /** What else was measured. */
  readonly note: string;
}

/** A test of another area that shows the same: it is not run twice. */
export interface ShownBy {
  readonly file: string;
  readonly title: string;
}

interface About {
  readonly title: string;
  /** Other numbers of the fault matrix that it covers. */
  readonly also?: readonly string[];
  /** What it does not show. */
  readonly notCovered: string;
}

/** Runs with every `npm test` (tier 1), or by the command only (tier 2). */
export interface Run extends About {
  readonly tier: 1 | 2;
  /** Why it cannot run on this machine. */
  readonly missing?: () => string | undefined;
  run(conditions: Conditions): Promise<Outcome>;
}

export type Experiment = Run | (About & { readonly shownBy: readonly ShownBy[] });

export const isRun = (experiment: Experiment): experiment is Run => "run" in experiment;

export const outcomeOf = (
  { accepted, lost, duplicated, wrong, undeclared }: Verdict,
  more: Pick<Outcome, "runs" | "recoveryMs"> & { readonly note?: string },
): Outcome => ({ accepted, lost, duplicated, wrong, undeclared, note: "", ...more });

/** mulberry32: the same numbers for the same seed. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

export const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
