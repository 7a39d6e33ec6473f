import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { certificateDaysLeft } from "#shared/kit/certificate.ts";
import { systemClock } from "#shared/kit/clock.ts";
import { runCommand } from "#shared/kit/command.ts";
import { randomSecret, readIfThere, secretFolder, writeFileAtomic } from "#shared/kit/files.ts";
import { createLog, type Log, logLevel } from "#shared/kit/log.ts";
import { createMetrics } from "#shared/kit/metrics.ts";
import { announceReady, runProcess } from "#shared/kit/process.ts";
import { loadPlant } from "#shared/plant/load.ts";
import { plantView } from "#shared/plant/plantView.ts";
import { openFactReader } from "#shared/store/facts/factReader.ts";
import { openRecordsReader } from "#shared/store/records/sqlite.ts";
import { readStoreOptions, stores } from "#shared/store/registry.ts";
import { parseBrokers } from "#shared/wire/brokerAddress.ts";
import { readBrokerTls } from "#shared/wire/brokerTls.ts";
import { readCredential } from "#shared/wire/credential.ts";
import { openAccounts } from "./accounts/accounts.ts";
import { ensureFirstUser, firstUserName } from "./accounts/firstUser.ts";
import { buildApp } from "./app.ts";
import { command, type DashboardOptions } from "./command.ts";
import { runDeadMan } from "./deadMan.ts";
import { readListening } from "./listening.ts";
import { createLiveState } from "./live/state.ts";
import { createUpstream } from "./live/upstream.ts";

/** Made at the first start; who has it may pass: Prometheus and the like, or a portal of the province. */
async function bearerToken(file: string): Promise<string> {
  const known = (await readIfThere(file))?.trim();
  if (known) return known;
  const token = randomSecret();
  await writeFileAtomic(file, `${token}\n`);
  return token;
}

async function run(options: DashboardOptions, log: Log, signal: AbortSignal): Promise<void> {
  const clock = systemClock;
  const metrics = createMetrics();
  const listening = await readListening(options);
  const plant = await loadPlant(options.plant, process.env);
  const inData = (...parts: string[]): string => join(options.data, ...parts);
  const storeOptions = await readStoreOptions(options, options.history ?? inData("ingest", "history.db"));
  const credential = await readCredential(options.credential ?? inData("secrets", "broker", "dashboard.json"));
  const tls = await readBrokerTls(options);

  await using stack = new AsyncDisposableStack();
  const samples = stack.use(await stores[storeOptions.store].openReader(storeOptions, { clock, log }));
  const recordsFile = options.records ?? inData("ingest", "records.db");
  const records = stack.use(await openRecordsReader(recordsFile));
  // Ingest keeps the two beside each other.
  const facts = stack.use(openFactReader(join(dirname(recordsFile), "facts.db")));
  const accounts = stack.use(openAccounts(inData("dashboard", "accounts.db"), clock));
  const firstUserFile = inData("secrets", "first-user.json");
  await secretFolder(inData("secrets"));
  const firstPassword = await ensureFirstUser(accounts, firstUserFile);

  const state = createLiveState(plantView(plant), records, clock);
  const upstream = createUpstream({
    platform: plant.platform.id,
    broker: { ...parseBrokers(options.broker), ...tls },
    credential,
    clientId: `${credential.username}-${randomSecret().slice(0, 8)}`,
    state,
    report: () => ({
      state: "ok",
      newest: {},
      details: { certificateDaysLeft: listening.tls && certificateDaysLeft(listening.tls.cert, clock.now()) },
    }),
    clock,
    random: Math.random,
    log,
    metrics,
  });
  const app = await buildApp({
    plant,
    plantFile: options.plant,
    accounts,
    samples,
    records,
    facts,
    state,
    commands: upstream.commands,
    clock,
    log,
    metrics,
    tls: listening.tls,
    publicOrigin: listening.publicOrigin,
    metricsToken: await bearerToken(inData("secrets", "metrics-token")),
    portalToken: await bearerToken(inData("secrets", "portal-token")),
    pages: fileURLToPath(new URL("../web/dist", import.meta.url)),
    firstUserFile,
    evidence: inData("evidence"),
    isWatched: options["dead-man-url"] !== undefined,
  });
  stack.defer(() => app.close());

  const url = await app.listen({ host: listening.host, port: listening.port });
  log.info({ url, publicOrigin: listening.publicOrigin }, "Serving the pages");
  announceReady({
    url: listening.publicOrigin ?? url,
    firstUser: firstPassword === null ? null : firstUserName,
    firstPassword,
  });
  const deadMan = options["dead-man-url"];
  await Promise.all([
    upstream.run(signal),
    deadMan && runDeadMan({ url: deadMan, isWell: state.isWell, clock, log, fetch }, signal),
  ]);
}

await runCommand(command, async ({ options }) => {
  const log = createLog("dashboard", logLevel(options.log));
  await runProcess(log, (signal) => run(options, log, signal));
});
