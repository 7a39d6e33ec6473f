import type { EpochMs } from "#shared/model/time.ts";
import type { Reading } from "../signal.ts";

/** How a plant speaks. A face is made for a list of signals and shows their readings, same order. */
export interface Face extends AsyncDisposable {
  /** `at` becomes the source time where the protocol has one. Where a reading is undefined, nothing new is shown. */
  show(readings: readonly (Reading | undefined)[], at: EpochMs): void;
}
