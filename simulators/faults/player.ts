import type { Clock } from "#shared/kit/clock.ts";
import { type DurationMs, millis } from "#shared/model/time.ts";
import type { Random } from "../physics/random.ts";
import type { Scenario } from "./catalogue.ts";
import { nextChange, type Occurrence, occurrenceAt } from "./timeline.ts";

/** A scenario that runs: its second 0 is when it was made. */
export interface Player {
  /** What is on now, in the order of the file. */
  active(): readonly Occurrence[];
  /** Of the scenario's own seed. */
  readonly random: Random;
  /** Calls `look` now and whenever something begins or ends, one call at a time; resolves when `signal` aborts. */
  follow(look: (active: readonly Occurrence[]) => Promise<void>, signal: AbortSignal): Promise<void>;
}

/** Timers may fire a little early: what is due within this is due. */
const grain = millis(1);

export function createPlayer({ steps }: Scenario, clock: Clock, random: Random): Player {
  const start = clock.monotonic();
  const elapsed = () => millis(clock.monotonic() - start);
  const activeAt = (then: DurationMs) => steps.flatMap((step) => occurrenceAt(step, then) ?? []);
  return {
    active: () => activeAt(elapsed()),
    random,
    follow: async (look, signal) => {
      // Every begin and end in turn, also those that a busy machine is late for.
      let seen = millis(0);
      await look(activeAt(seen));
      while (!signal.aborted) {
        const next = nextChange(steps, seen) ?? millis(Number.POSITIVE_INFINITY);
        const wait = millis(next - elapsed());
        if (wait > grain) {
          await clock.sleep(wait, signal);
          continue;
        }
        seen = next;
        await look(activeAt(seen));
      }
    },
  };
}
