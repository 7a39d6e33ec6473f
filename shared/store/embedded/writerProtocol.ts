import type { Retention } from "#shared/model/retention.ts";
import type { EpochMs } from "#shared/model/time.ts";
import type { CommitGroup } from "./group.ts";
import type { SealPolicy } from "./historyFile.ts";

export interface WriterSetup {
  readonly file: string;
  readonly policy: SealPolicy;
  readonly retention: Retention;
}

/** Answer to a commit. */
export interface Committed {
  /** False where more is refused than the caller has kept: nothing is done yet. */
  readonly isDurable: boolean;
  /** Positions in the group of samples that are older than their tag's are kept. */
  readonly refused: readonly number[];
  /** The hot log holds more than its policy allows: seal. */
  readonly overfull: boolean;
  /** Let nobody write before the seal is done. */
  readonly flooded: boolean;
}

/** What the writer's thread is asked. The instant comes with the request: the thread has no clock. */
export type WriterRequest =
  | { readonly kind: "open"; readonly now: EpochMs }
  /** `kept` samples that were refused before lie elsewhere already. */
  | { readonly kind: "commit"; readonly now: EpochMs; readonly group: CommitGroup; readonly kept: number }
  | { readonly kind: "seal"; readonly now: EpochMs }
  | { readonly kind: "retain"; readonly now: EpochMs }
  | { readonly kind: "storedBatches"; readonly now: EpochMs }
  | { readonly kind: "close"; readonly now: EpochMs };
