import type { TSchema } from "typebox";
import type { AlarmEvent, AlarmPriority, AlarmStatus } from "#shared/model/alarm.ts";
import type { AssessedFigure, AssessedScore, SealManifest } from "#shared/model/assessment.ts";
import type { EquipmentState } from "#shared/model/equipment.ts";
import type { IndicatorResult } from "#shared/model/indicator.ts";
import type { LiveValue } from "#shared/model/live.ts";
import type { EpochMs } from "#shared/model/time.ts";
import { AssessmentMessageSchema } from "./assessmentSchema.ts";
import { checkedJson } from "./checkedJson.ts";
import {
  ActiveAlarmsSchema,
  AlarmEventSchema,
  HealthSchema,
  type healthStates,
  IndicatorsSchema,
  LiveSchema,
  NotificationMessageSchema,
} from "./derivedSchemas.ts";
import { derivedTopic, parseDerivedTopic } from "./topics.ts";

/** Newest values of one equipment by tag id within it, and its state; retained, at most 4 a second. */
export interface LiveMessage {
  readonly v: 1;
  readonly at: EpochMs;
  readonly values: Readonly<Record<string, Omit<LiveValue, "tag">>>;
  readonly state: { readonly state: EquipmentState; readonly since: EpochMs | null } | null;
}

/** One line of the alarm journal. */
export type AlarmEventMessage = AlarmEvent & { readonly v: 1 };

/** Every alarm that is not normal, and the newest event that this contains; retained, at most twice a second. */
export interface ActiveAlarmsMessage {
  readonly v: 1;
  readonly seq: number;
  /** The most urgent first. */
  readonly alarms: readonly AlarmStatus[];
  /** So many more, less urgent ones, have no room in the message; absent where it holds all. */
  readonly omitted?: number;
}

/** Newest figures of one line; retained. */
export interface IndicatorsMessage {
  readonly v: 1;
  readonly at: EpochMs;
  readonly results: readonly IndicatorResult[];
}

/** Provisional figures of the day or the month that runs, of the platform or a line; retained. */
export type FiguresMessage = IndicatorsMessage;

export type HealthState = (typeof healthStates)[number];

/** How the acquisition of one device does. */
export interface DeviceHealth {
  readonly id: string;
  readonly protocol: string;
  readonly connection: "connecting" | "connected" | "lost";
  /** Since when the connection is so. */
  readonly since: EpochMs;
  readonly lastData: EpochMs | null;
  readonly tags: number;
  readonly badTags: number;
  /** Share of the polls due in the last ten minutes that were made, 0 to 1. */
  readonly cadence: number | null;
  /** Of the device's answers, 99th percentile. */
  readonly latencyP99Ms: number | null;
  readonly certificateDaysLeft: number | null;
  /** Why the connection was lost, or did not come about, the last time. */
  readonly lastError: string | null;
}

/** How a part of the chain does; retained. Ingest says it at least once a second: its silence is a failure. */
export interface HealthMessage {
  readonly v: 1;
  readonly at: EpochMs;
  /** `ingest` or `gateway-<id>`. */
  readonly part: string;
  readonly state: HealthState;
  /** Source time of the newest sample per line. */
  readonly newest: Readonly<Record<string, EpochMs | null>>;
  readonly details: Readonly<Record<string, string | number | boolean | null>>;
  /** Of a gateway. */
  readonly devices?: readonly DeviceHealth[];
}

/** What a person is told of alarms, where the plant has a channel on its own broker. */
export interface NotificationBrokerMessage {
  readonly v: 1;
  /** Stable over repetitions. */
  readonly id: string;
  readonly to: string;
  readonly at: EpochMs;
  readonly kind: "alarm" | "test";
  readonly priority: AlarmPriority;
  readonly title: string;
  readonly text: string;
  readonly link: string | null;
  /** Alarms that it speaks of, by priority, and how many of them are back to normal. */
  readonly count: number;
  readonly counts: Readonly<Partial<Record<AlarmPriority, number>>>;
  readonly returned: number;
  /** The most urgent of them. */
  readonly alarms: readonly string[];
}

/** The official version of a sealed assessment; retained. Figures of equipment are left to the API. */
export interface AssessmentMessage {
  readonly v: 1;
  readonly period: string;
  readonly version: number;
  readonly sealedAt: EpochMs;
  readonly score: AssessedScore;
  readonly figures: readonly AssessedFigure[];
  readonly manifest: SealManifest;
  /** Over the canonical JSON of the manifest, hex. */
  readonly signature: string;
  /** Raw, hex. */
  readonly publicKey: string;
}

/** What ingest derives, by kind (D6). */
export interface DerivedMessages {
  readonly live: LiveMessage;
  readonly alarmEvent: AlarmEventMessage;
  readonly activeAlarms: ActiveAlarmsMessage;
  readonly indicators: IndicatorsMessage;
  readonly figures: FiguresMessage;
  readonly health: HealthMessage;
  readonly notification: NotificationBrokerMessage;
  readonly assessment: AssessmentMessage;
}
export type DerivedKind = keyof DerivedMessages;

/** The shape of each kind; AsyncAPI is made of them. */
export const derivedSchemas = {
  live: LiveSchema,
  alarmEvent: AlarmEventSchema,
  activeAlarms: ActiveAlarmsSchema,
  indicators: IndicatorsSchema,
  figures: IndicatorsSchema,
  health: HealthSchema,
  notification: NotificationMessageSchema,
  assessment: AssessmentMessageSchema,
} as const satisfies Record<DerivedKind, TSchema>;

type Readers = { readonly [Kind in DerivedKind]: (payload: Uint8Array | string) => DerivedMessages[Kind] };
const readers = Object.fromEntries(
  Object.entries(derivedSchemas).map(([kind, schema]) => [kind, checkedJson(kind, schema)]),
) as unknown as Readers;

export const encodeDerived = <Kind extends DerivedKind>(_kind: Kind, message: DerivedMessages[Kind]): string =>
  JSON.stringify(message);

/** Throws `MALFORMED`, naming the wrong key; a message of another version is refused too. */
export const parseDerived = <Kind extends DerivedKind>(
  kind: Kind,
  payload: Uint8Array | string,
): DerivedMessages[Kind] => readers[kind](payload);

/** Topics by kind; whether the message is retained is said at the messages above. */
export const derivedTopics = {
  live: (platform: string, line: string, equipment: string) => derivedTopic(platform, "live", line, equipment),
  alarmEvent: (platform: string) => derivedTopic(platform, "alarm", "event"),
  activeAlarms: (platform: string) => derivedTopic(platform, "alarm", "active"),
  indicators: (platform: string, line: string) => derivedTopic(platform, "indicator", line),
  figures: (platform: string, kind: FiguresKind, line?: string) =>
    line === undefined
      ? derivedTopic(platform, "indicator", kind, "platform")
      : derivedTopic(platform, "indicator", kind, "line", line),
  health: (platform: string, part: string) => derivedTopic(platform, "health", part),
  notification: (platform: string, person: string) => derivedTopic(platform, "notification", person),
  assessment: (platform: string, period: string) => derivedTopic(platform, "assessment", period),
} as const satisfies Record<DerivedKind, unknown>;

/** Periods whose provisional figures are published. */
export const figuresKinds = ["day", "month"] as const;
export type FiguresKind = (typeof figuresKinds)[number];

/** A topic of the table above, read. */
export type DerivedAddress = { readonly platform: string } & (
  | { readonly kind: "live"; readonly line: string; readonly equipment: string }
  | { readonly kind: "alarmEvent" | "activeAlarms" }
  | { readonly kind: "indicators"; readonly line: string }
  | { readonly kind: "figures"; readonly period: FiguresKind; readonly line: string | null }
  | { readonly kind: "health"; readonly part: string }
  | { readonly kind: "notification"; readonly person: string }
  | { readonly kind: "assessment"; readonly period: string }
);

/** Which derived message a topic carries; undefined for any other topic, commands and replies included. */
export function derivedAddress(topic: string): DerivedAddress | undefined {
  const parsed = parseDerivedTopic(topic);
  if (!parsed) return undefined;
  const { platform, parts } = parsed;
  const [family, first, second] = parts;
  if (!first) return undefined;
  if (family === "live" && second && parts.length === 3)
    return { platform, kind: "live", line: first, equipment: second };
  const period = figuresKinds.find((kind) => kind === first);
  if (family === "indicator" && period && parts.length === 3 && second === "platform")
    return { platform, kind: "figures", period, line: null };
  if (family === "indicator" && period && parts.length === 4 && second === "line" && parts[3])
    return { platform, kind: "figures", period, line: parts[3] };
  if (parts.length !== 2) return undefined;
  if (family === "alarm" && first === "event") return { platform, kind: "alarmEvent" };
  if (family === "alarm" && first === "active") return { platform, kind: "activeAlarms" };
  if (family === "indicator") return { platform, kind: "indicators", line: first };
  if (family === "notification") return { platform, kind: "notification", person: first };
  if (family === "assessment") return { platform, kind: "assessment", period: first };
  return family === "health" ? { platform, kind: "health", part: first } : undefined;
}
