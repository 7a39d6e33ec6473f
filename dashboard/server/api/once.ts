import type { Clock } from "#shared/kit/clock.ts";
import { type EpochMs, minutes } from "#shared/model/time.ts";

const memory = minutes(10);
const mostRemembered = 1_000;

/** Runs `work` unless the key was seen in the last minutes: then its outcome is given again. */
export type Once<T> = (key: string, work: () => Promise<T>) => Promise<T>;

/** A work that throws is forgotten, so that it can be tried again under the same key. */
export function createOnce<T>(clock: Clock): Once<T> {
  const seen = new Map<string, { readonly at: EpochMs; readonly outcome: Promise<T> }>();
  return (key, work) => {
    const now = clock.now();
    for (const [old, { at }] of seen) {
      if (now - at <= memory && seen.size <= mostRemembered) break;
      seen.delete(old);
    }
    const known = seen.get(key);
    if (known) return known.outcome;
    const outcome = work();
    seen.set(key, { at: now, outcome });
    outcome.catch(() => seen.delete(key));
    return outcome;
  };
}
