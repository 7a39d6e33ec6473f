import type { OptionSpec } from "#shared/kit/command.ts";

/** The option of every process that reads the plant model. */
export const plantOption = {
  type: "string",
  placeholder: "<file>",
  default: "plant.yaml",
  env: "PILOTLINE_PLANT",
  help: "Plant model.",
} as const satisfies OptionSpec;
