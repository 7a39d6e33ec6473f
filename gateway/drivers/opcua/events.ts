import {
  AttributeIds,
  type ClientMonitoredItem,
  type ClientSubscription,
  MonitoringMode,
  type NodeId,
  ObjectIds,
  TimestampsToReturn,
  type Variant,
} from "node-opcua";
import { type DeviceEvent, formatDeviceEvent, type StandingConditions } from "#shared/model/deviceEvent.ts";
import { CodedError, messageOf } from "#shared/model/errors.ts";
import { type EpochMs, instant, seconds } from "#shared/model/time.ts";
import { within } from "../../deadline.ts";
import { badReading, type DriverEnv, type Reading } from "../../driver.ts";
import { askForStanding } from "./conditionRefresh.ts";
import { eventFilter, heardOf } from "./eventFields.ts";
import { createEventTimes } from "./eventTimes.ts";
import { measureSkew } from "./serverClock.ts";
import type { OpenSession } from "./session.ts";
import { qualityOf, reasonOf } from "./status.ts";

/** Events that the server keeps for us between two publishes and over a short outage. */
const queueSize = 5_000;
const createLimit = seconds(30);
/** Of the server object: there the frame of a refresh is reported, at other notifiers only by some servers. */
const serverObject = `ns=0;i=${ObjectIds.Server}`;
const frameLimit = seconds(30);
const frameLimitElsewhere = seconds(5);

/**
 * Subscribes the alarms and conditions (IEC 62541-9) that `notifier` reports, and asks for those that stand; asks again
 * whenever the session was repaired or the server lost events. Each event is a good reading with the event's time, and
 * with the JSON text of a DeviceEvent as its value; it may come before this resolves. Nothing is acknowledged: the
 * server is only listened to.
 *
 * Resolves when the standing conditions are given; a notifier that the server refuses is a bad reading. Rejects with
 * `NOT_CONNECTED` or `TIMEOUT` when the connection is lost.
 */
export async function subscribeEvents(
  open: OpenSession,
  subscription: ClientSubscription,
  notifier: NodeId,
  give: (reading: Reading) => void,
  env: DriverEnv,
): Promise<void> {
  const { session, namespaces } = open;
  const { clock, log } = env;
  const times = createEventTimes();
  const put = (event: DeviceEvent, id: string) =>
    give({ at: times.of(id, event.at), quality: "good", value: formatDeviceEvent(event) });
  const putStanding = (at: EpochMs, conditions: StandingConditions["conditions"]) =>
    put({ v: 1, kind: "standing", at, conditions }, `standing ${at}`);

  /** While the server tells again what stands: since when, and what it told so far. */
  let frame: { readonly since: EpochMs; readonly standing: Set<string> } | undefined;
  let ended: () => void = () => {};
  const hear = (fields: readonly (Variant | null)[]) => {
    const heard = heardOf(fields, namespaces, clock.now());
    if (!heard) return;
    if (heard.what === "condition") {
      const { event } = heard;
      if (frame && event.retain && event.branchId === null) frame.standing.add(event.conditionId);
      // News may come between what is told again; it is younger.
      put({ ...event, refresh: frame !== undefined && event.at <= frame.since }, event.eventId);
    } else if (heard.what === "refreshStart") {
      frame = { since: heard.at, standing: new Set() };
    } else if (heard.what === "refreshEnd") {
      if (frame) putStanding(heard.at, [...frame.standing]);
      frame = undefined;
      ended();
    } else {
      log.info({ notifier: notifier.toString(), why: heard.what }, "The server asks to be asked again for its alarms");
      void refreshQuietly();
    }
  };

  const isServer = notifier.toString() === serverObject;
  const refresh = async () => {
    const { promise: framed, resolve } = Promise.withResolvers<void>();
    ended = resolve;
    // Without a frame, what is older than our question is told again.
    const asked = isServer ? undefined : instant(clock.now() + (await measureSkew(open, clock)));
    if (asked !== undefined) frame = { since: asked, standing: new Set() };
    const limit = isServer ? frameLimit : frameLimitElsewhere;
    const refusal = await askForStanding(session, subscription, framed, limit, clock);
    frame = undefined;
    if (refusal === undefined) return;
    log.info({ notifier: notifier.toString(), error: refusal }, "The server does not tell which of its alarms stand");
    putStanding(clock.now(), null);
  };
  let refreshing: Promise<void> | undefined;
  const refreshQuietly = async () => {
    // What stands is told once more when it is asked for during a refresh: that one may be past the news.
    await refreshing?.catch(() => {});
    refreshing ??= refresh().finally(() => {
      refreshing = undefined;
    });
    await refreshing.catch((error: unknown) => log.debug({ error: messageOf(error) }, "No refresh of conditions"));
  };

  const item = await monitor(subscription, notifier, hear, env);
  const status = item.statusCode;
  if (qualityOf(status.value) === "bad") {
    log.warn({ notifier: notifier.toString(), status: status.name }, "The server refuses to report events; tag is bad");
    give(badReading(reasonOf(status.name), clock.now()));
    return;
  }
  const restored = () => void refreshQuietly();
  session.on("session_restored", restored);
  subscription.on("terminated", () => session.removeListener("session_restored", restored));
  refreshing = refresh().finally(() => {
    refreshing = undefined;
  });
  await refreshing;
}

/** The item as the server answered it: its status may be bad. */
async function monitor(
  subscription: ClientSubscription,
  notifier: NodeId,
  hear: (fields: readonly (Variant | null)[]) => void,
  { clock }: DriverEnv,
): Promise<ClientMonitoredItem> {
  const late = () => new CodedError("TIMEOUT", `No answer to the subscription of events in ${createLimit} ms.`);
  const lost = (error: unknown) => {
    throw new CodedError("NOT_CONNECTED", `Events are not subscribed: ${messageOf(error)}.`);
  };
  const created = subscription.monitor(
    { nodeId: notifier, attributeId: AttributeIds.EventNotifier },
    { samplingInterval: 0, queueSize, discardOldest: true, filter: eventFilter() },
    TimestampsToReturn.Both,
    MonitoringMode.Reporting,
  );
  const item = (await within(created.catch(lost), createLimit, clock, late)) as ClientMonitoredItem;
  // What came meanwhile is held back until a moment after the answer. With events `changed` carries their fields.
  item.on("changed", (fields: unknown) => hear(fields as readonly Variant[]));
  return item;
}
