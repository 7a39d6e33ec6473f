import { systemClock } from "#shared/kit/clock.ts";
import { runCommand } from "#shared/kit/command.ts";
import { createLog, logLevel } from "#shared/kit/log.ts";
import { createMetrics } from "#shared/kit/metrics.ts";
import { announceReady, runProcess } from "#shared/kit/process.ts";
import { messageOf } from "#shared/model/errors.ts";
import { loadPlant } from "#shared/plant/load.ts";
import { parseBrokers } from "#shared/wire/brokerAddress.ts";
import { readBrokerTls } from "#shared/wire/brokerTls.ts";
import { readCredential } from "#shared/wire/credential.ts";
import {
  backfillOf,
  command,
  credentialFileOf,
  folderOf,
  gatewayIdOf,
  hostOf,
  outboxLimitsOf,
  statusPortOf,
} from "./command.ts";
import { buildGateway } from "./gateway.ts";
import { createReloader } from "./reload.ts";
import { serveStatus } from "./statusPage/server.ts";

await runCommand(command, async (parsed) => {
  const log = createLog("gateway", logLevel(parsed.options.log));
  // node-opcua leaves rejections of its own behind; one device must not end the acquisition of all others.
  process.on("unhandledRejection", (error) => log.error({ error: messageOf(error) }, "A rejection nobody handled"));
  await runProcess(log, async (signal) => {
    const { options } = parsed;
    const metrics = createMetrics();
    const templateFiles = new Set<string>();
    const plant = await loadPlant(options.plant, process.env, (templateFile) => templateFiles.add(templateFile));
    const id = gatewayIdOf(parsed, plant);
    const credential = await readCredential(credentialFileOf(parsed, id));
    const tls = await readBrokerTls(options);
    const gateway = buildGateway({
      plant,
      id,
      broker: { ...parseBrokers(options.broker), ...credential, ...tls },
      host: hostOf(parsed, plant),
      folder: folderOf(parsed, id),
      outbox: outboxLimitsOf(parsed),
      backfillPerSecond: backfillOf(parsed),
      clock: systemClock,
      random: Math.random,
      log,
      metrics,
    });
    const startedAt = systemClock.now();
    await gateway.run(signal, async (running, stopping) => {
      const subject = {
        file: options.plant,
        templateFiles: [...templateFiles],
        id,
        platform: plant.platform.id,
      };
      const reloader = createReloader(subject, running, { clock: systemClock, log, env: process.env });
      const source = {
        platform: plant.platform.id,
        timeZone: plant.platform.timeZone,
        gateway: id,
        startedAt,
        plant: () => reloader.note,
        health: running.health,
        devices: running.statuses,
      };
      await using page = await serveStatus(statusPortOf(parsed), source, { clock: systemClock, metrics });
      const onHangup = () => void reloader.reload();
      process.on("SIGHUP", onHangup);
      log.info({ status: page.address }, "Status page");
      announceReady({ gateway: id, status: page.address });
      await reloader.watch(stopping);
      process.off("SIGHUP", onHangup);
    });
  });
});
