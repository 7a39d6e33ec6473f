import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { assessmentFileJsonSchema, assessmentJsonSchema, manifestJsonSchema } from "./assessmentSchemas.ts";
import { asyncApi } from "./asyncApi.ts";
import { commandsPage } from "./commandsPage.ts";
import { errorsPage } from "./errorsPage.ts";
import { indicatorsPage } from "./indicatorsPage.ts";
import { plantJsonSchema } from "./jsonSchema.ts";
import { plantReference } from "./plantReference.ts";
import { reliabilityPage } from "./reliabilityPage.ts";
import { scenariosPage } from "./scenariosPage.ts";
import { sparkplugPage } from "./sparkplugPage.ts";

/** Generated pages keep the form that `npm run check` asks of every page. */
function formatted(file: string, text: string): string {
  const biome = fileURLToPath(new URL("../../node_modules/@biomejs/biome/bin/biome", import.meta.url));
  const args = [biome, "format", `--stdin-file-path=${file}`];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { input: text, encoding: "utf8" });
  if (status !== 0) throw new Error(`${file} cannot be formatted: ${stderr}`);
  return stdout;
}

const page = (file: string, make: () => string | Promise<string>) => ({
  [file]: async () => formatted(file, await make()),
});

/** Every file that is made from code, by its path from the root. */
export const generatedFiles: Readonly<Record<string, () => string | Promise<string>>> = {
  ...page("docs/commands.md", commandsPage),
  ...page("docs/errors.md", errorsPage),
  ...page("docs/indicators.md", indicatorsPage),
  ...page("docs/plant-reference.md", plantReference),
  ...page("docs/reliability.md", reliabilityPage),
  ...page("docs/scenarios.md", scenariosPage),
  ...page("docs/sparkplug.md", sparkplugPage),
  "docs/asyncapi.json": () => formatted("docs/asyncapi.json", asyncApi()),
  "docs/schema/assessment.schema.json": assessmentJsonSchema,
  "docs/schema/assessment-file.schema.json": assessmentFileJsonSchema,
  "docs/schema/seal-manifest.schema.json": manifestJsonSchema,
  "docs/schema/plant.schema.json": plantJsonSchema,
};
