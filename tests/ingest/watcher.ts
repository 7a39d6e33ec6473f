import { systemClock } from "../../shared/kit/clock.ts";
import type { AlarmAct } from "../../shared/wire/command/alarm.ts";
import { type CommandReply, createReplyBox, sendCommand } from "../../shared/wire/commands.ts";
import type { AlarmEventMessage, DerivedKind, DerivedMessages } from "../../shared/wire/derived.ts";
import { derivedAddress, parseDerived } from "../../shared/wire/derived.ts";
import type { Session } from "../../shared/wire/session.ts";
import type { Rig } from "./rig.ts";

/** A dashboard in small: subscribes to the derived topics, checks every message, and sends commands. */
export interface Watcher extends AsyncDisposable {
  readonly events: AlarmEventMessage[];
  /** The newest message of a kind, by topic where there are several. */
  newest<Kind extends DerivedKind>(kind: Kind, topicEnd?: string): DerivedMessages[Kind] | undefined;
  count(kind: DerivedKind, topicEnd?: string): number;
  acknowledge(id: string, alarm: string, user?: string): Promise<CommandReply>;
  /** What a person asks of an alarm, as the user li.wei. */
  ask(id: string, alarm: string, act: AlarmAct): Promise<CommandReply>;
  testChannel(id: string, channel: string): Promise<CommandReply>;
  /** The same of many alarms. */
  askOfMany(id: string, alarms: readonly string[], act: AlarmAct): Promise<CommandReply>;
}

export async function watch(rig: Rig): Promise<Watcher> {
  const messages: { topic: string; kind: DerivedKind; message: unknown }[] = [];
  const events: AlarmEventMessage[] = [];
  const replies = createReplyBox("demo", "dashboard");
  const session: Session = await rig.session("dashboard", (topic, payload) => {
    if (replies.receive(topic, payload)) return;
    const kind = derivedAddress(topic)?.kind;
    if (!kind) return;
    const message = parseDerived(kind, payload);
    messages.push({ topic, kind, message });
    if (kind === "alarmEvent") events.push(message as AlarmEventMessage);
  });
  await session.subscribe([{ filter: "pilotline/v1/demo/#", qos: 1 }]);
  const path = { session, platform: "demo", replies, clock: systemClock };
  const head = (id: string, user: string) =>
    ({ v: 1, id, at: systemClock.now(), user, requester: "dashboard" }) as const;
  const send = (id: string, alarm: string, act: AlarmAct, user: string) =>
    sendCommand({ ...head(id, user), alarm, ...act }, path);
  return {
    events,
    newest: <Kind extends DerivedKind>(kind: Kind, topicEnd = "") =>
      messages.findLast((entry) => entry.kind === kind && entry.topic.endsWith(topicEnd))?.message as
        | DerivedMessages[Kind]
        | undefined,
    count: (kind, topicEnd = "") =>
      messages.filter((entry) => entry.kind === kind && entry.topic.endsWith(topicEnd)).length,
    acknowledge: (id, alarm, user = "li.wei") => send(id, alarm, { kind: "acknowledge", comment: "seen" }, user),
    testChannel: (id, channel) => sendCommand({ ...head(id, "li.wei"), kind: "notifyTest", channel }, path),
    ask: (id, alarm, act) => send(id, alarm, act, "li.wei"),
    askOfMany: (id, alarms, act) =>
      sendCommand({ ...head(id, "li.wei"), kind: "alarms", alarms: [...alarms], act }, path),
    [Symbol.asyncDispose]: () => session[Symbol.asyncDispose](),
  };
}
