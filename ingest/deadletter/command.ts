import { type CommandSpec, dataOption, type OptionSpec, type ParsedCommand } from "#shared/kit/command.ts";
import { plantOption } from "#shared/plant/plantOption.ts";
import { brokerOption, brokerTlsOptions } from "#shared/wire/brokerOptions.ts";

export const command = {
  name: "deadletter",
  summary: [
    "Shows what was refused, with the reason; has it stored after all, or dropped. `list` and `show` read the records",
    "beside ingest; `replay` and `drop` are done by ingest, which must run, as its one writer. A replay never replaces a",
    "value that is there, and done twice it changes nothing more.",
  ].join("\n"),
  positionals: ["<list|show|replay|drop>", "[ids]"],
  options: {
    data: dataOption,
    topic: { type: "string", placeholder: "<text>", help: "Only letters whose topic or tag contains this." },
    reason: { type: "string", placeholder: "<text>", help: "Only letters whose reason contains this." },
    from: { type: "string", placeholder: "<time>", help: "Only letters received since: ISO 8601, or 90m, 24h, 7d." },
    all: { type: "boolean", help: "replay, drop: every letter that the other options leave, instead of ids as 3,7-9." },
    limit: { type: "string", placeholder: "<n>", help: "list: so many, the newest.", default: "50" },
    json: { type: "boolean", help: "list, show: as JSON." },
    plant: plantOption,
    broker: brokerOption,
    ...brokerTlsOptions,
    credential: {
      type: "string",
      placeholder: "<file>",
      help: "Credential for the broker; that of the dashboard in the data folder where left out.",
    },
    user: { type: "string", placeholder: "<name>", help: "Who acts; the user of this machine where left out." },
  },
  examples: [
    "npm run pilotline -- deadletter list --topic r101/temp",
    "npm run pilotline -- deadletter show 17",
    "npm run pilotline -- deadletter replay 17,20-25",
    'npm run pilotline -- deadletter drop --all --reason "retained"',
  ],
} as const satisfies CommandSpec<Record<string, OptionSpec>>;

export type DeadLetterOptions = ParsedCommand<(typeof command)["options"]>["options"];
