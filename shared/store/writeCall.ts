import type { Sample } from "#shared/model/sample.ts";
import type { KeepRefused, RefusedSample, StoredBatch } from "./port.ts";
import { RefusedSamplesError, sift } from "./refused.ts";

/** One call of `write` on its way into a commit that it shares with others. */
export interface WriteCall {
  readonly batches: readonly StoredBatch[];
  /** What no store can hold is not among `batches`. */
  readonly foreseen: readonly RefusedSample[];
  readonly keepRefused: KeepRefused;
}

export function writeCall(
  given: readonly StoredBatch[],
  keepRefused: KeepRefused = () => {},
  alsoRefusal?: (sample: Sample) => string | undefined,
): WriteCall {
  const { accepted, refused } = sift(given, alsoRefusal);
  return { batches: accepted, foreseen: refused, keepRefused };
}

export const samplesOfCall = ({ batches }: WriteCall): number =>
  batches.reduce((sum, { samples }) => sum + samples.length, 0);

/** Has each caller keep what is refused of its call; throws what a caller throws that cannot. */
export function keepRefusedOf(
  calls: readonly WriteCall[],
  refusedOf: (call: number) => readonly RefusedSample[],
): void {
  for (const [i, { keepRefused }] of calls.entries()) {
    const refused = refusedOf(i);
    if (refused.length > 0) keepRefused(refused);
  }
}

/** How each call ends: null where all of it is stored. */
export const outcomesOf = (
  calls: readonly WriteCall[],
  refusedOf: (call: number) => readonly RefusedSample[],
): readonly (RefusedSamplesError | null)[] =>
  calls.map((_, i) => {
    const refused = refusedOf(i);
    return refused.length > 0 ? new RefusedSamplesError(refused) : null;
  });
