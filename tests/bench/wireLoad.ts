// Edge nodes that deliver prepared batches as fast as the host acknowledges them, each sample of a tag of the plant that
// has an alarm rule: what is measured is the broker, the host with its alarm path, and the store.
import { type TagId, tagId } from "#shared/model/sample.ts";
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
import { type Chain, freePort, startChain } from "../pipeline/chain.ts";

export const edges = 8;
const tagsPerEdge = 250;
export const samplesPerBatch = 500;
/** Of one edge node in one round. */
const batchesPerRound = 200;
export const pointsPerRound = edges * batchesPerRound * samplesPerBatch;
/** Unacknowledged batches of one edge node, as our gateway has it. */
const window = 32;
/** No value reaches it: an alarm that is watched and does not ring. */
const alarmLimit = 100;
const start = 1_790_000_000_000;

const edgeName = (edge: number): string => `edge-${edge}`;
const deviceName = (edge: number): string => `instrument-${edge}`;
const queueIdOf = (edge: number): string => `bench-${edge}`;
const tagNames = Array.from({ length: tagsPerEdge }, (_, i) => `t${i}`);
const edgeNumbers = Array.from({ length: edges }, (_, edge) => edge);

const tagsOf = (edge: number): readonly TagId[] =>
  tagNames.map((tag) => tagId({ platform: "test", line: "bench", equipment: edgeName(edge), tag }));

/** Every tag of every edge node, with an alarm each. The chain's own gateway, the last one, has nothing to deliver. */
async function plant(): Promise<string> {
  const ids = [...edgeNumbers, edges];
  const port = await freePort();
  return JSON.stringify({
    platform: { id: "test", name: { zh: "测试" } },
    gateways: ids.map((edge) => ({ id: edgeName(edge) })),
    devices: ids.map((edge) => ({
      ...{ id: deviceName(edge), gateway: edgeName(edge), protocol: "modbus" },
      ...{ connection: { host: "127.0.0.1", port, unit: 1 }, polling: { periodMs: 10_000 } },
    })),
    lines: [
      {
        ...{ id: "bench", name: { zh: "试验台" } },
        equipment: ids.map((edge) => ({
          ...{ id: edgeName(edge), name: { zh: edgeName(edge) }, kind: "pump" },
          tags: (edge < edges ? tagNames : ["idle"]).map((id, i) => ({
            ...{ id, name: { zh: id }, device: deviceName(edge), unit: "A" },
            address: { table: "holding", register: i * 2, format: "float32" },
          })),
        })),
        alarms: edgeNumbers.flatMap((edge) =>
          tagNames.map((tag) => ({
            ...{ id: `${edgeName(edge)}-${tag}`, name: { zh: tag }, tag: `${edgeName(edge)}/${tag}` },
            ...{
              kind: "high",
              limit: alarmLimit,
              deadband: 1,
              onDelayMs: 2_000,
              priority: "low",
              response: { zh: "查" },
            },
          })),
        ),
      },
    ],
  });
}

/** Ingest and a dashboard for the plant of these edge nodes. */
export const startWireChain = async (folder: string, env: Readonly<Record<string, string>> = {}): Promise<Chain> =>
  startChain({ folder, plantYaml: await plant(), gateway: edgeName(edges), env });

const infosOf = (edge: number): readonly TagInfo[] =>
  tagsOf(edge).map((tag, i) => ({
    ...{ tag, name: { zh: `t${i}` }, type: "float", unit: "A", meaning: "process", decimals: 2 },
    ...{ staleAfterMs: 30_000, gapAfterMs: 30_000, key: false },
  }));

interface PlainPoint {
  readonly tag: TagId;
  readonly at: number;
  readonly value: number;
}

/** Samples of one edge node's batch; batches count from 0 over all rounds. */
function* pointsOf(tags: readonly TagId[], batch: number): Generator<PlainPoint> {
  const seconds = samplesPerBatch / tagsPerEdge;
  for (let i = 0; i < samplesPerBatch; i++) {
    const value = Math.round((50 + 20 * Math.sin((batch + i) / 300)) * 100) / 100;
    const second = batch * seconds + Math.floor(i / tagsPerEdge);
    yield { tag: tags[i % tagsPerEdge] as TagId, at: start + second * 1_000, value };
  }
}

/** What the edge nodes deliver in a round, as plain values, in the order in which their batches come. */
export function plainPoints(round: number): readonly PlainPoint[] {
  const tags = edgeNumbers.map(tagsOf);
  const batches = Array.from({ length: batchesPerRound }, (_, n) => round * batchesPerRound + n);
  return batches.flatMap((batch) => tags.flatMap((own) => [...pointsOf(own, batch)]));
}

/** The messages of every edge node in a round, made beforehand. */
export function messagesOf(round: number): readonly (readonly Uint8Array[])[] {
  return edgeNumbers.map((edge) => {
    const tags = tagsOf(edge);
    return Array.from({ length: batchesPerRound }, (_, n) => {
      const batch = round * batchesPerRound + n;
      const metrics = [...pointsOf(tags, batch)].map(({ tag, at, value }, i) =>
        sampleMetric({ tag, at: instant(at), quality: "good", value }, (i % tagsPerEdge) + 1, false, datatypes.Double),
      );
      const name = { queueId: queueIdOf(edge), number: batch + 1 };
      return encodePayload({
        timestamp: start,
        seq: (batch + 2) % 256,
        metrics: [...metrics, batchMetric(tagsPerEdge + 1, name, instant(start))],
      });
    });
  });
}

/** The edge nodes in session, born. */
export interface WireLoad extends AsyncDisposable {
  /** Delivers the rounds one after the other; resolves when the last batch is acknowledged, that is stored durably. */
  deliver(messages: readonly (readonly Uint8Array[])[]): Promise<void>;
}

export async function openWireLoad(chain: Chain): Promise<WireLoad> {
  await using opened = new AsyncDisposableStack();
  const nodes: EdgeLoad[] = [];
  for (const edge of edgeNumbers) nodes.push(opened.use(await openEdge(chain, edge)));
  const closing = opened.move();
  return {
    deliver: async (messages) => {
      await Promise.all(nodes.map((node, edge) => node.deliver(messages[edge] ?? [])));
    },
    [Symbol.asyncDispose]: () => closing.disposeAsync(),
  };
}

interface EdgeLoad extends AsyncDisposable {
  deliver(messages: readonly Uint8Array[]): Promise<void>;
}

async function openEdge(chain: Chain, edge: number): Promise<EdgeLoad> {
  const id = { group: "test", edge: edgeName(edge) };
  let acknowledged = 0;
  let onAck = () => {};
  const session = await openSession(
    {
      url: chain.broker,
      ...(await chain.credential(`gateway-${edgeName(edge)}`)),
      clientId: `bench-${edgeName(edge)}`,
      will: {
        ...{
          topic: sparkplugTopic({ ...id, type: "NDEATH" }),
          payload: encodePayload(deathPayload(0, instant(start))),
        },
        ...{ qos: 1, retain: false },
      },
      onMessage: (_, payload) => {
        for (const ack of acksIn(decodePayload(payload))) {
          if (ack.queueId === queueIdOf(edge)) acknowledged = ack.ranges[0]?.[1] ?? acknowledged;
        }
        onAck();
      },
    },
    new AbortController().signal,
  );
  await session.subscribe([{ filter: sparkplugTopic({ ...id, type: "NCMD" }), qos: 1 }]);
  const birth = nodeBirthMetrics({ bdSeq: 0, queueId: queueIdOf(edge), at: instant(start) });
  session.publish(
    sparkplugTopic({ ...id, type: "NBIRTH" }),
    encodePayload({ timestamp: start, seq: 0, metrics: birth }),
  );
  const metrics = infosOf(edge).map((info, i) => birthMetric(info, i + 1, null, instant(start)));
  const device = { ...id, device: deviceName(edge) };
  session.publish(
    sparkplugTopic({ ...device, type: "DBIRTH" }),
    encodePayload({
      timestamp: start,
      seq: 1,
      metrics: [...metrics, batchBirthMetric(tagsPerEdge + 1, instant(start))],
    }),
  );
  const topic = sparkplugTopic({ ...device, type: "DDATA" });
  let sent = 0;
  return {
    deliver: async (messages) => {
      const first = sent;
      const done = Promise.withResolvers<void>();
      onAck = () => {
        while (sent - first < messages.length && sent - acknowledged < window) {
          session.publish(topic, messages[sent - first] as Uint8Array);
          sent += 1;
        }
        if (acknowledged - first >= messages.length) done.resolve();
      };
      onAck();
      await done.promise;
    },
    [Symbol.asyncDispose]: () => session[Symbol.asyncDispose](),
  };
}
