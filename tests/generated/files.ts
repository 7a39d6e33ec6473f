import { commandsPage } from "./commandsPage.ts";
import { errorsPage } from "./errorsPage.ts";
import { plantJsonSchema } from "./jsonSchema.ts";
import { plantReference } from "./plantReference.ts";

/** Every file that is made from code, by its path from the root. */
export const generatedFiles: Readonly<Record<string, () => string | Promise<string>>> = {
  "docs/commands.md": commandsPage,
  "docs/errors.md": errorsPage,
  "docs/plant-reference.md": plantReference,
  "docs/schema/plant.schema.json": plantJsonSchema,
};
