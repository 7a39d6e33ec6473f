import { type CommandSpec, dataOption, type OptionSpec, type ParsedCommand } from "#shared/kit/command.ts";
import { messageStates } from "#shared/model/notification.ts";
import { plantOption } from "#shared/plant/plantOption.ts";
import { brokerOption, brokerTlsOptions } from "#shared/wire/brokerOptions.ts";

export const command = {
  name: "notify",
  summary: [
    "`test` sends a test message over one channel of `notification` in plant.yaml: through the ingest that runs, or with",
    "`--direct` from here, with the secrets of this shell. `list` shows what waits for its delivery, what was delivered by",
    "which channel, and what failed and why; it reads the records beside ingest.",
  ].join("\n"),
  positionals: ["<test|list>"],
  options: {
    channel: { type: "string", placeholder: "<id>", help: "test: the channel. list: only messages that it took." },
    person: { type: "string", placeholder: "<id>", help: "test: whom it is for; list: only messages to this person." },
    direct: {
      type: "boolean",
      help: "test: from here, while ingest does not run; a channel of kind mqtt needs ingest.",
    },
    state: { type: "string", placeholder: "<state>", help: `list: only ${messageStates.join(", ")}.` },
    limit: { type: "string", placeholder: "<n>", help: "list: so many, the newest.", default: "50" },
    json: { type: "boolean", help: "list: as JSON." },
    data: dataOption,
    plant: plantOption,
    broker: brokerOption,
    ...brokerTlsOptions,
    credential: {
      type: "string",
      placeholder: "<file>",
      help: "Credential for the broker; that of the dashboard in the data folder where left out.",
    },
  },
  examples: [
    "npm run pilotline -- notify test --channel ding",
    "npm run pilotline -- notify test --channel mail --person wang --direct",
    "npm run pilotline -- notify list --state waiting",
  ],
} as const satisfies CommandSpec<Record<string, OptionSpec>>;

export type NotifyOptions = ParsedCommand<(typeof command)["options"]>["options"];
