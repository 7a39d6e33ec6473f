import type { CommandSpec, OptionSpec } from "#shared/kit/command.ts";

export const spec = {
  name: "check",
  summary: "Checks a plant file: prints every mistake as file:line:column: key: what; remedy.",
  positionals: ["<plant.yaml>"],
  options: {},
  examples: ["npm run pilotline -- check plant.example.yaml"],
} as const satisfies CommandSpec<Record<string, OptionSpec>>;
