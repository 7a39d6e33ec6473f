import { commandHelps } from "../docs/commandHelp.ts";

/** The page of commands: what each says by `--help`. */
export async function commandsPage(): Promise<string> {
  const helps = await commandHelps();
  return [
    "# Commands",
    "",
    "Generated from each command's own `--help` by `npm run generate`; a test compares. An option that names an",
    "environment variable takes it where the option is not given.",
    "",
    ...helps.flatMap(({ name, help }) => [`## ${name}`, "", "```", help, "```", ""]),
  ].join("\n");
}
