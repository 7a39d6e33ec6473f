import type { CommandSpec, OptionSpec } from "#shared/kit/command.ts";

export const spec = {
  name: "secrets",
  summary:
    "Makes what an external broker and store need: a random credential per process, Mosquitto's password file and rights, the environment of docker compose. What is there stays.",
  options: {
    plant: {
      type: "string",
      placeholder: "<plant.yaml>",
      help: "Plant model: its platform and gateways get the users.",
      default: "plant.yaml",
      env: "PILOTLINE_PLANT",
    },
    data: {
      type: "string",
      placeholder: "<folder>",
      help: "Data folder; secrets/ and mosquitto/ are made in it.",
      default: "data",
      env: "PILOTLINE_DATA",
    },
    "compose-env": {
      type: "string",
      placeholder: "<file>",
      help: "Adds random values of docker compose's variables to this file, where it has none.",
    },
  },
  examples: ["npm run pilotline -- secrets --plant plant.yaml --compose-env .env"],
} as const satisfies CommandSpec<Record<string, OptionSpec>>;
