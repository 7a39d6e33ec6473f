import type { EpochMs } from "#shared/model/time.ts";
import type { Reading } from "../signal.ts";

/** How a plant speaks. A face is made for a list of signals and shows their readings, same order. */
export interface Face extends AsyncDisposable {
  /** `at` becomes the source time where the protocol has one. */
  show(readings: readonly Reading[], at: EpochMs): void;
}
