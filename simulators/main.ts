import { systemClock } from "#shared/kit/clock.ts";
import { runCommand } from "#shared/kit/command.ts";
import { createLog } from "#shared/kit/log.ts";
import { announceReady, runProcess } from "#shared/kit/process.ts";
import { command, logLevelOf, wantedOf } from "./command.ts";
import { seeded } from "./physics/random.ts";
import { plantNames, plants } from "./plants/registry.ts";
import { serve } from "./serve.ts";
import { simulate } from "./simulation.ts";

await runCommand(command, async (parsed) => {
  const log = createLog("simulators", logLevelOf(parsed.options.log));
  await runProcess(log, async (signal) => {
    const wanted = wantedOf(parsed);
    const running = wanted.plants.map((name) => {
      // Each plant has its own randomness: what one does never depends on which others run.
      const seed = wanted.seed + 2 * plantNames.indexOf(name);
      return plants[name](seeded(seed), seeded(seed + 1));
    });
    const signals = running.flatMap((plant) => plant.signals);
    await using faces = await serve(wanted, signals, { clock: systemClock, log });
    const modbus = `${faces.modbus.host}:${faces.modbus.port}`;
    log.info({ plants: wanted.plants, tags: signals.length, opcua: faces.opcua.endpoint, modbus }, "Serving");
    announceReady({ opcua: faces.opcua.endpoint, modbus });
    await simulate(running, [faces.opcua, faces.modbus], wanted, systemClock, signal);
  });
});
