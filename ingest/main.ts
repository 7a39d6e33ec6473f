import { readFile } from "node:fs/promises";
import { dirname } from "node:path";
import { certificateDaysLeft } from "#shared/kit/certificate.ts";
import { systemClock } from "#shared/kit/clock.ts";
import { type ParsedCommand, runCommand } from "#shared/kit/command.ts";
import { watchDiskFree } from "#shared/kit/diskFree.ts";
import { createLog, logLevel } from "#shared/kit/log.ts";
import { createMetrics } from "#shared/kit/metrics.ts";
import { announceReady, runProcess } from "#shared/kit/process.ts";
import { CodedError } from "#shared/model/errors.ts";
import { type DurationMs, millis } from "#shared/model/time.ts";
import { loadPlatformScoring } from "#shared/plant/assessmentProfile.ts";
import { loadPlant } from "#shared/plant/load.ts";
import { retentionOf } from "#shared/plant/retention.ts";
import { readStoreOptions, stores, type WriterEnv } from "#shared/store/registry.ts";
import { parseBrokers } from "#shared/wire/brokerAddress.ts";
import { readBrokerTls } from "#shared/wire/brokerTls.ts";
import { readCredential } from "#shared/wire/credential.ts";
import { openBroker } from "./broker/broker.ts";
import { credentialFile, credentialFolder, ensureCredentials } from "./broker/credentials.ts";
import { parseListen } from "./broker/listen.ts";
import { command } from "./command.ts";
import { historyFile, type IngestEnv } from "./core.ts";
import { runIngest } from "./ingest.ts";
import { secretsOf } from "./notify/secrets.ts";

type Options = ParsedCommand<typeof command.options>["options"];

async function readTls(options: Options): Promise<{ cert: string; key: string } | undefined> {
  const cert = options["tls-cert"];
  const key = options["tls-key"];
  if (cert === undefined && key === undefined) return undefined;
  if (cert === undefined || key === undefined) {
    throw new CodedError("CONFIG", "--tls-cert and --tls-key belong together: give both.");
  }
  return { cert: await readFile(cert, "utf8"), key: await readFile(key, "utf8") };
}

function readReorderTimeout(text: string): DurationMs {
  if (/^[1-9]\d{0,6}$/.test(text)) return millis(Number(text));
  throw new CodedError("CONFIG", `--reorder-timeout takes whole milliseconds, not \`${text}\`.`);
}

async function run(options: Options, env: IngestEnv, signal: AbortSignal): Promise<void> {
  const { clock, log, metrics } = env;
  const { data } = options;
  const plant = await loadPlant(options.plant, process.env);
  const scoring = await loadPlatformScoring(options.plant);
  const storeOptions = await readStoreOptions(options, historyFile(data));
  const module = stores[storeOptions.store];
  const store = {
    openWriter: (records: WriterEnv["records"], onDamage: WriterEnv["onDamage"] & {}) =>
      module.openWriter(storeOptions, { clock, log, records, retention: retentionOf(plant), onDamage }),
    openReader: () => module.openReader(storeOptions, { clock, log }),
  };
  const gateways = plant.gateways.map(({ id }) => id);
  const users = await ensureCredentials(data, gateways, log);

  await using opened = new AsyncDisposableStack();
  const own =
    options.broker === undefined
      ? opened.use(
          await openBroker({
            listen: parseListen(options.listen),
            tls: await readTls(options),
            platform: plant.platform.id,
            users,
            log,
            metrics,
          }),
        )
      : undefined;
  const credential = await readCredential(options.credential ?? credentialFile(data, "ingest"));
  const broker = {
    ...(own ? { url: own.localUrl } : parseBrokers(options.broker ?? "")),
    ...credential,
    ...(await readBrokerTls(options)),
  };
  const reorderTimeout = readReorderTimeout(options["reorder-timeout"]);
  const certificate = options["tls-cert"] === undefined ? null : await readFile(options["tls-cert"], "utf8");
  const senses = {
    diskFree: watchDiskFree(data),
    certificateDaysLeft: () => (certificate === null ? null : certificateDaysLeft(certificate, clock.now())),
  };
  await runIngest({ plant, data, store, scoring, broker, reorderTimeout, senses }, env, signal, () =>
    announceReady({ broker: own?.url ?? broker.url, credentials: credentialFolder(data) }),
  );
}

await runCommand(command, async ({ options }) => {
  const log = createLog("ingest", logLevel(options.log));
  const outside = { fetch, ...secretsOf(process.env, dirname(options.plant)) };
  const env: IngestEnv = { clock: systemClock, random: Math.random, log, metrics: createMetrics(), outside };
  await runProcess(log, (signal) => run(options, env, signal));
});
