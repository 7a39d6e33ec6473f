// A small Sparkplug host: stores by batch name, acknowledges as it is told, and checks every message that it gets.
import { systemClock } from "#shared/kit/clock.ts";
import { addRange, noRanges, type Ranges } from "#shared/model/ranges.ts";
import type { Sample } from "#shared/model/sample.ts";
import { ackPayload, bdSeqOf, metricNames, parseBatchName, rebirthPayload } from "#shared/wire/delivery.ts";
import { encodeHostState } from "#shared/wire/hostState.ts";
import { type LostData, lostDataIn } from "#shared/wire/lostData.ts";
import { metricSample } from "#shared/wire/sampleMetric.ts";
import { openSession, type Session } from "#shared/wire/session.ts";
import { decodePayload } from "#shared/wire/sparkplug/decode.ts";
import { encodePayload } from "#shared/wire/sparkplug/encode.ts";
import type { Metric, Payload } from "#shared/wire/sparkplug/types.ts";
import { tagOfMetric } from "#shared/wire/tagMetric.ts";
import {
  groupFilter,
  hostIdOf,
  type MessageType,
  parseSparkplugTopic,
  sparkplugTopic,
  stateTopic,
} from "#shared/wire/topics.ts";

export interface Heard {
  readonly type: MessageType;
  readonly device: string | undefined;
  readonly payload: Payload;
  /** Of DDATA. */
  readonly batch?: string;
  readonly historical?: boolean;
  readonly samples?: readonly Sample[];
  /** Of NDATA. */
  readonly lost?: readonly LostData[];
}

export interface TestHost extends AsyncDisposable {
  /** Every message, in the order of arrival. */
  readonly heard: readonly Heard[];
  /** What is stored, by batch name; survives a new session as a database would. */
  readonly stored: ReadonlyMap<string, readonly Sample[]>;
  /** Rules of the standard that a message broke. */
  readonly broken: readonly string[];
  /** Resolves when `holds` does, looking at every message. */
  until(holds: () => boolean): Promise<void>;
  /** Whether a batch is stored, and acknowledged, when it comes; all by default. */
  policy: (batch: string) => { readonly store: boolean; readonly acknowledge: boolean };
  say(online: boolean): Promise<void>;
  askRebirth(): void;
  connect(): Promise<void>;
  disconnect(): Promise<void>;
}

interface NodeState {
  seq: number | undefined;
  born: boolean;
  readonly bornDevices: Set<string>;
  readonly aliases: Map<number, { readonly name: string; readonly datatype: number }>;
}

const never = new AbortController().signal;
const numbers = (first: number, last: number) => Array.from({ length: last - first + 1 }, (_, i) => first + i);
/** Every number of the ranges. */
export const listed = (ranges: Ranges): readonly number[] => ranges.flatMap(([first, last]) => numbers(first, last));

export async function startHost(url: () => string, group: string, edge: string, online = true): Promise<TestHost> {
  const heard: Heard[] = [];
  const broken: string[] = [];
  const stored = new Map<string, readonly Sample[]>();
  const ranges = new Map<string, Ranges>();
  const waiting = new Set<() => void>();
  let node: NodeState = { seq: undefined, born: false, bornDevices: new Set(), aliases: new Map() };
  let session: Session | undefined;
  const command = sparkplugTopic({ group, edge, type: "NCMD" });

  const acknowledge = (queueId: string) =>
    session?.publish(
      command,
      encodePayload(ackPayload({ queueId, ranges: ranges.get(queueId) ?? noRanges }, systemClock.now())),
    );

  const learn = (payload: Payload, what: string) => {
    for (const { name, alias, datatype } of payload.metrics) {
      if (alias === undefined || name === undefined || datatype === undefined) continue;
      const known = node.aliases.get(Number(alias));
      if (known && known.name !== name && what !== name) broken.push(`alias ${alias} was ${known.name}, is ${name}`);
      node.aliases.set(Number(alias), { name, datatype });
    }
  };

  const checkSequence = (type: MessageType, payload: Payload) => {
    if (type === "NDEATH") {
      if (payload.seq !== undefined) broken.push("NDEATH carries a seq");
      return;
    }
    if (type === "NBIRTH") node = { seq: undefined, born: true, bornDevices: new Set(), aliases: new Map() };
    const expected = type === "NBIRTH" ? 0 : ((node.seq ?? -1) + 1) % 256;
    if (node.born && payload.seq !== expected) broken.push(`${type} has seq ${payload.seq}, not ${expected}`);
    node.seq = payload.seq;
  };

  const data = (device: string, payload: Payload, policy: TestHost["policy"]): Partial<Heard> => {
    if (!node.bornDevices.has(device)) broken.push(`DDATA of ${device} before its birth`);
    const last = payload.metrics.at(-1);
    const named = (metric: Metric | undefined) => node.aliases.get(Number(metric?.alias));
    if (named(last)?.name !== metricNames.batch) broken.push("DDATA does not end with its batch");
    if (payload.metrics.some(({ name, datatype }) => name !== undefined || datatype !== undefined))
      broken.push("DDATA with a name or datatype");
    const samples = payload.metrics.slice(0, -1).flatMap((metric): Sample[] => {
      const known = named(metric);
      const tag = known && tagOfMetric(group, known.name);
      if (!known || !tag) broken.push(`unknown alias ${metric.alias}`);
      return known && tag ? [metricSample(metric, tag, known.datatype)] : [];
    });
    const flags = new Set(payload.metrics.slice(0, -1).map((metric) => metric.isHistorical === true));
    if (flags.size > 1) broken.push("live and historical in one message");
    const batch = String(last?.value);
    const { queueId, number } = parseBatchName(batch);
    const { store, acknowledge: answer } = policy(batch);
    if (store) {
      stored.set(batch, samples);
      ranges.set(queueId, addRange(ranges.get(queueId) ?? noRanges, number, number));
      if (answer) acknowledge(queueId);
    }
    return { batch, historical: flags.has(true), samples };
  };

  /** A record of a gap is acknowledged like a batch. */
  const nodeData = (payload: Payload, policy: TestHost["policy"]): Partial<Heard> => {
    const batch = payload.metrics.find(({ name }) => name === metricNames.batch)?.value;
    if (typeof batch !== "string") return {};
    const { queueId, number } = parseBatchName(batch);
    const { store, acknowledge: answer } = policy(batch);
    if (store) {
      ranges.set(queueId, addRange(ranges.get(queueId) ?? noRanges, number, number));
      if (answer) acknowledge(queueId);
    }
    return { batch, lost: lostDataIn(payload) };
  };

  const host: TestHost = {
    heard,
    stored,
    broken,
    policy: () => ({ store: true, acknowledge: true }),
    until: async (holds) => {
      while (!holds()) await new Promise<void>((resolve) => waiting.add(resolve));
    },
    say: (now) =>
      session?.publishConfirmed(
        stateTopic(hostIdOf(group)),
        encodeHostState({ online: now, timestamp: systemClock.now() }),
        {
          retain: true,
        },
      ) ?? Promise.resolve(),
    askRebirth: () => session?.publish(command, encodePayload(rebirthPayload(systemClock.now()))),
    connect: async () => {
      node = { seq: undefined, born: false, bornDevices: new Set(), aliases: new Map() };
      session = await openSession(
        { url: url(), clientId: "host", onMessage: (topic, payload) => receive(topic, payload) },
        never,
      );
      await session.subscribe([{ filter: groupFilter(group), qos: 1 }]);
    },
    disconnect: async () => {
      const leaving = session;
      session = undefined;
      await leaving?.[Symbol.asyncDispose]();
    },
    [Symbol.asyncDispose]: () => host.disconnect(),
  };

  const receive = (topic: string, bytes: Uint8Array) => {
    const parsed = parseSparkplugTopic(topic);
    if (!parsed || parsed.type === "NCMD") return;
    const { type, device } = parsed;
    const payload = decodePayload(bytes);
    checkSequence(type, payload);
    let more: Partial<Heard> = {};
    if (type === "NBIRTH") {
      learn(payload, "");
      if (bdSeqOf(payload) === undefined) broken.push("NBIRTH without bdSeq");
      const queueId = payload.metrics.find(({ name }) => name === metricNames.queueId)?.value;
      if (ranges.has(String(queueId))) acknowledge(String(queueId));
    } else if (type === "DBIRTH" && device) {
      node.bornDevices.add(device);
      learn(payload, "");
    } else if (type === "DDEATH" && device) node.bornDevices.delete(device);
    else if (type === "DDATA" && device && node.born) more = data(device, payload, host.policy);
    else if (type === "NDATA" && node.born) more = nodeData(payload, host.policy);
    heard.push({ type, device, payload, ...more });
    for (const wake of [...waiting]) wake();
    waiting.clear();
  };

  await host.connect();
  if (online) await host.say(true);
  return host;
}
