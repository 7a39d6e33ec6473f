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
  const parsed = parsePlant(text, file, process.env);
  const { plant } = parsed;
  if (!plant) {
    process.stdout.write(`${parsed.problems.map(formatProblem).join("\n")}\n`);
    process.exitCode = exitCodes.refused;
    return;
  }
  for (const warning of parsed.warnings) process.stdout.write(`${formatProblem(warning)} (warning)\n`);
  const counts = `${plant.lines.length} lines, ${plantTags(plant).length} tags, ${plant.devices.length} devices`;
  process.stdout.write(`${file}: no mistakes (${counts}, ${plantAlarms(plant).length} alarm rules)\n`);
});
