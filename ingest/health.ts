import type { EpochMs } from "#shared/model/time.ts";
import type { HealthMessage, HealthState } from "#shared/wire/derived.ts";
import type { NotificationFacts } from "./notify/notifier.ts";

/** What the health of ingest rests on. */
export interface HealthFacts {
  readonly newest: ReadonlyMap<string, EpochMs | null>;
  readonly waitingBatches: number;
  readonly storeOutageSince: EpochMs | null;
  readonly storeOutageCause: string | null;
  readonly unsavedAlarmEvents: number;
  readonly indicatorsFailed: boolean;
  /** What was found damaged of history and records, in words. */
  readonly damages: readonly string[];
  /** Brokers that ingest has no session with, of several. */
  readonly brokersAway: readonly string[];
  /** Null where the plant notifies nobody. */
  readonly notification: NotificationFacts | null;
}

/** Health of ingest, said every second: degraded while it shows values that it cannot keep, or lacks what it had kept. */
export function healthMessage(facts: HealthFacts, at: EpochMs): HealthMessage {
  const { newest, waitingBatches, storeOutageSince, storeOutageCause, unsavedAlarmEvents, indicatorsFailed } = facts;
  const { notification, damages, brokersAway } = facts;
  const isWhole =
    storeOutageSince === null &&
    unsavedAlarmEvents === 0 &&
    !indicatorsFailed &&
    damages.length === 0 &&
    brokersAway.length === 0 &&
    (!notification || isReaching(notification));
  const state: HealthState = isWhole ? "ok" : "degraded";
  const details = {
    ...{ waitingBatches, storeOutageSince, storeOutageCause, unsavedAlarmEvents, indicatorsFailed },
    ...{ damages: damages.length, damage: damages[0] ?? null, brokersAway: brokersAway.join(" ") || null },
    ...(notification ? notificationDetails(notification) : {}),
  };
  return { v: 1, at, part: "ingest", state, newest: Object.fromEntries(newest), details };
}

/** Whether alarms reach those who are to be told. */
const isReaching = ({ channels, unheard, trouble }: NotificationFacts): boolean =>
  unheard === 0 && trouble === null && channels.every(({ state }) => state !== "dead");

function notificationDetails({ channels, waiting, waitingSince, unheard, trouble }: NotificationFacts) {
  const states = channels.map(({ channel, state, error }) => [
    `notification.${channel}`,
    state === "ok" ? state : `${state}: ${error}`,
  ]);
  return {
    notificationsWaiting: waiting,
    notificationsWaitingSince: waitingSince,
    alarmsUnheard: unheard,
    notificationTrouble: trouble,
    ...(Object.fromEntries(states) as Readonly<Record<string, string>>),
  };
}
