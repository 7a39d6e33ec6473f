import { type CommandSpec, dataOption, type OptionSpec, type ParsedCommand } from "#shared/kit/command.ts";
import { gapCauses } from "#shared/model/sample.ts";

export const command = {
  name: "gaps",
  summary: "Shows the gap ledger: which time of which tag is missing, and why. Ingest may run.",
  options: {
    data: dataOption,
    tag: { type: "string", placeholder: "<id>", help: "Only this tag; its last parts are enough, as r101/temp." },
    line: { type: "string", placeholder: "<id>", help: "Only tags of this line." },
    from: {
      type: "string",
      placeholder: "<time>",
      help: "Gaps that reach beyond this time: ISO 8601, or 90m, 24h, 7d before now.",
      default: "7d",
    },
    to: { type: "string", placeholder: "<time>", help: "Gaps that begin before this time; now where left out." },
    cause: { type: "string", placeholder: "<cause>", help: `Only this cause: ${gapCauses.join(", ")}.` },
    json: { type: "boolean", help: "As JSON, times in ms UTC." },
    csv: { type: "boolean", help: "As CSV." },
  },
  examples: [
    "npm run pilotline -- gaps --line chem --from 24h",
    "npm run pilotline -- gaps --cause outbox_full --from 2026-03-01 --to 2026-04-01 --csv > gaps.csv",
  ],
} as const satisfies CommandSpec<Record<string, OptionSpec>>;

export type GapsCommand = ParsedCommand<(typeof command)["options"]>;
