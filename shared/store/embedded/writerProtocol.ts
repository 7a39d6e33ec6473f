import type { EpochMs } from "#shared/model/time.ts";
import type { CommitGroup } from "./group.ts";
import type { SealPolicy } from "./historyFile.ts";

export interface WriterSetup {
  readonly file: string;
  readonly policy: SealPolicy;
}

/** What the writer's thread is asked. The instant comes with the request: the thread has no clock. */
export type WriterRequest =
  | { readonly kind: "open"; readonly now: EpochMs }
  | { readonly kind: "commit"; readonly now: EpochMs; readonly group: CommitGroup }
  | { readonly kind: "seal"; readonly now: EpochMs }
  | { readonly kind: "storedBatches"; readonly now: EpochMs }
  | { readonly kind: "close"; readonly now: EpochMs };
