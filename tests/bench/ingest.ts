import { tagId } from "#shared/model/sample.ts";
import type { TagInfo } from "#shared/model/tag.ts";
import { instant } from "#shared/model/time.ts";
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

export const edges = 8;
const tags = 250;
const samplesPerBatch = 500;
/** Of one edge node. */
const batches = 400;
/** Unacknowledged batches of one edge node, as our gateway has it. */
const window = 32;
const queueIdOf = (edge: number): string => `bench-${edge}`;
const start = instant(1_790_000_000_000);
export const points = edges * batches * samplesPerBatch;

export const edgeName = (edge: number): string => `edge-${edge}`;

export const infosOf = (edge: number): readonly TagInfo[] =>
  Array.from({ length: tags }, (_, i) => ({
    tag: tagId({ platform: "test", line: "bench", equipment: edgeName(edge), tag: `t${i}` }),
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
export const messagesOf = (edge: number): readonly Uint8Array[] => {
  const infos = infosOf(edge);
  const queueId = queueIdOf(edge);
  return Array.from({ length: batches }, (_, n) => {
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
};

/** Sends everything as one edge node; resolves when its last batch is acknowledged, that is stored durably. */
export async function deliver(
  chain: Chain,
  edge: number,
  infos: readonly TagInfo[],
  messages: readonly Uint8Array[],
): Promise<void> {
  const id = { group: "test", edge: edgeName(edge) };
  const credential = await chain.credential(`gateway-${edgeName(edge)}`);
  const done = Promise.withResolvers<void>();
  let acknowledged = 0;
  let sent = 0;
  let send = () => {};
  await using session = await openSession(
    {
      url: chain.broker,
      ...credential,
      clientId: `bench-${edgeName(edge)}`,
      will: {
        topic: sparkplugTopic({ ...id, type: "NDEATH" }),
        payload: encodePayload(deathPayload(0, start)),
        qos: 1,
        retain: false,
      },
      onMessage: (_, payload) => {
        for (const ack of acksIn(decodePayload(payload))) {
          if (ack.queueId === queueIdOf(edge)) acknowledged = ack.ranges[0]?.[1] ?? acknowledged;
        }
        if (acknowledged >= batches) done.resolve();
        else send();
      },
    },
    new AbortController().signal,
  );
  await session.subscribe([{ filter: sparkplugTopic({ ...id, type: "NCMD" }), qos: 1 }]);
  session.publish(
    sparkplugTopic({ ...id, type: "NBIRTH" }),
    encodePayload({
      timestamp: start,
      seq: 0,
      metrics: nodeBirthMetrics({ bdSeq: 0, queueId: queueIdOf(edge), at: start }),
    }),
  );
  const births = infos.map((info, i) => birthMetric(info, i + 1, null, start));
  session.publish(
    sparkplugTopic({ ...id, type: "DBIRTH", device: "instrument" }),
    encodePayload({ timestamp: start, seq: 1, metrics: [...births, batchBirthMetric(tags + 1, start)] }),
  );
  const topic = sparkplugTopic({ ...id, type: "DDATA", device: "instrument" });
  send = () => {
    while (sent < batches && sent - acknowledged < window) {
      session.publish(topic, messages[sent] as Uint8Array);
      sent += 1;
    }
  };
  send();
  await done.promise;
}

/** The same bytes through the same broker to a subscriber that only counts. */
async function throughTheBroker(chain: Chain, messages: readonly Uint8Array[]): Promise<void> {
  const stop = new AbortController();
  const topic = "pilotline/v1/test/bench/raw";
  const [writer, reader] = await Promise.all([chain.credential("ingest"), chain.credential("observer")]);
  const done = Promise.withResolvers<void>();
  let received = 0;
  let sent = 0;
  let send = () => {};
  const onMessage = () => {
    received += 1;
    if (received === messages.length) done.resolve();
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
    while (sent < messages.length && sent - received < window * edges) {
      session.publish(topic, messages[sent] as Uint8Array);
      sent += 1;
    }
  };
  send();
  await done.promise;
}

/** One edge node per credential, and one more for the gateway that the chain starts: it has nothing to deliver. */
export async function plant(): Promise<string> {
  const ids = Array.from({ length: edges + 1 }, (_, i) => `{ id: ${edgeName(i)} }`);
  return plantOf(await freePort(), [signal("idle")])
    .replace("[{ id: edge-1 }]", `[${ids.join(", ")}]`)
    .replace("gateway: edge-1", `gateway: ${edgeName(edges)}`);
}

export const perSecond = async (work: () => Promise<unknown>): Promise<number> => {
  const began = performance.now();
  await work();
  return (points / (performance.now() - began)) * 1_000;
};

export const ingest: Benchmark = {
  summary: `Wire → store durable: ${edges} edge nodes, ${points} points in batches of ${samplesPerBatch}, embedded broker and store.`,
  run: async () => {
    await using folder = await temporaryFolder();
    await using chain = await startChain({ folder: folder.path, plantYaml: await plant(), gateway: edgeName(edges) });
    const sources = Array.from({ length: edges }, (_, edge) => ({
      edge,
      infos: infosOf(edge),
      messages: messagesOf(edge),
    }));
    const broker = await perSecond(() =>
      throughTheBroker(
        chain,
        sources.flatMap(({ messages }) => messages),
      ),
    );
    const stored = await perSecond(() =>
      Promise.all(sources.map(({ edge, infos, messages }) => deliver(chain, edge, infos, messages))),
    );
    return [
      figure("ingest: wire → store durable", stored, "points/s", {
        name: "the broker alone, to a subscriber that only counts",
        value: broker,
      }),
    ];
  },
};
