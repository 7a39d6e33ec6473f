import { type CommandSpec, dataOption, type OptionSpec } from "#shared/kit/command.ts";
import { storeOptionSpecs } from "../registry.ts";

const { store: _, ...influxOptions } = storeOptionSpecs;

export const spec = {
  name: "copy",
  summary: [
    "Copies the history of samples from one store to another, and compares counts and hashes of every tag and day (UTC).",
    "What is the same in both is not written again: a copy that was broken off is begun again by the same command. The",
    "source may be in use. Let no ingest write to an embedded store while it is the target. Days that only the target",
    "has are left alone. Exit code 1 where a difference is left.",
  ].join("\n"),
  options: {
    from: {
      type: "string",
      placeholder: "<store>",
      help: "Source: embedded, embedded:<file>, influx, influx:<url>?database=<name>&version=<n>&org=<name>&token-file=<file>.",
    },
    to: { type: "string", placeholder: "<store>", help: "Target, named in the same way." },
    tags: { type: "string", placeholder: "<prefix>", help: "Only tags whose id begins so.", default: "" },
    since: {
      type: "string",
      placeholder: "<time>",
      help: "Only samples from this time on: ISO 8601, or 90m, 24h, 7d before now.",
    },
    until: { type: "string", placeholder: "<time>", help: "Only samples before this time; now where left out." },
    verify: { type: "boolean", help: "Compare only; write nothing." },
    data: dataOption,
    ...influxOptions,
  },
  examples: [
    "npm run pilotline -- copy --from embedded --to influx --influx-url http://influx:8086 --influx-token-file token",
    "npm run pilotline -- copy --from influx --to embedded:/backup/history.db --since 2026-01-01",
    'npm run pilotline -- copy --from "influx:http://old:8086?version=1" --to influx --verify',
  ],
} as const satisfies CommandSpec<Record<string, OptionSpec>>;
