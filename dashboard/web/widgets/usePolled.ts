import { onUnmounted, type ShallowRef, shallowRef } from "vue";
import { ApiFailure } from "../api/api.ts";
import { useServices } from "../services.ts";

/** An answer of the server that is asked for again and again while the page is open. */
export interface Polled<Answer> {
  /** The newest answer, null before the first. It stays when a later request fails. */
  readonly answer: ShallowRef<Answer | null>;
  /** Why the newest request failed, null where it did not. */
  readonly failure: ShallowRef<ApiFailure | null>;
  readonly load: () => Promise<void>;
}

/** Asks at once and then every `everyMs`; a request that is still under way is not overtaken. */
export function usePolled<Answer>(ask: (signal: AbortSignal) => Promise<Answer>, everyMs: number): Polled<Answer> {
  const { clock } = useServices();
  const answer = shallowRef<Answer | null>(null);
  const failure = shallowRef<ApiFailure | null>(null);
  const abort = new AbortController();
  let isAsking = false;
  const load = async (): Promise<void> => {
    if (isAsking) return;
    isAsking = true;
    try {
      answer.value = await ask(abort.signal);
      failure.value = null;
    } catch (thrown) {
      if (thrown instanceof ApiFailure) failure.value = thrown;
    } finally {
      isAsking = false;
    }
  };
  const stop = clock.every(everyMs, () => void load());
  onUnmounted(() => {
    stop();
    abort.abort();
  });
  void load();
  return { answer, failure, load };
}
