import type { Log } from "#shared/kit/log.ts";
import type { Metrics } from "#shared/kit/metrics.ts";
import { messageOf } from "#shared/model/errors.ts";
import { type EpochMs, minutes } from "#shared/model/time.ts";
import type { RecordsWriter } from "#shared/store/records/port.ts";

export interface DeadLetters {
  /** Keeps what could not be used, whole, with the reason. */
  put(topic: string, payload: Uint8Array, reason: string, now: EpochMs): void;
}

/** Letters kept per topic and minute: a sender that repeats a broken message must not fill the disk. */
const perMinute = 20;

export function createDeadLetters(records: RecordsWriter, log: Log, metrics: Metrics): DeadLetters {
  const refused = metrics.counter(
    "ingest_messages_refused_total",
    "Messages that went to the dead letter, by outcome.",
  );
  const kept = new Map<string, { since: EpochMs; letters: number }>();
  return {
    put: (topic, payload, reason, now) => {
      const known = kept.get(topic);
      const current = known && now - known.since < minutes(1) ? known : { since: now, letters: 0 };
      kept.set(topic, current);
      current.letters += 1;
      if (current.letters > perMinute) return refused.add(1, { outcome: "counted" });
      if (current.letters === 1) log.warn({ topic, reason }, "Message refused, kept in the dead letter");
      try {
        records.appendDeadLetter({ receivedAt: now, topic, reason, payload });
        refused.add(1, { outcome: "kept" });
      } catch (error) {
        refused.add(1, { outcome: "lost" });
        log.error({ topic, reason, error: messageOf(error) }, "Dead letter cannot be written");
      }
    },
  };
}
