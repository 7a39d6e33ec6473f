import { onUnmounted, type ShallowRef, shallowRef } from "vue";
import { ApiFailure } from "../../api/api.ts";
import { useServices } from "../../services.ts";

export interface Loaded<T> {
  readonly value: ShallowRef<T | null>;
  readonly failure: ShallowRef<ApiFailure | null>;
  /** Loads again; what was there stays on the page until the new answer is. */
  load(): Promise<void>;
}

/** What a page shows of the records: loaded at once, again every half a minute, and after each change. */
export function useRecords<T>(ask: (signal: AbortSignal) => Promise<T>, everyMs = 30_000): Loaded<T> {
  const { clock, session } = useServices();
  const value = shallowRef<T | null>(null);
  const failure = shallowRef<ApiFailure | null>(null);
  let abort = new AbortController();
  const load = async (): Promise<void> => {
    abort.abort();
    abort = new AbortController();
    const { signal } = abort;
    try {
      const found = await ask(signal);
      if (signal.aborted) return;
      value.value = found;
      failure.value = null;
    } catch (thrown) {
      if (signal.aborted || !(thrown instanceof ApiFailure)) return;
      if (thrown.code === "UNAUTHORISED") session.end();
      failure.value = thrown;
    }
  };
  const stop = clock.every(everyMs, () => void load());
  onUnmounted(() => {
    stop();
    abort.abort();
  });
  void load();
  return { value, failure, load };
}
