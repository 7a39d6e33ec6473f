// The results that docs/reliability.md shows, as `npm run faults` measured them last.
import { readFileSync, writeFileSync } from "node:fs";
import { cpus, platform, release, totalmem } from "node:os";
import type { Outcome } from "./experiment.ts";

export interface Result extends Omit<Outcome, "recoveryMs"> {
  /** Day, UTC. */
  readonly date: string;
  readonly machine: string;
  readonly seed: number;
  /** Median and worst, null where nothing had to recover. */
  readonly recoveryMs: { readonly median: number; readonly worst: number } | null;
}

export type Results = Readonly<Record<string, Result>>;

const file = new URL("./results.json", import.meta.url);

export const readResults = (): Results => JSON.parse(readFileSync(file, "utf8"));

export function keepResult(id: string, result: Result): void {
  const sorted = Object.entries({ ...readResults(), [id]: result }).toSorted(([a], [b]) => (a < b ? -1 : 1));
  writeFileSync(file, `${JSON.stringify(Object.fromEntries(sorted), null, 2)}\n`);
}

/** The sort of machine, not its name. */
const machine = (): string => {
  const gigabytes = Math.round(totalmem() / 2 ** 30);
  return `${cpus().length} cores, ${gigabytes} GB, ${platform()} ${release().split(".").slice(0, 2).join(".")}`;
};

export function resultOf({ recoveryMs, ...outcome }: Outcome, seed: number): Result {
  const sorted = recoveryMs.toSorted((a, b) => a - b).map(Math.round);
  const [median, worst] = [sorted[sorted.length >> 1], sorted.at(-1)];
  return {
    ...outcome,
    date: new Date().toISOString().slice(0, 10),
    machine: machine(),
    seed,
    recoveryMs: median === undefined || worst === undefined ? null : { median, worst },
  };
}
