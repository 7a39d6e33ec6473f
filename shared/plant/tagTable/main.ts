import { readFileSync } from "node:fs";
import { copyFile, readFile, realpath, stat } from "node:fs/promises";
import { runCommand } from "#shared/kit/command.ts";
import { decodeTable } from "#shared/kit/csv.ts";
import { writeFileAtomic, writeNewFile } from "#shared/kit/files.ts";
import { exitCodes } from "#shared/kit/process.ts";
import { CodedError, messageOf } from "#shared/model/errors.ts";
import { parsePlant } from "../load.ts";
import { suggest } from "../nearest.ts";
import { formatProblem, type Problem } from "../problem.ts";
import type { ReadText } from "../templates/catalogue.ts";
import { spec } from "./command.ts";
import { exportTable } from "./exportTable.ts";
import { importTable } from "./importTable.ts";
import { readPlantRows } from "./plantRows.ts";
import { planLines } from "./report.ts";

const readText: ReadText = (path) => readFileSync(path, "utf8");
const print = (lines: readonly string[]) => void process.stdout.write(`${lines.join("\n")}\n`);

await runCommand(spec, async ({ options, positionals: [action = "", file = ""] }) => {
  const { device, csv } = options;
  if (action !== "export" && action !== "import") {
    throw new CodedError("CONFIG", `tags: \`${action}\` is neither export nor import. See \`tags --help\`.`);
  }
  if (device === undefined) throw new CodedError("CONFIG", "tags: name the device with --device.");
  const text = (await contentOf(file)).toString();
  const { problems } = parsePlant(text, file, process.env, readText);
  if (problems.length > 0) return refuse(problems);
  const plant = readPlantRows(text, file, process.env, readText);
  if (!plant.devices.has(device)) {
    const remedy = suggest(device, [...plant.devices.keys()], "devices");
    throw new CodedError("CONFIG", `tags: ${file} has no device \`${device}\`; ${remedy}`);
  }
  if (action === "export") {
    const table = exportTable(plant, device);
    if (csv === undefined) return void process.stdout.write(table);
    await writeNewFile(csv, table);
    print([`${csv}: ${plant.rows.filter((row) => row.device === device).length} tags of ${device}`]);
    return;
  }
  if (csv === undefined) throw new CodedError("CONFIG", "tags: name the table with --csv.");
  const table = { text: decodeTable(await contentOf(csv)), file: csv };
  const result = importTable({ text, file, env: process.env, readText, device, table, remove: options.remove });
  if (result.problems.length > 0) return refuse(result.problems);
  print(planLines(result.plan));
  if (result.text === text) return;
  if (options.write) await replace(file, text, result.text);
  print([
    options.write
      ? `${file} is written; as it was it lies in ${file}.bak`
      : "nothing is written yet: --write writes it",
  ]);
});

function refuse(problems: readonly Problem[]): void {
  const mistakes = problems.length === 1 ? "one mistake" : `${problems.length} mistakes`;
  print([...problems.map(formatProblem), `${mistakes}; nothing is written`]);
  process.exitCode = exitCodes.refused;
}

async function contentOf(file: string): Promise<Buffer> {
  try {
    return await readFile(file);
  } catch (error) {
    throw new CodedError("CONFIG", `tags: ${file} cannot be read: ${messageOf(error)}`);
  }
}

/** The new text in place of the old one, which stays beside it. A link stays a link, and the file keeps its mode. */
async function replace(file: string, before: string, after: string): Promise<void> {
  const target = await realpath(file);
  if ((await readFile(target, "utf8")) !== before) {
    throw new CodedError("CONFIG", `tags: ${file} was changed meanwhile; import again.`);
  }
  await copyFile(target, `${file}.bak`);
  await writeFileAtomic(target, after, (await stat(target)).mode & 0o777);
}
