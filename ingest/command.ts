import type { CommandSpec, OptionSpec } from "#shared/kit/command.ts";
import { storeOptionSpecs } from "#shared/store/registry.ts";

/** The command line of ingest. */
export const command = {
  name: "ingest",
  summary: "The host: stores samples, raises alarms, derives live values and indicators; brings a broker of its own.",
  options: {
    plant: {
      type: "string",
      placeholder: "<file>",
      help: "Plant model.",
      default: "plant.yaml",
      env: "PILOTLINE_PLANT",
    },
    data: { type: "string", placeholder: "<folder>", help: "Data folder.", default: "./data", env: "PILOTLINE_DATA" },
    log: {
      type: "string",
      placeholder: "<level>",
      help: "debug, info, warn or error.",
      default: "info",
      env: "PILOTLINE_LOG",
    },
    listen: {
      type: "string",
      placeholder: "<host:port>",
      help: "Where the embedded broker listens; port 0 takes any.",
      default: "127.0.0.1:1883",
    },
    "tls-cert": { type: "string", placeholder: "<file>", help: "Certificate of the embedded broker, PEM." },
    "tls-key": { type: "string", placeholder: "<file>", help: "Its private key, PEM." },
    broker: { type: "string", placeholder: "<url>", help: "An external broker to use instead of the embedded one." },
    credential: { type: "string", placeholder: "<file>", help: "Credential for the external broker." },
    "broker-ca": { type: "string", placeholder: "<file>", help: "Certificate authority of the external broker, PEM." },
    ...storeOptionSpecs,
  },
  examples: ["npm run pilotline -- ingest --plant plant.yaml --listen 127.0.0.1:1883"],
} as const satisfies CommandSpec<Record<string, OptionSpec>>;
