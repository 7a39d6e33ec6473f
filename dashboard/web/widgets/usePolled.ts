import { onUnmounted, type ShallowRef, shallowRef } from "vue";
import { ApiFailure } from "../api/api.ts";
import { useServices } from "../services.ts";

export interface Loaded<T> {
  readonly value: ShallowRef<T | null>;
  readonly failure: ShallowRef<ApiFailure | null>;
  /** Loads again; what was there stays on the page until the new answer is. */
  load(): Promise<void>;
}

/** An answer of the server that a page shows: asked for at once, again every so often, and after each change. */
export function usePolled<T>(ask: (signal: AbortSignal) => Promise<T>, everyMs = 30_000): Loaded<T> {
  const { clock, session } = useServices();
  const value = shallowRef<T | null>(null);
  const failure = shallowRef<ApiFailure | null>(null);
  let abort = new AbortController();
  let isAsking = false;
  const load = async (): Promise<void> => {
    abort.abort();
    abort = new AbortController();
    const { signal } = abort;
    isAsking = true;
    try {
      const found = await ask(signal);
      if (signal.aborted) return;
      value.value = found;
      failure.value = null;
    } catch (thrown) {
      if (signal.aborted || !(thrown instanceof ApiFailure)) return;
      if (thrown.code === "UNAUTHORISED") session.end();
      failure.value = thrown;
    } finally {
      if (!signal.aborted) isAsking = false;
    }
  };
  // A server that takes longer than the pause is waited for.
  const stop = clock.every(everyMs, () => {
    if (!isAsking) void load();
  });
  onUnmounted(() => {
    stop();
    abort.abort();
  });
  void load();
  return { value, failure, load };
}
