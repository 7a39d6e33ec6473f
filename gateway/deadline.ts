import type { Clock } from "#shared/kit/clock.ts";
import type { DurationMs } from "#shared/model/time.ts";

/**
 * What `promise` settles to; rejects with `late()` when that takes longer than `limit`, and with the signal's reason
 * when one of `signals` aborts first. The promise itself is left running: its outcome is ignored then.
 */
export async function within<T>(
  promise: Promise<T>,
  limit: DurationMs,
  clock: Clock,
  late: () => Error,
  ...signals: readonly AbortSignal[]
): Promise<T> {
  const settled = new AbortController();
  const limits = clock.sleep(limit, settled.signal).then((): Promise<never> | undefined => {
    // Once settled the race is over, and nobody listens to this branch.
    return settled.signal.aborted ? undefined : Promise.reject(late());
  }) as Promise<never>;
  const stops = signals.map((signal) => rejectOnAbort(signal, settled.signal));
  try {
    return await Promise.race([promise, ...stops, limits]);
  } finally {
    settled.abort();
  }
}

const rejectOnAbort = (signal: AbortSignal, until: AbortSignal): Promise<never> =>
  new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener("abort", () => reject(signal.reason), { signal: until, once: true });
  });
