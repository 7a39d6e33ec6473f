import { type CommandSpec, dataOption, type OptionSpec } from "#shared/kit/command.ts";
import { plantOption } from "#shared/plant/plantOption.ts";
import { storeOptionSpecs } from "#shared/store/registry.ts";

const number = (help: string) => ({ type: "string", placeholder: "<number>", help }) as const;

export const command = {
  name: "alarms",
  summary: [
    "Runs an alarm rule over stored history and shows when it would have been raised, how often, and whether it chatters.",
    "Other settings can be tried beside those of the plant model, before they go live. Reads only; ingest may run.",
  ].join("\n"),
  positionals: ["replay"],
  options: {
    rule: { type: "string", placeholder: "<line>/<alarm>", help: "The rule, as plant.yaml names it." },
    from: {
      type: "string",
      placeholder: "<time>",
      help: "From this time on: ISO 8601, or 90m, 24h, 7d before now.",
      default: "7d",
    },
    to: { type: "string", placeholder: "<time>", help: "Before this time; now where left out." },
    limit: number("Try this limit."),
    deadband: number("Try this deadband."),
    "on-delay": number("Try this on-delay, in milliseconds."),
    "off-delay": number("Try this off-delay, in milliseconds."),
    set: {
      type: "string",
      placeholder: "<key>=<value>",
      help: "Try this for any other key of the rule, for example `windowMs=60000`; several joined by commas.",
    },
    json: { type: "boolean", help: "Everything as JSON." },
    plant: plantOption,
    data: dataOption,
    ...storeOptionSpecs,
  },
  examples: [
    "npm run pilotline -- alarms replay --rule fine-chemical/reactor-hot",
    "npm run pilotline -- alarms replay --rule coating/oven-hot --from 2026-11-01 --deadband 2 --on-delay 10000",
  ],
} as const satisfies CommandSpec<Record<string, OptionSpec>>;
