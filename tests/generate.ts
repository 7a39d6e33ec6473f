// `npm run generate`: writes the files that are made from code.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { generatedFiles } from "./generated/files.ts";

const contentOf = (file: string): string | undefined => {
  try {
    return readFileSync(file, "utf8");
  } catch {
    // Not there yet: it is written below, or writing says what is wrong.
    return undefined;
  }
};

for (const [name, make] of Object.entries(generatedFiles)) {
  const file = fileURLToPath(new URL(`../${name}`, import.meta.url));
  const content = await make();
  const changed = contentOf(file) !== content;
  if (changed) {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
  }
  process.stdout.write(`${changed ? "written  " : "unchanged"} ${name}\n`);
}
