import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { type Broker, openBroker } from "../../ingest/broker/broker.ts";
import { credentialFile, ensureCredentials } from "../../ingest/broker/credentials.ts";
import { historyFile, recordsFile, type SampleStore } from "../../ingest/core.ts";
import { runIngest } from "../../ingest/ingest.ts";
import { secretsOf } from "../../ingest/notify/secrets.ts";
import type { SystemSenses } from "../../ingest/system/systemWatch.ts";
import { type Clock, systemClock } from "../../shared/kit/clock.ts";
import { createLog, silentLog } from "../../shared/kit/log.ts";
import { createMetrics, type Metrics } from "../../shared/kit/metrics.ts";
import type { DurationMs } from "../../shared/model/time.ts";
import type { Plant } from "../../shared/plant/plant.ts";
import { openEmbeddedReader, openEmbeddedWriter } from "../../shared/store/embedded/open.ts";
import type { SampleReader, SampleWriter } from "../../shared/store/port.ts";
import type { RecordsReader } from "../../shared/store/records/port.ts";
import { openRecordsReader } from "../../shared/store/records/sqlite.ts";
import type { BrokerAddress } from "../../shared/wire/brokerAddress.ts";
import type { Credential } from "../../shared/wire/credential.ts";
import { openSession, type Session } from "../../shared/wire/session.ts";
import { testPlant } from "./plantFixture.ts";
import { tagsOf } from "./tags.ts";
import { TestNode, type TestNodeOptions } from "./testNode.ts";

const log = process.env.PILOTLINE_TEST_LOG ? createLog("test", "debug") : silentLog;

/** The embedded store of a data folder; `wrap` may put faults around the writer. */
export function embeddedStore(
  data: string,
  wrap: (writer: SampleWriter) => SampleWriter = (writer) => writer,
): SampleStore {
  const options = { file: historyFile(data), clock: systemClock, log };
  return {
    openWriter: async () => wrap(await openEmbeddedWriter(options)),
    openReader: () => openEmbeddedReader(options),
  };
}

export interface RunningIngest {
  readonly metrics: Metrics;
  /** A clean stop. */
  stop(): Promise<void>;
}

export interface BrokerAccess {
  readonly url: string;
  readonly otherUrls?: readonly string[];
  readonly tls?: Pick<BrokerAddress, "ca" | "cert" | "key">;
  credential(user: string): Promise<Credential>;
}

/** Starts ingest in this process; resolves when it serves. */
export async function startIngest(
  data: string,
  broker: BrokerAccess,
  options: {
    plant?: Plant;
    store?: SampleStore;
    reorderTimeout?: DurationMs;
    senses?: SystemSenses;
    clock?: Clock;
    /** Environment variables that `notification` names. */
    secrets?: Record<string, string>;
  } = {},
): Promise<RunningIngest> {
  const { plant = testPlant(), store = embeddedStore(data), clock = systemClock, secrets: _, ...more } = options;
  const abort = new AbortController();
  const metrics = createMetrics();
  const { url, otherUrls = [] } = broker;
  const login = { url, otherUrls, ...broker.tls, ...(await broker.credential("ingest")) };
  const outside = { fetch, ...secretsOf(options.secrets ?? {}, data) };
  const env = { clock, random: Math.random, log, metrics, outside };
  const ready = Promise.withResolvers<void>();
  const run = runIngest({ plant, data, store, broker: login, ...more }, env, abort.signal, ready.resolve);
  run.catch(ready.reject);
  await ready.promise;
  return {
    metrics,
    stop: async () => {
      abort.abort();
      await run;
    },
  };
}

export interface Rig extends AsyncDisposable {
  readonly data: string;
  readonly broker: BrokerAccess;
  readonly plant: Plant;
  readonly ingest: RunningIngest;
  /** A clean stop and a new start on the same data. */
  restart(store?: SampleStore, between?: () => Promise<void>): Promise<void>;
  node(options?: Partial<TestNodeOptions>): Promise<TestNode>;
  /** A session of a broker user; every message goes to `onMessage`. */
  session(user: string, onMessage: (topic: string, payload: Uint8Array, retained: boolean) => void): Promise<Session>;
  reader(): Promise<SampleReader>;
  records(): Promise<RecordsReader>;
}

/** Broker, real embedded store and ingest, in a folder of their own. */
export async function startRig(
  folder: string,
  options: {
    plant?: Plant;
    store?: SampleStore;
    broker?: BrokerAccess;
    reorderTimeout?: DurationMs;
    senses?: SystemSenses;
  } = {},
): Promise<Rig> {
  await using stack = new AsyncDisposableStack();
  const data = join(folder, "data");
  const plant = options.plant ?? testPlant();
  const broker = options.broker ?? stack.use(await embeddedBroker(data));
  const { broker: _, ...more } = options;
  let ingest = await startIngest(data, broker, { plant, ...more });
  stack.defer(() => ingest.stop());
  const closing = stack.move();
  return {
    data,
    broker,
    plant,
    get ingest() {
      return ingest;
    },
    restart: async (store, between) => {
      await ingest.stop();
      await between?.();
      ingest = await startIngest(data, broker, { plant, ...(store ? { store } : {}) });
    },
    node: async (wanted = {}) => {
      return TestNode.connect({
        broker: { url: broker.url, ...(await broker.credential("gateway-edge-1")) },
        group: "demo",
        edge: "edge-1",
        devices: { plc: tagsOf(plant, "plc"), meter: tagsOf(plant, "meter") },
        queueId: "q1",
        ...wanted,
      });
    },
    session: async (user, onMessage) =>
      openSession(
        { url: broker.url, ...(await broker.credential(user)), clientId: `test-${user}`, onMessage },
        new AbortController().signal,
      ),
    reader: () => openEmbeddedReader({ file: historyFile(data), clock: systemClock, log }),
    records: () => openRecordsReader(recordsFile(data)),
    [Symbol.asyncDispose]: () => closing.disposeAsync(),
  };
}

/** The embedded broker of a data folder, with the plant's one gateway. */
export async function embeddedBroker(data: string): Promise<BrokerAccess & Broker> {
  const users = await ensureCredentials(data, ["edge-1"], log);
  const listen = { host: "127.0.0.1", port: 0 };
  const broker = await openBroker({ listen, platform: "demo", users, log, metrics: createMetrics() });
  const credential = async (user: string): Promise<Credential> =>
    JSON.parse(await readFile(credentialFile(data, user), "utf8"));
  return { ...broker, credential, [Symbol.asyncDispose]: () => broker[Symbol.asyncDispose]() };
}
