import { tagId } from "#shared/model/sample.ts";
import type { TagInfo } from "#shared/model/tag.ts";
import { type EpochMs, instant } from "#shared/model/time.ts";
import { acksIn, batchBirthMetric, batchMetric, deathPayload, nodeBirthMetrics } from "#shared/wire/delivery.ts";
import { sampleMetric } from "#shared/wire/sampleMetric.ts";
import { openSession } from "#shared/wire/session.ts";
import { decodePayload } from "#shared/wire/sparkplug/decode.ts";
import { encodePayload } from "#shared/wire/sparkplug/encode.ts";
import { datatypes } from "#shared/wire/sparkplug/types.ts";
import { birthMetric } from "#shared/wire/tagMetric.ts";
import { sparkplugTopic } from "#shared/wire/topics.ts";
import { temporaryFolder } from "../fakes/folder.ts";
import { plantOf, signal } from "../fakes/instrument.ts";
import { type Chain, freePort, startChain } from "../pipeline/chain.ts";
import { type Benchmark, figure } from "./figure.ts";

const tags = 250;
const samplesPerBatch = 500;
const batches = 1_200;
const window = 32;
const queueId = "bench";
const start = instant(1_790_000_000_000);
const points = batches * samplesPerBatch;

const infos: readonly TagInfo[] = Array.from({ length: tags }, (_, i) => ({
  tag: tagId({ platform: "test", line: "bench", equipment: "pump", tag: `t${i}` }),
  name: { zh: `量${i}` },
  type: "float",
  unit: "A",
  meaning: "process",
  decimals: 2,
  staleAfterMs: 30_000,
  gapAfterMs: 30_000,
  key: false,
}));

/** Every message made beforehand: what is measured is the broker, the host and the store. */
const messages = Array.from({ length: batches }, (_, n) => {
  const metrics = Array.from({ length: samplesPerBatch }, (_, i) => {
    const tag = infos[i % tags] as TagInfo;
    const at = instant(start + (n * (samplesPerBatch / tags) + Math.floor(i / tags)) * 1_000);
    const value = Math.round((50 + 20 * Math.sin((n + i) / 300)) * 100) / 100;
    return sampleMetric({ tag: tag.tag, at, quality: "good", value }, (i % tags) + 1, false, datatypes.Double);
  });
  const name = { queueId, number: n + 1 };
  return encodePayload({
    timestamp: start,
    seq: (n + 2) % 256,
    metrics: [...metrics, batchMetric(tags + 1, name, instant(start))],
  });
});

/** Points per second from the first message sent to the last batch acknowledged, that is stored durably. */
async function toTheStore(chain: Chain): Promise<number> {
  const { username, password } = await chain.credential("gateway-edge-1");
  const edge = { group: "test", edge: "edge-1" };
  const stop = new AbortController();
  const done = Promise.withResolvers<void>();
  let acknowledged = 0;
  let sent = 0;
  let send = () => {};
  const now: EpochMs = start;
  await using session = await openSession(
    {
      url: chain.broker,
      username,
      password,
      clientId: "bench-edge",
      will: {
        topic: sparkplugTopic({ ...edge, type: "NDEATH" }),
        payload: encodePayload(deathPayload(0, now)),
        qos: 1,
        retain: false,
      },
      onMessage: (_, payload) => {
        for (const ack of acksIn(decodePayload(payload))) {
          acknowledged = ack.queueId === queueId ? (ack.ranges[0]?.[1] ?? 0) : acknowledged;
        }
        if (acknowledged >= batches) done.resolve();
        else send();
      },
    },
    stop.signal,
  );
  await session.subscribe([{ filter: sparkplugTopic({ ...edge, type: "NCMD" }), qos: 1 }]);
  session.publish(
    sparkplugTopic({ ...edge, type: "NBIRTH" }),
    encodePayload({ timestamp: now, seq: 0, metrics: nodeBirthMetrics({ bdSeq: 0, queueId, at: now }) }),
  );
  const births = infos.map((info, i) => birthMetric(info, i + 1, null, now));
  session.publish(
    sparkplugTopic({ ...edge, type: "DBIRTH", device: "instrument" }),
    encodePayload({ timestamp: now, seq: 1, metrics: [...births, batchBirthMetric(tags + 1, now)] }),
  );
  const topic = sparkplugTopic({ ...edge, type: "DDATA", device: "instrument" });
  send = () => {
    while (sent < batches && sent - acknowledged < window) {
      session.publish(topic, messages[sent] as Uint8Array);
      sent += 1;
    }
  };
  const began = performance.now();
  send();
  await done.promise;
  return (points / (performance.now() - began)) * 1_000;
}

/** The same bytes through the same broker to a subscriber that only counts. */
async function throughTheBroker(chain: Chain): Promise<number> {
  const stop = new AbortController();
  const topic = "pilotline/v1/test/bench/raw";
  const [writer, reader] = await Promise.all([chain.credential("ingest"), chain.credential("observer")]);
  const done = Promise.withResolvers<void>();
  let received = 0;
  let sent = 0;
  let send = () => {};
  const onMessage = () => {
    received += 1;
    if (received === batches) done.resolve();
    else send();
  };
  const common = { url: chain.broker };
  await using observer = await openSession({ ...common, ...reader, clientId: "bench-reader", onMessage }, stop.signal);
  await observer.subscribe([{ filter: topic, qos: 0 }]);
  await using session = await openSession(
    { ...common, ...writer, clientId: "bench-writer", onMessage: () => {} },
    stop.signal,
  );
  send = () => {
    while (sent < batches && sent - received < window) {
      session.publish(topic, messages[sent] as Uint8Array);
      sent += 1;
    }
  };
  const began = performance.now();
  send();
  await done.promise;
  return (points / (performance.now() - began)) * 1_000;
}

export const ingest: Benchmark = {
  summary: `Wire → store durable: ${points} points in batches of ${samplesPerBatch}, embedded broker and store.`,
  run: async () => {
    await using folder = await temporaryFolder();
    // Nothing listens there: the gateway of the chain has nothing to deliver.
    const plantYaml = plantOf(await freePort(), [signal("idle")])
      .replace("gateways: [{ id: edge-1 }]", "gateways: [{ id: edge-1 }, { id: edge-2 }]")
      .replace("gateway: edge-1", "gateway: edge-2");
    await using chain = await startChain({ folder: folder.path, plantYaml, gateway: "edge-2" });
    const broker = await throughTheBroker(chain);
    const stored = await toTheStore(chain);
    return [
      figure("ingest: wire → store durable", stored, "points/s", {
        name: "the broker alone, to a subscriber that only counts",
        value: broker,
      }),
    ];
  },
};
