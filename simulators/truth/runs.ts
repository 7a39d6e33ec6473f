import type { EpochMs } from "#shared/model/time.ts";
import type { RunFacts } from "../plants/plant.ts";
import type { Reading, Signal } from "../signal.ts";
import type { TruthNote } from "./truth.ts";

/** A run as the line knows it; `to` is null while it is on. */
export interface RunTruth {
  readonly rule: string;
  readonly batch: string | null;
  readonly from: EpochMs;
  readonly to: EpochMs | null;
}

/** Follows by which values of its own signals the line has a run on. */
export function createRuns(
  rules: readonly RunFacts[],
  signals: readonly Signal[],
  note: (note: TruthNote) => void,
): { see(readings: readonly Reading[], at: EpochMs): void; all(): readonly RunTruth[] } {
  const indexOf = (tag: string) => signals.findIndex(({ equipment, id }) => `${equipment}/${id}` === tag);
  const followed = rules.map((rule) => ({ rule, tag: indexOf(rule.tag), batch: indexOf(rule.batch) }));
  const all: RunTruth[] = [];
  const open = new Map<string, number>();
  return {
    see: (readings, at) => {
      for (const { rule, tag, batch } of followed) {
        const value = readings[tag]?.value;
        if (value === null || value === undefined) continue;
        const [isOn, was] = [rule.running.includes(String(value)), open.get(rule.id)];
        if (isOn && was === undefined) {
          const named = readings[batch]?.value ?? null;
          const name = named === null ? null : String(named);
          open.set(rule.id, all.push({ rule: rule.id, batch: name, from: at, to: null }) - 1);
          note({ is: "runBegun", at, rule: rule.id, batch: name });
        }
        const run = was === undefined ? undefined : all[was];
        if (isOn || was === undefined || !run) continue;
        all[was] = { ...run, to: at };
        open.delete(rule.id);
        note({ is: "runEnded", at, rule: rule.id, batch: run.batch });
      }
    },
    all: () => [...all],
  };
}
