import { runCommand } from "#shared/kit/command.ts";
import { silentLog } from "#shared/kit/log.ts";
import { exitCodes } from "#shared/kit/process.ts";
import { messageOf } from "#shared/model/errors.ts";
import { loadPlant } from "#shared/plant/load.ts";
import { spec } from "./command.ts";
import { completeEnvironment, makeBrokerSecrets } from "./secrets.ts";

await runCommand(spec, async ({ options }) => {
  try {
    const plant = await loadPlant(options.plant, process.env);
    for (const file of await makeBrokerSecrets(options.data, plant, silentLog)) process.stdout.write(`${file}\n`);
    const envFile = options["compose-env"];
    if (envFile && (await completeEnvironment(envFile))) process.stdout.write(`${envFile}\n`);
  } catch (error) {
    process.stderr.write(`${messageOf(error)}\n`);
    process.exitCode = exitCodes.refused;
  }
});
