import type { EquipmentState } from "#shared/model/equipment.ts";
import type { Interval } from "#shared/model/interval.ts";
import type { EpochMs } from "#shared/model/time.ts";
import type { Api } from "./api.ts";

export interface StateStretch extends Interval {
  readonly state: EquipmentState;
}

export interface EquipmentTimeline {
  readonly line: string;
  readonly equipment: string;
  /** As it was reported. */
  readonly stretches: readonly StateStretch[];
}

export interface StateCorrection extends StateStretch {
  readonly id: string;
  readonly line: string;
  readonly equipment: string;
  readonly reason: string;
  readonly by: string;
  readonly at: EpochMs;
}

export interface StatesAnswer {
  readonly timelines: readonly EquipmentTimeline[];
  /** The one that was made last at the end; it holds. */
  readonly corrections: readonly StateCorrection[];
}

export const loadStates = ({ get }: Pick<Api, "get">, { from, to }: Interval, signal: AbortSignal) =>
  get<StatesAnswer>(`/api/states?from=${from}&to=${to}`, signal);
