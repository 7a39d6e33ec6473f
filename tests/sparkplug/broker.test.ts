import { expect, test } from "vitest";
import type { Subscription, Will } from "#shared/wire/session.ts";
import { openSession, type Session } from "#shared/wire/session.ts";
import { temporaryFolder } from "../fakes/folder.ts";
import { eventually } from "../ingest/eventually.ts";
import { type BrokerAccess, embeddedBroker } from "../ingest/rig.ts";
import { createInbox } from "../wire/inbox.ts";
import { tck } from "./tck.ts";

async function withBroker(body: (broker: BrokerAccess) => Promise<void>): Promise<void> {
  await using folder = await temporaryFolder();
  await using broker = await embeddedBroker(folder.path);
  await body(broker);
}

async function connect(
  broker: BrokerAccess,
  user: string,
  more: { onMessage?: Parameters<typeof openSession>[0]["onMessage"]; will?: Will; clientId?: string } = {},
): Promise<Session> {
  const login = await broker.credential(user);
  return openSession(
    { url: broker.url, ...login, clientId: user, onMessage: () => {}, ...more },
    new AbortController().signal,
  );
}

const all: readonly Subscription[] = [{ filter: "spBv1.0/#", qos: 1 }];
const data = "spBv1.0/demo/NDATA/edge-1";

test(
  tck(
    "the embedded broker passes both qualities of service mixed, each in its order, none missing",
    "conformance-mqtt-qos0",
    "conformance-mqtt-qos1",
  ),
  () =>
    withBroker(async (broker) => {
      const inbox = createInbox();
      await using host = await connect(broker, "ingest", inbox);
      await host.subscribe(all);
      await using node = await connect(broker, "gateway-edge-1");
      const count = 400;
      for (let i = 0; i < count; i++) node.publish(data, `${i % 2}:${i}`, { qos: i % 2 === 0 ? 0 : 1 });
      await inbox.have(count);
      const numbers = (qos: number) =>
        inbox.messages.flatMap(({ text }) => (text.startsWith(`${qos}:`) ? [Number(text.slice(2))] : []));
      for (const qos of [0, 1]) expect(numbers(qos)).toEqual(Array.from({ length: count / 2 }, (_, i) => 2 * i + qos));
    }),
);

test(
  tck(
    "retained messages and wills, the retained one included",
    "conformance-mqtt-will-messages",
    "conformance-mqtt-retained",
  ),
  () =>
    withBroker(async (broker) => {
      const topic = "spBv1.0/STATE/pilotline-demo";
      const will: Will = { topic, payload: "gone", qos: 1, retain: true };
      const host = await connect(broker, "ingest", { will, clientId: "first" });
      await host.publishConfirmed(topic, "here", { retain: true });
      const early = createInbox();
      await using _early = await connect(broker, "observer", { ...early, clientId: "early" });
      await _early.subscribe(all);
      await early.have(1);
      expect(early.messages[0]).toMatchObject({ text: "here", retained: true });

      // The same client id again: the broker ends the first session, without a DISCONNECT of its own.
      await using _second = await connect(broker, "ingest", { clientId: "first" });
      await host.ended;
      await eventually(() => early.messages.length === 2, "will");
      expect(early.messages[1]).toMatchObject({ text: "gone", retained: false });
      const late = createInbox();
      await using _late = await connect(broker, "observer", { ...late, clientId: "late" });
      await _late.subscribe(all);
      await late.have(1);
      expect(late.messages[0]).toMatchObject({ text: "gone", retained: true });
    }),
);
