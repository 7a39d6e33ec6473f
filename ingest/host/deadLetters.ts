import type { Clock } from "#shared/kit/clock.ts";
import type { Log } from "#shared/kit/log.ts";
import type { Metrics } from "#shared/kit/metrics.ts";
import { messageOf } from "#shared/model/errors.ts";
import type { Sample } from "#shared/model/sample.ts";
import { type DurationMs, type EpochMs, hours, instant, minutes } from "#shared/model/time.ts";
import type { DeadLetter, DeadLetterTotals } from "#shared/store/records/deadLetters.ts";
import type { RecordsWriter } from "#shared/store/records/port.ts";

export interface DeadLetters {
  /** Keeps a message that could not be used, whole, with the reason; `flush` makes it durable. */
  put(topic: string, payload: Uint8Array, reason: string, now: EpochMs): void;
  /** Durable on return; throws where the records cannot be written. */
  keep(letters: readonly DeadLetter[]): void;
  /** Writes what waits, and from time to time takes out what is too old or too much. */
  flush(): void;
}

/** Letters lie there for so long, and take no more room than this: a broken sender must not fill the disk. */
export const letterLimits = { maxAge: hours(24 * 90), maxBytes: 64 << 20 } as const;
/** What may wait for `flush`; beyond it messages are only counted. */
const maxWaitingBytes = 8 << 20;
const pruneEvery: DurationMs = minutes(1);
/** A topic is named in the log no more often. */
const sayEvery: DurationMs = minutes(1);

/** A sample that no store will take. */
export const sampleLetter = (sample: Sample, reason: string, now: EpochMs): DeadLetter => ({
  receivedAt: now,
  topic: `sample ${sample.tag}`,
  reason,
  payload: Buffer.from(JSON.stringify(sample)),
  tag: sample.tag,
  at: sample.at,
});

export function createDeadLetters(
  records: Pick<RecordsWriter, "appendDeadLetters" | "pruneDeadLetters" | "deadLetterTotals">,
  clock: Clock,
  log: Log,
  metrics: Metrics,
): DeadLetters {
  const refused = metrics.counter(
    "ingest_messages_refused_total",
    "Messages and samples that went to the dead letter, by outcome.",
  );
  const held = metrics.gauge("ingest_dead_letters", "Letters that lie in the dead letter.");
  const said = new Map<string, EpochMs>();
  let waiting: DeadLetter[] = [];
  let waitingBytes = 0;
  let prunedAt = millisLongAgo;
  let hasFailed = false;

  const append = (letters: readonly DeadLetter[]) => {
    records.appendDeadLetters(letters);
    refused.add(letters.length, { outcome: "kept" });
    showTotals();
  };
  const showTotals = (): DeadLetterTotals => {
    const totals = records.deadLetterTotals();
    held.set(totals.letters);
    return totals;
  };
  const say = (topic: string, reason: string, now: EpochMs) => {
    if (now - (said.get(topic) ?? 0) < sayEvery) return;
    if (said.size > 1_000) said.clear();
    said.set(topic, now);
    log.warn({ topic, reason }, "Refused, kept in the dead letter");
  };

  return {
    put: (topic, payload, reason, now) => {
      say(topic, reason, now);
      if (waitingBytes + payload.length > maxWaitingBytes) return refused.add(1, { outcome: "lost" });
      waiting.push({ receivedAt: now, topic, reason, payload });
      waitingBytes += payload.length;
    },
    keep: (letters) => {
      for (const { topic, reason, receivedAt } of letters) say(topic, reason, receivedAt);
      append(letters);
    },
    flush: () => {
      try {
        if (waiting.length > 0) append(waiting);
        waiting = [];
        waitingBytes = 0;
        if (clock.monotonic() - prunedAt >= pruneEvery) {
          prunedAt = clock.monotonic();
          const { maxAge, maxBytes } = letterLimits;
          const gone = records.pruneDeadLetters(instant(clock.now() - maxAge), maxBytes);
          if (gone > 0) log.warn({ gone }, "Letters were too old or too many, and are gone from the dead letter");
          showTotals();
        }
        hasFailed = false;
      } catch (error) {
        if (!hasFailed) log.error({ error: messageOf(error) }, "Dead letter cannot be written; its letters wait");
        hasFailed = true;
      }
    },
  };
}

const millisLongAgo = Number.NEGATIVE_INFINITY;
