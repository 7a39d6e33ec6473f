import type { EpochMs } from "#shared/model/time.ts";
import type { HealthMessage, HealthState } from "#shared/wire/derived.ts";

/** What the health of ingest rests on. */
export interface HealthFacts {
  readonly newest: ReadonlyMap<string, EpochMs | null>;
  readonly waitingBatches: number;
  readonly storeOutageSince: EpochMs | null;
  readonly storeOutageCause: string | null;
  readonly unsavedAlarmEvents: number;
  readonly indicatorsFailed: boolean;
}

/** Health of ingest, said every second: degraded while it shows values that it cannot keep. */
export function healthMessage(facts: HealthFacts, at: EpochMs): HealthMessage {
  const { newest, waitingBatches, storeOutageSince, storeOutageCause, unsavedAlarmEvents, indicatorsFailed } = facts;
  const isWhole = storeOutageSince === null && unsavedAlarmEvents === 0 && !indicatorsFailed;
  const state: HealthState = isWhole ? "ok" : "degraded";
  const details = { waitingBatches, storeOutageSince, storeOutageCause, unsavedAlarmEvents, indicatorsFailed };
  return { v: 1, at, part: "ingest", state, newest: Object.fromEntries(newest), details };
}
