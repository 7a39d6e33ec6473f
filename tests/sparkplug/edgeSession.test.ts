import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { instant } from "#shared/model/time.ts";
import { bdSeqOf } from "#shared/wire/delivery.ts";
import { encodeHostState } from "#shared/wire/hostState.ts";
import { openSession, type Session } from "#shared/wire/session.ts";
import { decodePayload } from "#shared/wire/sparkplug/decode.ts";
import { datatypes } from "#shared/wire/sparkplug/types.ts";
import { hostIdOf, stateTopic } from "#shared/wire/topics.ts";
import { edge, group, sample } from "../gateway/nodeBench.ts";
import { nodeClient, withEdgeScene } from "./edgeScene.ts";
import { tck } from "./tck.ts";
import type { WireTap } from "./wireTap.ts";

const deathTopic = `spBv1.0/${group}/NDEATH/${edge}`;
const never = new AbortController().signal;

const connects = (tap: WireTap) => tap.of(nodeClient).filter((one) => one.kind === "connect");
const wills = (tap: WireTap) => tap.said.filter((one) => one.kind === "willSent" && one.topic === deathTopic);

/** Somebody who says STATE in any host's name. */
function anyone(url: string): Promise<Session> {
  return openSession({ url, clientId: "anyone", onMessage: () => {} }, never);
}
const say = (session: Session, host: string, online: boolean, timestamp: number) =>
  session.publishConfirmed(stateTopic(host), encodeHostState({ online, timestamp: instant(timestamp) }), {
    retain: true,
  });

describe("connecting", () => {
  test(
    tck(
      "a clean session with NDEATH as its will",
      "principles-persistence-clean-session-311",
      "message-flow-edge-node-birth-publish-will-message",
      "message-flow-edge-node-birth-publish-will-message-topic",
      "message-flow-edge-node-birth-publish-will-message-payload",
      "message-flow-edge-node-birth-publish-will-message-qos",
      "message-flow-edge-node-birth-publish-will-message-will-retained",
      "payloads-ndeath-will-message",
      "payloads-ndeath-will-message-qos",
      "payloads-ndeath-will-message-retain",
      "payloads-ndeath-seq",
      "topics-ndeath-topic",
      "topics-ndeath-seq",
      "topics-ndeath-payload",
    ),
    () =>
      withEdgeScene(async ({ tap, start }) => {
        await start("q1");
        await tap.until(() => connects(tap).length >= 1);
        const [connect] = connects(tap);
        expect(connect).toMatchObject({ version: 4, clean: true, will: { topic: deathTopic, qos: 1, retain: false } });
        const death = decodePayload(connect?.will?.payload ?? Uint8Array.of());
        expect(death.seq).toBeUndefined();
        expect(death.metrics).toMatchObject([{ name: "bdSeq", datatype: datatypes.Int64, value: 0 }]);
        expect(death.metrics).toHaveLength(1);
      }),
  );

  test(
    tck(
      "the birth is the first that is published, after NCMD and STATE are subscribed to",
      "principles-birth-certificates-order",
      "message-flow-edge-node-birth-publish-connect",
      "message-flow-edge-node-ncmd-subscribe",
    ),
    () =>
      withEdgeScene(async ({ tap, start }) => {
        const { box } = await start("q1");
        box.outbox.push("a", [sample("a", 1)]);
        await tap.until(() => tap.messages(nodeClient).some(({ type }) => type === "DDATA"));
        const kinds = tap.of(nodeClient).map((one) => (one.kind === "publish" ? one.topic : one.kind));
        expect(kinds.slice(0, 4)).toEqual(["connect", "subscribe", "subscribe", `spBv1.0/${group}/NBIRTH/${edge}`]);
        const filters = tap.of(nodeClient).flatMap((one) => (one.kind === "subscribe" ? [[one.filter, one.qos]] : []));
        expect(filters).toEqual([
          [`spBv1.0/${group}/NCMD/${edge}`, 1],
          [stateTopic(hostIdOf(group)), 1],
        ]);
      }),
  );

  test(
    tck(
      "bdSeq counts CONNECTs from 0 over restarts, from 255 to 0, the same in will, birth and death",
      "message-flow-edge-node-birth-publish-will-message-payload-bdSeq",
      "message-flow-edge-node-birth-publish-nbirth-payload-bdSeq",
      "topics-nbirth-bdseq-included",
      "topics-nbirth-bdseq-matching",
      "topics-nbirth-bdseq-increment",
      "payloads-nbirth-bdseq",
      "payloads-nbirth-bdseq-repeat",
      "payloads-ndeath-bdseq",
    ),
    () =>
      withEdgeScene(async ({ folder, tap, sent, start }) => {
        for (const run of [1, 2, 3]) {
          if (run === 3) await writeFile(join(folder, "bdSeq"), "255\n");
          const running = await start(`q${run}`);
          await tap.until(() => sent("NBIRTH").length === run);
          await running.stop();
        }
        const inWills = connects(tap).map((one) => bdSeqOf(decodePayload(one.will?.payload ?? Uint8Array.of())));
        expect(inWills).toEqual([0, 1, 0]);
        expect(sent("NBIRTH").map(({ decoded }) => bdSeqOf(decoded))).toEqual(inWills);
        expect(sent("NDEATH").map(({ decoded }) => bdSeqOf(decoded))).toEqual(inWills);
        const metrics = sent("NBIRTH").flatMap(({ decoded }) => decoded.metrics.filter(({ name }) => name === "bdSeq"));
        expect(metrics.map(({ datatype }) => datatype)).toEqual([datatypes.Int64, datatypes.Int64, datatypes.Int64]);
      }),
  );
});

describe("the primary host", () => {
  test(
    tck(
      "the birth waits for its own host to be online, whatever others or older messages say",
      "message-flow-edge-node-birth-publish-phid-wait",
      "message-flow-edge-node-birth-publish-phid-wait-id",
      "message-flow-edge-node-birth-publish-phid-wait-online",
      "message-flow-edge-node-birth-publish-phid-wait-timestamp",
    ),
    () =>
      withEdgeScene(async ({ tap, sent, start }) => {
        await using somebody = await anyone(tap.url);
        await say(somebody, "another", true, 9_000);
        await say(somebody, hostIdOf(group), false, 5_000);
        await start("q1");
        await tap.until(() => tap.of(nodeClient).filter(({ kind }) => kind === "subscribe").length >= 2);
        await say(somebody, hostIdOf(group), true, 4_000);
        // Round trips enough for a node that took one of these for its host's word to be born.
        for (let i = 1; i <= 50; i++) await say(somebody, "another", true, 9_000 + i);
        expect(sent()).toEqual([]);
        await say(somebody, hostIdOf(group), true, 5_001);
        await tap.until(() => sent("NBIRTH").length >= 1);
      }, false),
  );

  test(
    tck(
      "offline: NDEATH, the connection ends, a new one waits; an older offline changes nothing",
      "message-flow-edge-node-birth-publish-phid-offline",
      "operational-behavior-edge-node-termination-host-offline",
      "operational-behavior-edge-node-termination-host-offline-reconnect",
      "operational-behavior-edge-node-termination-host-offline-timestamp",
    ),
    () =>
      withEdgeScene(async ({ tap, sent, start }) => {
        await using somebody = await anyone(tap.url);
        await say(somebody, hostIdOf(group), true, 5_000);
        const { box } = await start("q1");
        await tap.until(() => sent("DDEATH").length >= 2);
        await say(somebody, hostIdOf(group), false, 4_999);
        box.outbox.push("a", [sample("a", 1)]);
        await tap.until(() => sent("DDATA").length >= 1);
        expect(sent("NDEATH")).toEqual([]);

        await say(somebody, hostIdOf(group), false, 5_001);
        await tap.until(() => connects(tap).length >= 2);
        expect(sent().at(-1)?.type).toBe("NDEATH");
        expect(sent("NBIRTH")).toHaveLength(1);
        await say(somebody, hostIdOf(group), true, 5_002);
        await tap.until(() => sent("NBIRTH").length >= 2);
      }, false),
  );
});

describe("leaving", () => {
  test(
    tck(
      "on purpose: NDEATH by its own word, then DISCONNECT, so that no will follows",
      "operational-behavior-edge-node-intentional-disconnect-ndeath",
      "operational-behavior-edge-node-intentional-disconnect-packet",
      "payloads-ndeath-will-message-publisher",
      "payloads-ndeath-will-message-publisher-disconnect-mqtt311",
    ),
    () =>
      withEdgeScene(async ({ tap, host, sent, start }) => {
        const running = await start("q1");
        await tap.until(() => sent("DDEATH").length >= 2);
        await running.stop();
        expect(sent().at(-1)).toMatchObject({ type: "NDEATH", topic: deathTopic, qos: 1, retain: false });
        // Whatever the broker says for the one that is gone would come before this.
        host.askRebirth();
        await tap.until(() => tap.messages("host").length >= 1);
        expect(wills(tap)).toEqual([]);
      }),
  );

  test("without a word: the broker publishes the will, and the next session has another", () =>
    withEdgeScene(async ({ tap, sent, start }) => {
      await start("q1");
      await tap.until(() => sent("DDEATH").length >= 2);
      tap.cut(nodeClient);
      await tap.until(() => sent("NBIRTH").length >= 2);
      expect(wills(tap)).toHaveLength(1);
      expect(sent("NBIRTH").map(({ decoded }) => bdSeqOf(decoded))).toEqual([0, 1]);
    }));
});
