import type { EpochMs } from "./time.ts";

/** Who changed a record, when and why. A record is a chain of revisions; a change adds one, and none is ever overwritten. */
export interface RevisionMark {
  /** 1 for the first. */
  readonly number: number;
  readonly at: EpochMs;
  /** The person, or what acted by itself: `tag <tag id>`, `import`. */
  readonly by: string;
  readonly why: string | null;
}

/** A record as one of its revisions has it. */
export type Recorded<What> = What & { readonly id: string; readonly revision: RevisionMark };
