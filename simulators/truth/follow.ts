import { instant } from "#shared/model/time.ts";
import type { RunningPlant } from "../plants/plant.ts";
import type { Reading } from "../signal.ts";
import { keepTruth, type LineTruth } from "./truth.ts";

export interface TruthFollower {
  /** Lets one second of the plant's time pass, counts it, and gives the readings at its end, in order of the signals. */
  second(): readonly Reading[];
  /** The readings at the beginning. */
  readonly first: readonly Reading[];
  truth(): LineTruth;
}

/** Follows a line second by second from instant 0 on, and keeps its ground truth. */
export function followTruth(plant: RunningPlant): TruthFollower {
  const keeper = keepTruth(plant);
  let seconds = 0;
  const look = (): readonly Reading[] => {
    const readings = plant.readings();
    keeper.see(readings, instant(seconds * 1_000));
    return readings;
  };
  return {
    first: look(),
    second: () => {
      plant.pass(1);
      seconds += 1;
      return look();
    },
    truth: keeper.truth,
  };
}
