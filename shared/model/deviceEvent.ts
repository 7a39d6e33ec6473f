import type { AlarmPriority } from "./alarm.ts";
import { type EpochMs, instant } from "./time.ts";

/** Of the JSON text that an event tag carries; another shape gets another number. */
export const deviceEventVersion = 1;

/** What an event tag carries: a condition that changed, or the list of those that stand. See docs/opcua-events.md. */
export type DeviceEvent = ConditionEvent | StandingConditions;

/** One state of a condition at the device (IEC 62541-9). What the device does not say is null. */
export interface ConditionEvent {
  readonly v: typeof deviceEventVersion;
  readonly kind: "condition";
  /** Of this event, hexadecimal: one event that is told again keeps it. */
  readonly eventId: string;
  /** Time of the event at the device; the sample's own time may be some milliseconds later, to be unique. */
  readonly at: EpochMs;
  /** Node id with its namespace by URI, as in plant.yaml; so for the other nodes. */
  readonly conditionId: string;
  /** An earlier state of the condition that still waits for somebody; null for the state it has now. */
  readonly branchId: string | null;
  readonly eventType: string;
  /** Node of what the condition is about, and its name. */
  readonly source: string | null;
  readonly sourceName: string | null;
  /** Name of the condition, within its source. */
  readonly name: string | null;
  /** Class of the condition, for example Process. */
  readonly conditionClass: string | null;
  /** Variable that an alarm watches. */
  readonly input: string | null;
  readonly message: string;
  /** 1 to 1000; 1000 where the device says none, for rather too loud than unheard. */
  readonly severity: number;
  readonly enabled: boolean | null;
  /** Null where it is no alarm. */
  readonly active: boolean | null;
  /** Which limit is exceeded, in the device's words, for example HighHigh. */
  readonly limit: string | null;
  readonly acked: boolean | null;
  readonly confirmed: boolean | null;
  readonly suppressed: boolean | null;
  readonly shelved: boolean | null;
  /** Whether the condition still matters: false ends it. */
  readonly retain: boolean;
  /** Quality of what the condition rests on. */
  readonly quality: "good" | "uncertain" | "bad" | null;
  readonly comment: string | null;
  /** Who commented or acknowledged at the device. */
  readonly user: string | null;
  /** Told again on our request: the state stands, it is no news. */
  readonly refresh: boolean;
}

/** Said after every connection, when the device has told again what stands. */
export interface StandingConditions {
  readonly v: typeof deviceEventVersion;
  readonly kind: "standing";
  readonly at: EpochMs;
  /** Every condition that stands: others have ended meanwhile. Null where the device cannot tell. */
  readonly conditions: readonly string[] | null;
}

/**
 * Severity that a priority begins at, highest first. IEC 62541-5 leaves the ranges to the server; thirds are what
 * companion specifications write (OPC 40083, 6.4; OPC 40501-1, 8.6.2). None is critical: that is for the plant to say.
 */
const severityBegins: readonly (readonly [from: number, priority: AlarmPriority])[] = [
  [667, "high"],
  [334, "medium"],
  [1, "low"],
];

export const priorityOfSeverity = (severity: number): AlarmPriority =>
  severityBegins.find(([from]) => severity >= from)?.[1] ?? "low";

/** Keys that are null are left out. */
export const formatDeviceEvent = (event: DeviceEvent): string =>
  JSON.stringify(event, (_, value: unknown) => (value === null && event.kind === "condition" ? undefined : value));

type Fields = Readonly<Record<string, unknown>>;

/** The event of an event tag's value; undefined for other text and for another version. */
export function parseDeviceEvent(text: string): DeviceEvent | undefined {
  const fields = fieldsOf(text);
  if (fields?.v !== deviceEventVersion || !Number.isSafeInteger(fields.at)) return undefined;
  if (fields.kind === "standing") return standingOf(fields);
  return fields.kind === "condition" ? conditionOf(fields) : undefined;
}

function fieldsOf(text: string): Fields | undefined {
  try {
    const parsed: unknown = JSON.parse(text);
    return typeof parsed === "object" && parsed !== null && !Array.isArray(parsed) ? (parsed as Fields) : undefined;
  } catch {
    return undefined;
  }
}

function standingOf({ at, conditions }: Fields): StandingConditions | undefined {
  const isList = Array.isArray(conditions) && conditions.every((id) => typeof id === "string");
  if (!isList && conditions !== null) return undefined;
  return { v: deviceEventVersion, kind: "standing", at: instant(Number(at)), conditions };
}

const qualities: readonly unknown[] = ["good", "uncertain", "bad"] satisfies ConditionEvent["quality"][];

function conditionOf(fields: Fields): ConditionEvent | undefined {
  const { at, eventId, conditionId, eventType, severity, retain, message, quality } = fields;
  const isWhole =
    [eventId, conditionId, eventType, message].every((field) => typeof field === "string") &&
    typeof retain === "boolean" &&
    typeof severity === "number" &&
    severity >= 1 &&
    severity <= 1_000;
  if (!isWhole) return undefined;
  const text = (name: string) => (typeof fields[name] === "string" ? fields[name] : null);
  const flag = (name: string) => (typeof fields[name] === "boolean" ? fields[name] : null);
  return {
    v: deviceEventVersion,
    kind: "condition",
    eventId: String(eventId),
    at: instant(Number(at)),
    conditionId: String(conditionId),
    branchId: text("branchId"),
    eventType: String(eventType),
    source: text("source"),
    sourceName: text("sourceName"),
    name: text("name"),
    conditionClass: text("conditionClass"),
    input: text("input"),
    message: String(message),
    severity,
    enabled: flag("enabled"),
    active: flag("active"),
    limit: text("limit"),
    acked: flag("acked"),
    confirmed: flag("confirmed"),
    suppressed: flag("suppressed"),
    shelved: flag("shelved"),
    retain,
    quality: qualities.includes(quality) ? (quality as ConditionEvent["quality"]) : null,
    comment: text("comment"),
    user: text("user"),
    refresh: fields.refresh === true,
  };
}
