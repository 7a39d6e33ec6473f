import type { EquipmentState } from "./equipment.ts";
import type { EpochMs } from "./time.ts";

/** What a person who knows better says an equipment was in (catalogue U-TM, rule 2); it holds before what is reported. */
export interface StateCorrection {
  readonly line: string;
  readonly equipment: string;
  readonly from: EpochMs;
  readonly to: EpochMs;
  readonly state: Exclude<EquipmentState, "UNK">;
  readonly reason: string;
  /** Withdrawn: it stays in the history and counts nowhere. */
  readonly isWithdrawn: boolean;
}
