// The whole way of a sample in real processes, with a fault proxy before the broker and an oracle beside it.
import { execFileSync } from "node:child_process";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { systemClock } from "#shared/kit/clock.ts";
import { parseCommand } from "#shared/kit/command.ts";
import { silentLog } from "#shared/kit/log.ts";
import { type TagId, tagId } from "#shared/model/sample.ts";
import { instant } from "#shared/model/time.ts";
import type { SampleReader } from "#shared/store/port.ts";
import { openRecordsReader } from "#shared/store/records/sqlite.ts";
import { readStoreOptions, stores } from "#shared/store/registry.ts";
import { command } from "../../../ingest/command.ts";
import { historyFile, recordsFile } from "../../../ingest/core.ts";
import { temporaryFolder } from "../../fakes/folder.ts";
import { freePort } from "../../pipeline/chain.ts";
import { type Counter, counterLine, counterPlant, counterPlatform, startCounter } from "./instrument.ts";
import { keepLedger, type Ledger } from "./ledger.ts";
import { type Evidence, judge, type Verdict } from "./oracle.ts";
import { foreignServer, ownProcess, type Program } from "./processes.ts";
import { type FaultProxy, startFaultProxy } from "./proxy.ts";

export interface LineOptions {
  readonly broker?: "embedded" | "mosquitto";
  readonly store?: "embedded" | "influx";
  /** Instruments, and tags of each. */
  readonly counters?: number;
  readonly tags?: number;
  readonly pollMs?: number;
  /** Whether the gateway reaches its broker through the proxy; a proxy takes connections also where nobody listens behind it. */
  readonly proxied?: boolean;
  readonly gatewayArgs?: readonly string[];
  /** Tags of the first instrument that an alarm rule watches. */
  readonly alarms?: number;
  /** The embedded broker takes TLS only, and the gateway speaks it. */
  readonly isEncrypted?: boolean;
}

export interface Line extends AsyncDisposable {
  readonly folder: string;
  /** Data folder of all its processes. */
  readonly data: string;
  /** Between gateway and broker. */
  readonly proxy: FaultProxy;
  readonly gateway: Program;
  /** With the embedded broker it is the broker too, with the embedded store that too. */
  readonly ingest: Program;
  readonly broker: Program;
  readonly store: Program;
  readonly reader: SampleReader;
  /** Where anybody but the gateway reaches the broker. */
  readonly brokerUrl: string;
  /** Another gateway process on the same folder, not started. */
  secondGateway(): Program;
  /** The newest number that every instrument has given. */
  readonly shown: number;
  readonly tags: readonly TagId[];
  credential(user: string): Promise<{ username: string; password: string }>;
  /** Resolves when a number that is shown from now on is stored; to the time that took, ms. */
  recovered(): Promise<number>;
  /** Waits until what is accepted up to now is stored, or 60 s without progress, and judges. */
  verdict(): Promise<Verdict>;
}

const always = instant(4e12);
const patienceMs = 60_000;
const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

export async function startLine(options: LineOptions = {}): Promise<Line> {
  const {
    broker: brokerKind = "embedded",
    store: storeKind = "embedded",
    pollMs = 50,
    tags: perCounter = 10,
  } = options;
  await using stack = new AsyncDisposableStack();
  const folder = stack.use(await temporaryFolder()).path;
  const data = join(folder, "data");
  const counters: Counter[] = [];
  for (let i = 0; i < (options.counters ?? 1); i++) counters.push(stack.use(await startCounter()));
  const plant = join(folder, "plant.yaml");
  await writeFile(plant, counterPlant(counters, { tags: perCounter, pollMs, alarms: options.alarms ?? 0 }));
  const brokerPort = await freePort();
  const proxy = stack.use(await startFaultProxy(brokerPort));
  const gatewayPort = options.proxied ? proxy.port : brokerPort;
  const env = { PILOTLINE_DATA: data, PILOTLINE_PLANT: plant, PILOTLINE_LOG: process.env.PILOTLINE_LOG ?? "silent" };
  const broker = brokerKind === "mosquitto" ? stack.use(await mosquitto(folder, brokerPort)) : undefined;
  const database = storeKind === "influx" ? stack.use(await influx(folder)) : undefined;
  await broker?.start();
  await database?.program.start();
  await database?.create();
  const storeArgs = database ? ["--store", "influx", "--influx-url", database.url, "--influx-database", "faults"] : [];
  const brokerArgs = broker ? ["--broker", `mqtt://127.0.0.1:${brokerPort}`] : ["--listen", `127.0.0.1:${brokerPort}`];
  const tls = options.isEncrypted ? certificateIn(folder) : undefined;
  const tlsArgs = tls ? ["--tls-cert", tls.cert, "--tls-key", tls.key] : [];
  const ingestArgs = [...brokerArgs, ...storeArgs, ...tlsArgs];
  const ingest = stack.use(ownProcess("ingest/main.ts", ingestArgs, env));
  const gatewayFolder = join(data, "gateway", "edge-1");
  await mkdir(gatewayFolder, { recursive: true });
  const ledger = stack.use(keepLedger(join(gatewayFolder, "outbox"), join(folder, "ledger")));
  const gatewayArgs = [
    "--broker",
    `${tls ? "mqtts" : "mqtt"}://127.0.0.1:${gatewayPort}`,
    ...(tls ? ["--broker-ca", tls.cert] : []),
    "--status-port",
    "0",
    ...(options.gatewayArgs ?? []),
  ];
  const makeGateway = () => ownProcess("gateway/main.ts", gatewayArgs, env);
  const gateway = stack.use(makeGateway());
  await ingest.start();
  await gateway.start();
  const parsed = parseCommand(command, ingestArgs, env);
  if (parsed === "help") throw new Error("nobody asked for help");
  const storeOptions = await readStoreOptions(parsed.options, historyFile(data));
  const reader = stack.use(await stores[storeKind].openReader(storeOptions, { clock: systemClock, log: silentLog }));
  const tags = counters.flatMap((_, i) =>
    Array.from({ length: perCounter }, (_tag, n) =>
      tagId({ platform: counterPlatform, line: counterLine, equipment: `d${i}`, tag: `t${n}` }),
    ),
  );
  const firstTags = tags.filter((tag) => tag.endsWith("/t0"));
  /** The newest number stored of each instrument. */
  const newest = async () => {
    const last = await reader.last(firstTags, always).catch(() => new Map());
    return firstTags.map((tag) => Number(last.get(tag)?.value ?? 0));
  };
  const reached = async (wanted: readonly number[], limitMs: number) => {
    const deadline = performance.now() + limitMs;
    for (;;) {
      const now = await newest();
      if (wanted.every((number, i) => (now[i] ?? 0) >= number)) return true;
      if (performance.now() > deadline) return false;
      await wait(50);
    }
  };
  const closing = stack.move();
  const line: Line = {
    folder,
    data,
    proxy,
    gateway,
    ingest,
    broker: broker ?? ingest,
    store: database?.program ?? ingest,
    reader,
    tags,
    brokerUrl: `mqtt://127.0.0.1:${brokerPort}`,
    secondGateway: makeGateway,
    get shown() {
      return Math.min(...counters.map(({ count }) => count));
    },
    credential: async (user) => JSON.parse(await readFile(join(data, "secrets/broker", `${user}.json`), "utf8")),
    recovered: async () => {
      const began = performance.now();
      const wanted = counters.map(({ count }) => count + 1);
      if (!(await reached(wanted, 2 * patienceMs)))
        throw new Error(`nothing new is stored; ${await newest()} of ${wanted}`);
      return performance.now() - began;
    },
    verdict: async () => {
      const [upTo, until] = [line.shown, systemClock.now()];
      await reached(
        counters.map(() => upTo),
        patienceMs,
      );
      return settle(line, ledger, { upTo, until }, recordsFile(data));
    },
    [Symbol.asyncDispose]: () => closing.disposeAsync(),
  };
  await line.recovered();
  return line;
}

/** Judges again and again while the backlog drains, and gives the last word. */
async function settle(
  line: Line,
  ledger: Ledger,
  end: Pick<Evidence, "upTo" | "until">,
  recordsFile: string,
): Promise<Verdict> {
  const accepted = await ledger.accepted();
  await using records = await openRecordsReader(recordsFile);
  let best: Verdict | undefined;
  for (let deadline = performance.now() + patienceMs; ; await wait(250)) {
    const stored = new Map(
      await Promise.all(
        line.tags.map(
          async (tag) => [tag, (await line.reader.range(tag, instant(0), always, 10_000_000)).samples] as const,
        ),
      ),
    );
    const verdict = judge({ accepted, stored, ...end, gaps: (tag) => records.gaps(tag, instant(0), always) });
    if (verdict.lost === 0) return verdict;
    if (!best || verdict.lost < best.lost) deadline = performance.now() + patienceMs;
    else if (performance.now() > deadline) return verdict;
    best = verdict;
  }
}

/** A certificate for this machine that signs itself. */
function certificateIn(folder: string): { readonly cert: string; readonly key: string } {
  const [cert, key] = [join(folder, "broker.pem"), join(folder, "broker-key.pem")];
  const subject = ["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"];
  const kind = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
  execFileSync("openssl", ["req", "-x509", ...kind, "-days", "2", ...subject, "-keyout", key, "-out", cert], {
    stdio: "pipe",
  });
  return { cert, key };
}

async function mosquitto(folder: string, port: number): Promise<Program> {
  const config = join(folder, "mosquitto.conf");
  await writeFile(config, `listener ${port} 127.0.0.1\nallow_anonymous true\npersistence false\nlog_dest none\n`);
  return foreignServer("/usr/sbin/mosquitto", ["-c", config], port);
}

async function influx(folder: string) {
  const [http, rpc] = [await freePort(), await freePort()];
  const config = join(folder, "influxdb.conf");
  const dir = (name: string) => JSON.stringify(join(folder, "influx", name));
  await writeFile(
    config,
    `reporting-disabled = true
bind-address = "127.0.0.1:${rpc}"
[meta]
  dir = ${dir("meta")}
[data]
  dir = ${dir("data")}
  wal-dir = ${dir("wal")}
  query-log-enabled = false
[http]
  bind-address = "127.0.0.1:${http}"
  log-enabled = false
`,
  );
  const program = foreignServer("/usr/bin/influxd", ["-config", config], http);
  const url = `http://127.0.0.1:${http}`;
  return {
    program,
    url,
    create: () => fetch(`${url}/query?q=${encodeURIComponent("CREATE DATABASE faults")}`, { method: "POST" }),
    [Symbol.asyncDispose]: () => program.kill(),
  };
}
