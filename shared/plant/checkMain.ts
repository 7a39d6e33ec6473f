import { readFile } from "node:fs/promises";
import { runCommand } from "#shared/kit/command.ts";
import { exitCodes } from "#shared/kit/process.ts";
import { messageOf } from "#shared/model/errors.ts";
import { spec } from "./checkCommand.ts";
import { parsePlant } from "./load.ts";
import { formatProblem } from "./problem.ts";
import { plantAlarms, plantTags } from "./select.ts";

await runCommand(spec, async ({ positionals: [file = ""] }) => {
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch (error) {
    process.stderr.write(`${file} cannot be read: ${messageOf(error)}\n`);
    process.exitCode = exitCodes.usage;
    return;
  }
  const { plant, problems } = parsePlant(text, file, process.env);
  if (!plant) {
    process.stdout.write(`${problems.map(formatProblem).join("\n")}\n`);
    process.exitCode = exitCodes.refused;
    return;
  }
  const counts = `${plant.lines.length} lines, ${plantTags(plant).length} tags, ${plant.devices.length} devices`;
  process.stdout.write(`${file}: no mistakes (${counts}, ${plantAlarms(plant).length} alarm rules)\n`);
});
