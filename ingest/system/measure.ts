import type { Sample, TagId } from "#shared/model/sample.ts";
import type { DurationMs, EpochMs } from "#shared/model/time.ts";
import type { Plant } from "#shared/plant/plant.ts";
import { type FigureOf, type SystemPart, systemTag } from "#shared/plant/systemLine.ts";
import type { NotificationFacts } from "../notify/notifier.ts";
import type { PartFacts } from "./parts.ts";

/** What ingest knows of itself and of the rest of the chain. */
export interface SystemFacts {
  readonly storeOutageSince: EpochMs | null;
  readonly unsavedAlarmEvents: number;
  readonly indicatorsFailed: boolean;
  readonly damages: readonly string[];
  readonly brokersAway: readonly string[];
  /** Longest time since the last measurement that the process did nothing else. */
  readonly loopDelayMs: DurationMs;
  /** Free part of the data folder's disk, 0 to 1; null where the system does not tell. */
  readonly diskFree: number | null;
  readonly certificateDaysLeft: number | null;
  /** For how long there is no session with the broker; null while there is one. */
  readonly brokerOutageMs: DurationMs | null;
  part(name: string): PartFacts | null;
  readonly notification: NotificationFacts | null;
  /** Source time of the newest sample per line. */
  readonly newest: ReadonlyMap<string, EpochMs | null>;
}

/** Null: not known, or of no meaning now; the figure is not measured then. */
type Figures<Part extends SystemPart> = { readonly [Figure in FigureOf<Part>]: number | null };

const secondsOf = (ms: number | null): number | null => (ms === null ? null : Math.round(ms / 100) / 10);
const percentOf = (part: number | null): number | null => (part === null ? null : Math.round(part * 1_000) / 10);
const numberIn = (facts: PartFacts | null, key: string): number | null => {
  const value = facts?.details?.[key];
  return typeof value === "number" ? value : typeof value === "boolean" ? Number(value) : null;
};
const negated = (flag: number | null): number | null => (flag === null ? null : 1 - flag);

const ingestFigures = (facts: SystemFacts, now: EpochMs): Figures<"ingest"> => ({
  "store-outage": facts.storeOutageSince === null ? 0 : secondsOf(now - facts.storeOutageSince),
  "unsaved-alarm-events": facts.unsavedAlarmEvents,
  "indicators-failed": Number(facts.indicatorsFailed),
  damage: facts.damages.length,
  "brokers-away": facts.brokersAway.length,
  "loop-delay": secondsOf(facts.loopDelayMs),
  "disk-free": percentOf(facts.diskFree),
  "certificate-days": facts.certificateDaysLeft,
  "broker-outage": secondsOf(facts.brokerOutageMs ?? 0),
  ...notificationFigures(facts.notification, now),
});

/** Nothing is measured where the plant notifies nobody. */
function notificationFigures(facts: NotificationFacts | null, now: EpochMs) {
  const isDead = ({ state }: NotificationFacts["channels"][number]): boolean => state === "dead";
  const waitingMs = facts && (facts.waitingSince === null ? 0 : now - facts.waitingSince);
  return {
    "notification-channels-dead": facts?.channels.filter(isDead).length ?? null,
    "alarms-unheard": facts?.unheard ?? null,
    "notification-delay": secondsOf(waitingMs),
  };
}

const dashboardFigures = (facts: PartFacts | null): Figures<"dashboard"> => ({
  silence: secondsOf(facts?.silentMs ?? null),
  "certificate-days": numberIn(facts, "certificateDaysLeft"),
});

function gatewayFigures(facts: PartFacts | null): Figures<`gateway-${string}`> {
  const devices = numberIn(facts, "devices");
  const connected = numberIn(facts, "devicesConnected");
  const offsetMs = facts?.clockOffsetMs ?? null;
  return {
    silence: secondsOf(facts?.silentMs ?? null),
    "queue-fill": percentOf(numberIn(facts, "outboxFill")),
    "not-durable": negated(numberIn(facts, "isDurable")),
    "losses-open": numberIn(facts, "lossesOpen"),
    "devices-lost": devices === null || connected === null ? null : devices - connected,
    "clock-offset": secondsOf(offsetMs === null ? null : Math.abs(offsetMs)),
    "certificate-days": numberIn(facts, "certificateDaysLeft"),
    "disk-free": percentOf(numberIn(facts, "diskFree")),
  };
}

/** The figures of all parts as samples of the system line, good and of now. */
export function measureSystem({ platform, gateways }: Plant, facts: SystemFacts, now: EpochMs): readonly Sample[] {
  const samples: Sample[] = [];
  const add = <Part extends SystemPart>(part: Part, figures: Figures<Part>): void => {
    for (const [figure, value] of Object.entries(figures) as [FigureOf<Part>, number | null][]) {
      if (value === null) continue;
      const tag: TagId = systemTag(platform.id, part, figure);
      samples.push({ tag, at: now, value, quality: "good" });
    }
  };
  add("ingest", ingestFigures(facts, now));
  add("dashboard", dashboardFigures(facts.part("dashboard")));
  for (const { id } of gateways) add(`gateway-${id}`, gatewayFigures(facts.part(`gateway-${id}`)));
  for (const [line, newest] of facts.newest) {
    add(`line-${line}`, { "data-age": newest === null ? null : secondsOf(Math.max(0, now - newest)) });
  }
  return samples;
}
