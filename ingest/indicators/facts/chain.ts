import type { EquipmentState } from "#shared/model/equipment.ts";
import type { EpochMs } from "#shared/model/time.ts";
import type { PowerState } from "../equipment/powerStates.ts";
import type { IncrementState } from "../green/increments.ts";

export type Activity = "prep" | "post" | "setup";

/** A state that holds from its sample on. */
export interface HeldState {
  readonly at: EpochMs;
  readonly state: EquipmentState;
  readonly activity: Activity | null;
}

/** Where reading states off a power tag stands. */
export interface PowerChain {
  /** Newest sample. */
  readonly at: EpochMs;
  readonly isRunning: boolean;
  /** The stretch of equal raw states that lasts, and when it began. */
  readonly raw: PowerState | "UNK";
  readonly since: EpochMs;
  /** What the stretch before it counted as; null where there was none. */
  readonly before: PowerState | "UNK" | null;
}

/** A value that holds from its sample on; null where it is bad. */
export interface HeldValue {
  readonly at: EpochMs;
  readonly value: number | boolean | string | null;
}

/**
 * What an equipment's facts of a span need to know of everything before it; JSON. So a day can be computed without those
 * before it, and a change of the past is followed for as long as it changes this and no longer.
 */
export interface Chain {
  readonly state: HeldState | null;
  readonly power: PowerChain | null;
  readonly registers: Readonly<Record<string, IncrementState>>;
  readonly values: Readonly<Record<string, HeldValue>>;
  /** Levels of detectors that are in alarm, limits that are exceeded. */
  readonly above: Readonly<Record<string, boolean>>;
  /** Length of the failure that lasts, in ms; null where none does. */
  readonly downMs: number | null;
}

export const noChain: Chain = { state: null, power: null, registers: {}, values: {}, above: {}, downMs: null };
