import type { Clock } from "#shared/kit/clock.ts";
import type { DurationMs } from "#shared/model/time.ts";
import { beats, type Cadence, phaseOf } from "./cadence.ts";
import type { Driver, Point, Reading } from "./driver.ts";

export interface PolledDevice<A> {
  readonly id: string;
  readonly driver: Pick<Driver<A>, "read">;
  /** Time between the starts of two polls of points without a rate of their own. */
  readonly pollPeriod: DurationMs;
}

/**
 * Polls the points of a device, those of one rate together: all of them at once, then each group at its own beat. One
 * poll of a group is under way at a time; a beat missed by a slow device is skipped and counted. Resolves when `signal`
 * aborts, rejects as the driver's `read` does.
 */
export async function poll<A>(
  { id, driver, pollPeriod }: PolledDevice<A>,
  points: readonly Point<A>[],
  accept: (index: number, reading: Reading) => void,
  cadence: Cadence,
  clock: Clock,
  signal: AbortSignal,
): Promise<void> {
  const over = new AbortController();
  const running = AbortSignal.any([signal, over.signal]);
  const indexed = points.map((point, index) => ({ point, index }));
  const groups = Map.groupBy(indexed, ({ point }) => point.period ?? pollPeriod);

  const pollGroup = async (period: DurationMs, group: readonly (typeof indexed)[number][]) => {
    const wanted = group.map(({ point }) => point);
    const once = async () => {
      const readings = await driver.read(wanted, running);
      for (const [i, reading] of readings.entries()) {
        const entry = group[i];
        if (entry) accept(entry.index, reading);
      }
    };
    await once();
    for await (const missed of beats(clock, period, phaseOf(id, period), running)) {
      await once();
      cadence.beat(missed);
    }
  };

  // The first group that fails ends the others; they are waited for, so that nothing is read after the end.
  let failure: { readonly error: unknown } | undefined;
  const one = async (period: DurationMs, group: readonly (typeof indexed)[number][]) => {
    try {
      await pollGroup(period, group);
    } catch (error) {
      if (!running.aborted) failure = { error };
      over.abort();
    }
  };
  await Promise.all([...groups].map(([period, group]) => one(period, group)));
  if (failure) throw failure.error;
}
