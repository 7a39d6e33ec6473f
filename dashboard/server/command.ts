import { type CommandSpec, dataOption, type OptionSpec, type ParsedCommand } from "#shared/kit/command.ts";
import { logOption } from "#shared/kit/log.ts";
import { plantOption } from "#shared/plant/plantOption.ts";
import { storeOptionSpecs } from "#shared/store/registry.ts";
import { brokerOption, brokerTlsOptions } from "#shared/wire/brokerOptions.ts";

/** The command line of the dashboard server. */
export const command = {
  name: "dashboard",
  summary: "Serves the pages, their live values, and the API.",
  options: {
    plant: plantOption,
    data: dataOption,
    log: logOption,
    listen: {
      type: "string",
      placeholder: "<host:port>",
      help: "Where the pages are served; port 0 takes any. Beyond loopback only with TLS and --public-origin.",
      default: "127.0.0.1:8080",
    },
    "tls-cert": { type: "string", placeholder: "<file>", help: "Certificate of the pages, PEM." },
    "tls-key": { type: "string", placeholder: "<file>", help: "Its private key, PEM." },
    "public-origin": {
      type: "string",
      placeholder: "<origin>",
      help: "What browsers write before the path, for example https://pilot.example.cn.",
      env: "PILOTLINE_PUBLIC_ORIGIN",
    },
    broker: brokerOption,
    ...brokerTlsOptions,
    credential: {
      type: "string",
      placeholder: "<file>",
      help: "Broker credential; <data>/secrets/broker/dashboard.json where absent.",
    },
    "dead-man-url": {
      type: "string",
      placeholder: "<url>",
      help: "Asked every 30 s while all is well; a watch elsewhere raises its alarm when that stops.",
      env: "PILOTLINE_DEAD_MAN_URL",
    },
    records: {
      type: "string",
      placeholder: "<file>",
      help: "Records that ingest writes; <data>/ingest/records.db where absent.",
    },
    history: {
      type: "string",
      placeholder: "<file>",
      help: "History of the embedded store; <data>/ingest/history.db where absent.",
    },
    ...storeOptionSpecs,
  },
  examples: [
    "npm run pilotline -- dashboard --plant plant.yaml",
    "npm run pilotline -- dashboard --listen 0.0.0.0:443 --tls-cert pilot.crt --tls-key pilot.key --public-origin https://pilot.example.cn",
  ],
} as const satisfies CommandSpec<Record<string, OptionSpec>>;

export type DashboardOptions = ParsedCommand<(typeof command)["options"]>["options"];
