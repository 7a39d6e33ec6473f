import { expect, test } from "vitest";
import { instant } from "#shared/model/time.ts";
import { encodeHostState, type HostState, parseHostState } from "#shared/wire/hostState.ts";
import { hostIdOf } from "#shared/wire/topics.ts";
import { hostClient, hostTopic, states, withHostScene } from "./hostScene.ts";
import { tck } from "./tck.ts";
import type { WireTap } from "./wireTap.ts";

const connects = (tap: WireTap) => tap.of(hostClient).filter((one) => one.kind === "connect");
const willOf = (tap: WireTap): HostState => parseHostState(connects(tap).at(-1)?.will?.payload ?? Uint8Array.of());

test(
  tck(
    "CONNECT: a clean session, the own STATE offline as the will",
    "message-flow-phid-sparkplug-clean-session-311",
    "operational-behavior-host-application-connect-will",
    "operational-behavior-host-application-connect-will-topic",
    "operational-behavior-host-application-connect-will-payload",
    "operational-behavior-host-application-connect-will-qos",
    "operational-behavior-host-application-connect-will-retained",
    "payloads-state-will-message",
    "payloads-state-will-message-qos",
    "payloads-state-will-message-retain",
    "payloads-state-will-message-payload",
    "host-topic-phid-death-required",
    "host-topic-phid-death-topic",
    "host-topic-phid-death-qos",
    "host-topic-phid-death-retain",
    "host-topic-phid-death-payload",
    "host-topic-phid-death-payload-timestamp-connect",
  ),
  async () => {
    const before = Date.now();
    await withHostScene(async ({ tap }) => {
      const [connect] = connects(tap);
      expect(connect).toMatchObject({ version: 4, clean: true, will: { topic: hostTopic, qos: 1, retain: true } });
      const will = JSON.parse(Buffer.from(connect?.will?.payload ?? []).toString());
      expect(will).toEqual({ online: false, timestamp: expect.any(Number) });
      expect(will.timestamp).toBeGreaterThanOrEqual(before);
      expect(will.timestamp).toBeLessThanOrEqual(Date.now());
    });
  },
);

test(
  tck(
    "then it subscribes, and the first that it publishes is STATE online with the timestamp of the will",
    "principles-birth-certificates-order",
    "intro-sparkplug-host-state",
    "components-ph-state",
    "message-flow-phid-sparkplug-subscription",
    "message-flow-phid-sparkplug-state-publish",
    "message-flow-phid-sparkplug-state-publish-payload",
    "message-flow-phid-sparkplug-state-publish-payload-timestamp",
    "payloads-state-subscribe",
    "payloads-state-birth",
    "payloads-state-birth-payload",
    "host-topic-phid-birth-message",
    "host-topic-phid-birth-sub-required",
    "host-topic-phid-birth-required",
    "host-topic-phid-birth-topic",
    "host-topic-phid-birth-qos",
    "host-topic-phid-birth-retain",
    "host-topic-phid-birth-payload",
    "host-topic-phid-birth-payload-timestamp",
    "operational-behavior-host-application-connect-birth",
    "operational-behavior-host-application-connect-birth-topic",
    "operational-behavior-host-application-connect-birth-payload",
    "operational-behavior-host-application-connect-birth-qos",
    "operational-behavior-host-application-connect-birth-retained",
  ),
  () =>
    withHostScene(async ({ tap }) => {
      const said = tap.of(hostClient);
      expect(said.slice(0, 5).map(({ kind }) => kind)).toEqual([
        "connect",
        "subscribe",
        "subscribe",
        "subscribe",
        "publish",
      ]);
      const filters = said.flatMap((one) => (one.kind === "subscribe" ? [one.filter] : []));
      expect(filters).toContain(hostTopic);
      expect(filters).toContain("spBv1.0/demo/#");
      expect(said[4]).toMatchObject({ topic: hostTopic, qos: 1, retain: true });
      expect(states(tap)[0]?.json).toEqual({ online: true, timestamp: willOf(tap).timestamp });
    }),
);

test(
  tck(
    "its own STATE seen as offline is said online again, with the timestamp of the session",
    "message-flow-hid-sparkplug-state-message-delivered",
  ),
  () =>
    withHostScene(async ({ tap, rig }) => {
      await using somebody = await rig.session("somebody", () => {});
      const old = encodeHostState({ online: false, timestamp: instant(1) });
      await somebody.publishConfirmed(hostTopic, old, { retain: true });
      await tap.until(() => states(tap).length >= 2);
      expect(states(tap)[1]?.json).toEqual({ online: true, timestamp: willOf(tap).timestamp });
    }),
);

test(
  tck(
    "leaving on purpose: STATE offline with a time of its own, then DISCONNECT, so that no will follows",
    "conformance-primary-host",
    "host-topic-phid-death-payload-timestamp-disconnect-clean",
    "operational-behavior-host-application-termination",
    "operational-behavior-host-application-death-topic",
    "operational-behavior-host-application-death-payload",
    "operational-behavior-host-application-death-qos",
    "operational-behavior-host-application-death-retained",
    "operational-behavior-host-application-disconnect-intentional",
  ),
  () =>
    withHostScene(async ({ tap, rig }) => {
      const will = willOf(tap);
      await rig.restart();
      const offline = states(tap)[1];
      expect(offline).toMatchObject({ qos: 1, retain: true, json: { online: false } });
      const said = offline?.json as HostState | undefined;
      expect(Object.keys(said ?? {}).sort()).toEqual(["online", "timestamp"]);
      expect(said?.timestamp).toBeGreaterThan(will.timestamp);
      const kinds = tap.of(hostClient).map(({ kind }) => kind);
      const secondConnect = kinds.lastIndexOf("connect");
      expect(
        tap
          .of(hostClient)
          .slice(0, secondConnect)
          .findLast((one) => one.kind === "publish"),
      ).toMatchObject({
        topic: hostTopic,
      });
      // The new session is up: a will of the old one would have come before it.
      expect(tap.said.filter(({ kind }) => kind === "willSent")).toEqual([]);
    }),
);

test("cut off without a word: the broker says offline for it, and it comes back online", () =>
  withHostScene(async ({ tap }) => {
    tap.cut(hostClient);
    await tap.until(() => states(tap).length >= 2);
    const wills = tap.said.filter((one) => one.kind === "willSent");
    expect(wills).toMatchObject([{ topic: hostTopic, retain: true, qos: 1 }]);
    expect(states(tap).every(({ json }) => (json as HostState).online)).toBe(true);
  }));

test(tck("hosts of two platforms on one broker have two ids", "operational-behavior-host-application-host-id"), () =>
  expect(hostIdOf("north")).not.toBe(hostIdOf("south")),
);
