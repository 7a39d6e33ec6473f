import type { Clock } from "#shared/kit/clock.ts";
import { CodedError, messageOf } from "#shared/model/errors.ts";
import { type DurationMs, seconds } from "#shared/model/time.ts";
import { within } from "../../../deadline.ts";
import { inBatches } from "../nodes.ts";
import { isTooLarge } from "../serverLimits.ts";

/** How hard a server is asked: PLCs have rebooted while they were browsed. */
export interface Pace {
  /** Most nodes per call. */
  readonly perCall: number;
  /** Rest between two calls. */
  readonly pause: DurationMs;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/** Calls a server one at a time, with the rest between two calls. */
export interface Asking {
  /** One result per item, same order; a call that is too large for the server is cut in halves. */
  each<T, R>(items: readonly T[], call: (batch: readonly T[]) => Promise<readonly R[]>): Promise<readonly R[]>;
  /** Calls so far. */
  readonly calls: number;
}

/** The library gives a call up earlier. */
const callLimit = seconds(15);

/**
 * Rejects with `NOT_CONNECTED` where the server ends a call, `TIMEOUT` where it does not answer, and with the signal's
 * reason when it aborts. Who asks adds the name of the server.
 */
export function askGently({ perCall, pause, clock, signal }: Pace): Asking {
  let most = perCall;
  let calls = 0;
  const one = async <T, R>(
    batch: readonly T[],
    call: (batch: readonly T[]) => Promise<readonly R[]>,
  ): Promise<readonly R[]> => {
    signal.throwIfAborted();
    if (calls > 0 && pause > 0) await clock.sleep(pause, signal);
    signal.throwIfAborted();
    calls += 1;
    const late = () => new CodedError("TIMEOUT", `no answer in ${callLimit} ms to a call for ${batch.length} nodes.`);
    try {
      return await within(call(batch), callLimit, clock, late, signal);
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof CodedError) throw error;
      if (batch.length === 1 || !isTooLarge(messageOf(error))) {
        throw new CodedError(
          "NOT_CONNECTED",
          `the server ended a call for ${batch.length} nodes: ${messageOf(error)}.`,
        );
      }
      most = Math.ceil(batch.length / 2);
      const results: R[] = [];
      for (const half of inBatches(batch, most)) results.push(...(await one(half, call)));
      return results;
    }
  };
  return {
    each: async (items, call) => {
      const results = [];
      for (let at = 0; at < items.length; ) {
        const batch = items.slice(at, at + most);
        at += batch.length;
        results.push(...(await one(batch, call)));
      }
      return results;
    },
    get calls() {
      return calls;
    },
  };
}
