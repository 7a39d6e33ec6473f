import { type CommandSpec, dataOption, type OptionSpec } from "#shared/kit/command.ts";
import { logOption } from "#shared/kit/log.ts";
import { plantOption } from "#shared/plant/plantOption.ts";
import { storeOptionSpecs } from "#shared/store/registry.ts";
import { brokerTlsOptions } from "#shared/wire/brokerOptions.ts";

/** The command line of ingest. */
export const command = {
  name: "ingest",
  summary: "The host: stores samples, raises alarms, derives live values and indicators; brings a broker of its own.",
  options: {
    plant: plantOption,
    data: dataOption,
    log: logOption,
    listen: {
      type: "string",
      placeholder: "<host:port>",
      help: "Where the embedded broker listens; port 0 takes any.",
      default: "127.0.0.1:1883",
    },
    "tls-cert": { type: "string", placeholder: "<file>", help: "Certificate of the embedded broker, PEM." },
    "tls-key": { type: "string", placeholder: "<file>", help: "Its private key, PEM." },
    broker: {
      type: "string",
      placeholder: "<url>",
      help: "External broker instead of the embedded one; several that are independent with commas between.",
    },
    credential: { type: "string", placeholder: "<file>", help: "Credential for the external broker." },
    ...brokerTlsOptions,
    "reorder-timeout": {
      type: "string",
      placeholder: "<ms>",
      help: "Missing this long, a message of an edge node counts as lost, and a rebirth is asked for.",
      default: "2000",
    },
    ...storeOptionSpecs,
  },
  examples: ["npm run pilotline -- ingest --plant plant.yaml --listen 127.0.0.1:1883"],
} as const satisfies CommandSpec<Record<string, OptionSpec>>;
