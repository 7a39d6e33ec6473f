import type { Clock } from "#shared/kit/clock.ts";
import { type DurationMs, millis, seconds } from "#shared/model/time.ts";
import type { Plant } from "#shared/plant/plant.ts";
import { type HealthMessage, parseDerived } from "#shared/wire/derived.ts";
import type { AlarmEngine } from "../alarms/enginePort.ts";
import { measureSystem, type SystemFacts } from "./measure.ts";
import { createParts } from "./parts.ts";

/** What ingest cannot ask itself for: handed in by `main.ts`. */
export interface SystemSenses {
  /** Free part of the data folder's disk, 0 to 1. */
  diskFree(): number | null;
  /** Of the embedded broker's certificate. */
  certificateDaysLeft(): number | null;
}

export interface SystemWatchParts {
  readonly plant: Plant;
  readonly senses: SystemSenses;
  readonly alarms: Pick<AlarmEngine, "evaluate">;
  facts(): Omit<SystemFacts, "loopDelayMs" | "diskFree" | "certificateDaysLeft" | "brokerOutageMs" | "part">;
  readonly clock: Clock;
}

/** How often the system is measured. */
export const measureEvery: DurationMs = seconds(1);

/** Pilotline as a line of its own: its figures go the same way as those of any other line, into the alarm engine. */
export interface SystemWatch {
  /** A session with the broker begins, or has ended. */
  listen(isListening: boolean): void;
  /** Takes what another part says of itself; throws `MALFORMED`. */
  hear(payload: Uint8Array, isRetained: boolean): void;
  /** Once every `measureEvery`. */
  measure(): void;
}

export function createSystemWatch({ plant, senses, alarms, facts, clock }: SystemWatchParts): SystemWatch {
  const parts = createParts(clock);
  let measuredAt = clock.monotonic();
  let deafSince: DurationMs | null = clock.monotonic();
  return {
    listen: (isListening) => {
      deafSince = isListening ? null : (deafSince ?? clock.monotonic());
      if (isListening) parts.listen();
      else parts.deaf();
    },
    hear: (payload, isRetained) => {
      const message: HealthMessage = parseDerived("health", payload);
      // What the broker kept is no sign of life.
      if (isRetained || message.state === "down") return;
      parts.hear(message, clock.now());
    },
    measure: () => {
      const now = clock.monotonic();
      const late = millis(Math.max(0, now - measuredAt - measureEvery));
      measuredAt = now;
      const samples = measureSystem(
        plant,
        {
          ...facts(),
          loopDelayMs: late,
          diskFree: senses.diskFree(),
          certificateDaysLeft: senses.certificateDaysLeft(),
          brokerOutageMs: deafSince === null ? null : millis(now - deafSince),
          part: parts.of,
        },
        clock.now(),
      );
      alarms.evaluate(samples);
    },
  };
}
