import { type CommandSpec, dataOption, type OptionSpec } from "#shared/kit/command.ts";
import { storeOptionSpecs } from "#shared/store/registry.ts";

export const command = {
  name: "reconcile",
  summary: [
    "Holds the samples that gateways say to have accepted against those in the store, per tag and hour, and explains every",
    "difference: lost (gap ledger), rejected (dead letter), repeated (given again at a gateway's start), thinned",
    "(retention), queued (still in an outbox). Exit code 1 where one is unexplained. Ingest may run. Counts are kept for 35",
    "days; samples that nobody counted, as of edge nodes of other makers, are no difference.",
  ].join("\n"),
  options: {
    data: dataOption,
    from: {
      type: "string",
      placeholder: "<time>",
      help: "From this hour on: ISO 8601, or 90m, 24h, 7d before now.",
      default: "24h",
    },
    to: { type: "string", placeholder: "<time>", help: "Before this hour; the last whole hour where left out." },
    tag: { type: "string", placeholder: "<id>", help: "Only this tag; its last parts are enough, as r101/temp." },
    line: { type: "string", placeholder: "<id>", help: "Only tags of this line." },
    json: { type: "boolean", help: "As JSON." },
    ...storeOptionSpecs,
  },
  examples: [
    "npm run pilotline -- reconcile --from 24h",
    "npm run pilotline -- reconcile --from 2026-03-01 --to 2026-03-08 --line chem --json",
  ],
} as const satisfies CommandSpec<Record<string, OptionSpec>>;
