import { type EquipmentState, equipmentStates } from "#shared/model/equipment.ts";
import type { UseLadder } from "#shared/model/operation.ts";
import type { Sums } from "./pieces.ts";

const hourMs = 3_600_000;
const knownKeys = (Object.keys(equipmentStates) as EquipmentState[])
  .filter((state) => state !== "UNK")
  .map((state) => `state.${state}`);

/** Sums that time of a kind is made of. */
export const keysOf = {
  known: knownKeys,
  /** A run is open (AUBT of ISO 22400), or somebody does engineering. */
  occupied: ["iso.apt", "iso.aust", "iso.adet", "state.ENG"],
  /** Executing a run, or engineering. */
  running: ["iso.apt", "state.ENG"],
} as const;

const inSums = (sums: Sums, keys: readonly string[]): number =>
  keys.reduce((total, key) => total + (sums[key] ?? 0), 0);

export const knownMs = (sums: Sums): number => inSums(sums, keysOf.known);

/**
 * From calendar time to effective time. Open is the operations time of SEMI E10; effective is that of U-15. Unknown time
 * leaves at the first step and is credited nowhere.
 */
export function ladderOf(sums: Sums, expectedMs: number): UseLadder {
  const of = (key: string): number => sums[key] ?? 0;
  const known = knownMs(sums);
  const both = of("book.both");
  const effective = ["run", "prep", "post", "project"].reduce((total, kind) => total + of(`eff.${kind}`), 0);
  const [occupied, running] = [inSums(sums, keysOf.occupied), inSums(sums, keysOf.running)];
  const h = (ms: number): number => ms / hourMs;
  return {
    calendarH: h(Math.max(expectedMs, known)),
    unknownH: h(Math.max(0, expectedMs - known)),
    notScheduledH: h(of("state.NST")),
    openH: h(known - of("state.NST")),
    bookedH: h(of("book.booked")),
    bookedUnusedH: h(of("book.booked") - both),
    unbookedUseH: h(of("book.without")),
    idleOccupiedH: h(occupied - effective),
    occupiedH: h(occupied),
    haltH: h(occupied - running),
    runningH: h(running),
    withoutProjectH: h(of("state.ENG") - of("eff.project")),
    preparedH: h(effective - running + of("state.ENG") - of("eff.project")),
    effectiveH: h(effective),
  };
}

/** Hours add up. */
export function ladderTogether(ladders: readonly UseLadder[]): UseLadder {
  const total = ladderOf({}, 0);
  return Object.fromEntries(
    (Object.keys(total) as (keyof UseLadder)[]).map((key) => [key, ladders.reduce((sum, one) => sum + one[key], 0)]),
  ) as unknown as UseLadder;
}
