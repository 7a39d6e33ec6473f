import { backoff } from "#shared/kit/backoff.ts";
import type { Clock } from "#shared/kit/clock.ts";
import { failpoint } from "#shared/kit/failpoint.ts";
import type { Log } from "#shared/kit/log.ts";
import type { Metrics } from "#shared/kit/metrics.ts";
import { createWake } from "#shared/kit/wake.ts";
import { CodedError, messageOf } from "#shared/model/errors.ts";
import { type DurationMs, type EpochMs, millis, seconds } from "#shared/model/time.ts";
import type { KeepRefused, RefusedSample, SampleWriter, StoredBatch } from "#shared/store/port.ts";
import { RefusedSamplesError, sift } from "#shared/store/refused.ts";
import type { Intake, WaitingBatch } from "./intake.ts";
import { inOrderOfQueues, Precedence } from "./precedence.ts";

/** A commit takes what came in this time; the store may wait on top. */
const commitEvery: DurationMs = millis(50);
/** As many samples are worth a commit of their own at once. */
const plentySamples = 10_000;
const maxSamplesPerCommit = 50_000;
/** How long a stop waits for a store that does not answer; what is not stored stays with the gateways. */
const drainTimeout: DurationMs = seconds(5);

export interface CommitterParts {
  readonly intake: Intake;
  readonly writer: Pick<SampleWriter, "write">;
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Log;
  readonly metrics: Metrics;
  /** Makes samples durable elsewhere that the store will never accept; throws where it cannot. */
  readonly keepRefused: KeepRefused;
  /** The batches are durable, without those of their samples that were refused. */
  readonly onStored: (batches: readonly WaitingBatch[]) => void;
}

export interface Committer {
  /** Commits until `signal` aborts; then takes what waits to the store and returns. */
  run(signal: AbortSignal): Promise<void>;
  /** Whether batches that no longer wait are not yet in the store. */
  isCommitting(): boolean;
  /** Since when the store has not answered; null while it does. */
  outageSince(): EpochMs | null;
  /** Why it does not, in the store's words. */
  outageCause(): string | null;
}

/** Moves batches from the intake to the store, one transaction at a time, and keeps them until the store has them. */
export function createCommitter({
  intake,
  writer,
  clock,
  random,
  log,
  metrics,
  keepRefused,
  onStored,
}: CommitterParts): Committer {
  const failures = metrics.counter("ingest_commits_failed_total", "Commits that the store did not take.");
  const storedSamples = metrics.counter("ingest_samples_stored_total", "Samples made durable.");
  const supersededSamples = metrics.counter(
    "ingest_samples_superseded_total",
    "Late samples for whose tag and time a later batch of their queue had brought another value.",
  );
  const precedence = new Precedence();
  let isCommitting = false;
  let outageSince: EpochMs | null = null;
  let outageCause: string | null = null;

  /** The samples that the store refuses for good, and that are kept; all others are durable, and the batches' names. */
  const write = async (batches: readonly StoredBatch[]): Promise<readonly RefusedSample[]> => {
    try {
      await writer.write(batches, keepRefused);
      return [];
    } catch (error) {
      if (error instanceof RefusedSamplesError) return error.refused;
      // A store that refuses a whole call says so of every sample in it.
      if (error instanceof CodedError && error.verdict === "reject") {
        const refused = batches.flatMap(({ samples }) => samples.map((sample) => ({ sample, why: error.detail })));
        keepRefused(refused);
        await writer.write(batches.map(({ name }) => ({ name, samples: [] })));
        return refused;
      }
      throw error;
    }
  };

  /** False where `giveUp` aborted before the store took the batches. */
  const commit = async (taken: readonly WaitingBatch[], giveUp: AbortSignal): Promise<boolean> => {
    const waits = backoff({ cap: seconds(5) }, random);
    const batches = inOrderOfQueues(taken);
    const superseded = precedence.superseded(batches);
    if (superseded.size > 0) supersededSamples.add(superseded.size);
    const { accepted, refused: unfit } = sift(
      superseded.size === 0
        ? batches
        : batches.map(({ name, samples }) => ({ name, samples: samples.filter((one) => !superseded.has(one)) })),
    );
    const refused = new Set(unfit.map(({ sample }) => sample));
    let isUnfitKept = unfit.length === 0;
    let isWritten = false;
    for (;;) {
      try {
        if (!isUnfitKept) keepRefused(unfit);
        isUnfitKept = true;
        failpoint("commit.before");
        if (!isWritten) for (const { sample } of await write(accepted)) refused.add(sample);
        isWritten = true;
        failpoint("commit.stored");
        if (outageSince !== null) log.info({ outageMs: clock.now() - outageSince }, "The store answers again");
        outageSince = null;
        outageCause = null;
        intake.settle(batches);
        precedence.stored(batches, (queueId) => intake.ranges(queueId));
        const stored = batches.map(({ node, name }, i) => {
          const samples = accepted[i]?.samples ?? [];
          return { node, name, samples: refused.size === 0 ? samples : samples.filter((one) => !refused.has(one)) };
        });
        storedSamples.add(stored.reduce((sum, { samples }) => sum + samples.length, 0));
        failpoint("commit.settled");
        onStored(stored);
        failpoint("commit.acknowledged");
        return true;
      } catch (error) {
        failures.add(1);
        outageSince ??= clock.now();
        // Another cause asks for another remedy: a server that is back may refuse the token.
        if (outageCause !== messageOf(error)) {
          outageCause = messageOf(error);
          log.error({ error: outageCause }, "The store does not take batches; they wait unacknowledged");
        }
        await clock.sleep(waits.next().value, giveUp);
        if (giveUp.aborted) return false;
      }
    }
  };

  return {
    isCommitting: () => isCommitting,
    outageSince: () => outageSince,
    outageCause: () => outageCause,
    run: async (signal) => {
      const giveUp = new AbortController();
      const deadline = (async () => {
        if (!signal.aborted) await new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true }));
        await clock.sleep(drainTimeout, giveUp.signal);
        giveUp.abort();
      })();
      const wake = createWake(clock);
      intake.ringAt(plentySamples, wake.ring);
      for (let next = clock.monotonic() + commitEvery; ; ) {
        if (intake.waitingSamples < plentySamples) await wake.wait(millis(next - clock.monotonic()), signal);
        next = clock.monotonic() + commitEvery;
        const batches = intake.take(maxSamplesPerCommit);
        isCommitting = batches.length > 0;
        if (isCommitting && !(await commit(batches, giveUp.signal))) break;
        isCommitting = false;
        if (signal.aborted && intake.waitingBatches === 0) break;
      }
      if (signal.aborted) giveUp.abort();
      await deadline;
    },
  };
}
