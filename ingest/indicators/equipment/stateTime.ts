import type { EquipmentState } from "#shared/model/equipment.ts";
import type { EpochMs } from "#shared/model/time.ts";

type KnownState = Exclude<EquipmentState, "UNK">;

/** Milliseconds per SEMI E10 state; what is left of the span is unknown. Additive over time and equipment (D9). */
export type StateTime = Readonly<Record<EquipmentState, number>>;

export const noStateTime: StateTime = { PRD: 0, SBY: 0, ENG: 0, SDT: 0, UDT: 0, NST: 0, UNK: 0 };

export interface StateTimer {
  /** A state from `at` on; calls come in ascending time, the first may lie before the span (carry-in). */
  add(at: EpochMs, state: EquipmentState): void;
  /** The span from its start up to `until`, which is not before the newest state. */
  upTo(until: EpochMs): StateTime;
}

/**
 * Adds up states by sample and hold (catalogue 0.4): a state holds to the next one, at most `holdMs`; after that, and
 * before the first, the state is UNK.
 */
export function createStateTimer(from: EpochMs, holdMs: number): StateTimer {
  const sums: Record<KnownState, number> = { PRD: 0, SBY: 0, ENG: 0, SDT: 0, UDT: 0, NST: 0 };
  let held: { readonly state: EquipmentState; readonly at: EpochMs } | null = null;
  const credit = (to: Record<KnownState, number>, until: EpochMs): void => {
    if (!held || held.state === "UNK") return;
    to[held.state] += Math.max(0, Math.min(until, held.at + holdMs) - Math.max(from, held.at));
  };
  return {
    add: (at, state) => {
      credit(sums, at);
      held = { state, at };
    },
    upTo: (until) => {
      const total = { ...sums };
      credit(total, until);
      const known = Object.values(total).reduce((sum, ms) => sum + ms, 0);
      return { ...total, UNK: Math.max(0, until - from) - known };
    },
  };
}
