import {
  AttributeIds,
  DataType,
  EventFilter,
  type NodeId,
  ObjectTypeIds,
  resolveNodeId,
  SimpleAttributeOperand,
  type Variant,
} from "node-opcua";
import { type ConditionEvent, deviceEventVersion } from "#shared/model/deviceEvent.ts";
import { type EpochMs, instant } from "#shared/model/time.ts";
import { portableId } from "./browse/browse.ts";
import { qualityOf } from "./status.ts";

/** Fields that are asked for, by the type that defines them (IEC 62541-5, 6.4.2; IEC 62541-9, 5.5, 5.7, 5.8). */
const asked = [
  ["BaseEventType", ["EventId", "EventType", "SourceNode", "SourceName", "Time", "Message", "Severity"]],
  [
    "ConditionType",
    [
      // The condition's own node id; it has no name of its own in the type.
      "",
      "BranchId",
      "ConditionName",
      "ConditionClassName",
      "Retain",
      "EnabledState/Id",
      "Quality",
      "Comment",
      "ClientUserId",
    ],
  ],
  ["AcknowledgeableConditionType", ["AckedState/Id", "ConfirmedState/Id"]],
  ["AlarmConditionType", ["ActiveState/Id", "InputNode", "SuppressedState/Id", "ShelvingState/CurrentState/Id"]],
  ["ExclusiveLimitAlarmType", ["LimitState/CurrentState"]],
] as const;

type FieldName = (typeof asked)[number][1][number];
const names: readonly FieldName[] = asked.flatMap(([, fields]) => fields);

const selectClauses = () =>
  asked.flatMap(([type, fields]) =>
    fields.map(
      (path) =>
        new SimpleAttributeOperand({
          typeDefinitionId: resolveNodeId(`i=${ObjectTypeIds[type]}`),
          browsePath: path === "" ? null : path.split("/").map((name) => ({ namespaceIndex: 0, name })),
          attributeId: path === "" ? AttributeIds.NodeId : AttributeIds.Value,
        }),
    ),
  );

/**
 * Which fields are wanted, of all events: what is no condition is left out by us. A filter of types would save traffic,
 * but some servers take it for the very type without its subtypes (asyncua 2), and then silently report nothing.
 */
export const eventFilter = (): EventFilter => new EventFilter({ selectClauses: selectClauses() });

/** What a server says by an event; undefined for one that is no condition. */
export type Heard =
  | { readonly what: "condition"; readonly event: ConditionEvent }
  | { readonly what: "refreshStart" | "refreshEnd" | "refreshRequired" | "overflow"; readonly at: EpochMs };

const frames: readonly (readonly [type: number, what: Exclude<Heard["what"], "condition">])[] = [
  [ObjectTypeIds.RefreshStartEventType, "refreshStart"],
  [ObjectTypeIds.RefreshEndEventType, "refreshEnd"],
  [ObjectTypeIds.RefreshRequiredEventType, "refreshRequired"],
  [ObjectTypeIds.EventQueueOverflowEventType, "overflow"],
];

/** State of the shelving machine in which an alarm is not shelved (IEC 62541-9, 5.8.17). */
const unshelved = "ns=0;i=2930";
const mostSevere = 1_000;

/** An event by the fields in the order of the filter. `now` where the server says no time. */
export function heardOf(
  fields: readonly (Variant | null)[],
  namespaces: readonly string[],
  now: EpochMs,
): Heard | undefined {
  const read = new Map(names.map((name, i): [FieldName, unknown] => [name, plainValue(fields[i])]));
  const node = (name: FieldName): string | null => nodeText(read.get(name), namespaces);
  const text = (name: FieldName): string | null => textOf(read.get(name));
  const flag = (name: FieldName): boolean | null => {
    const value = read.get(name);
    return typeof value === "boolean" ? value : null;
  };
  const time = read.get("Time");
  const at = time instanceof Date ? instant(time.getTime()) : now;
  const type = String(read.get("EventType") ?? "");
  const frame = frames.find(([id]) => type === `ns=0;i=${id}`);
  if (frame) return { what: frame[1], at };
  const conditionId = node("");
  if (conditionId === null) return undefined;
  const shelving = read.get("ShelvingState/CurrentState/Id");
  const event: ConditionEvent = {
    v: deviceEventVersion,
    kind: "condition",
    eventId: idText(read.get("EventId")),
    at,
    conditionId,
    branchId: node("BranchId"),
    eventType: node("EventType") ?? "",
    source: node("SourceNode"),
    sourceName: text("SourceName"),
    name: text("ConditionName"),
    conditionClass: text("ConditionClassName"),
    input: node("InputNode"),
    message: text("Message") ?? "",
    severity: severityOf(read.get("Severity")),
    enabled: flag("EnabledState/Id"),
    active: flag("ActiveState/Id"),
    limit: text("LimitState/CurrentState"),
    acked: flag("AckedState/Id"),
    confirmed: flag("ConfirmedState/Id"),
    suppressed: flag("SuppressedState/Id"),
    shelved: shelving ? String(shelving) !== unshelved : null,
    // Without the word of the server an active alarm matters.
    retain: flag("Retain") ?? flag("ActiveState/Id") ?? true,
    quality: qualityName(fields[names.indexOf("Quality")]),
    comment: text("Comment"),
    user: text("ClientUserId"),
    refresh: false,
  };
  return { what: "condition", event };
}

/** A field that an event does not have is null, or the StatusCode why. */
const plainValue = (field: Variant | null | undefined): unknown =>
  field && field.dataType !== DataType.StatusCode ? field.value : null;

function nodeText(value: unknown, namespaces: readonly string[]): string | null {
  const node = value as NodeId | null | undefined;
  if (!node || typeof node.isEmpty !== "function" || node.isEmpty()) return null;
  return portableId(node, namespaces) ?? node.toString();
}

/** Of a String or a LocalizedText; empty is none. */
function textOf(value: unknown): string | null {
  const text = typeof value === "object" && value !== null ? (value as { readonly text?: unknown }).text : value;
  return typeof text === "string" && text !== "" ? text : null;
}

const idText = (value: unknown): string => (value instanceof Uint8Array ? Buffer.from(value).toString("hex") : "");

const severityOf = (value: unknown): number =>
  typeof value === "number" ? Math.min(mostSevere, Math.max(1, Math.round(value))) : mostSevere;

function qualityName(field: Variant | null | undefined): ConditionEvent["quality"] {
  const code: unknown = field?.value?.value;
  return field?.dataType === DataType.StatusCode && typeof code === "number" ? qualityOf(code) : null;
}
