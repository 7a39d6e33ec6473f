import type { CommandSpec, OptionSpec } from "#shared/kit/command.ts";

export const spec = {
  name: "tags",
  summary: [
    "Exports the tags of a device as a CSV table for Excel or WPS, and imports it again.",
    "An import is a dry run: it prints what would be added, changed and removed, and every mistake as",
    "file:line:column: column title: what; remedy. With --write it changes the plant file in place, where the plant passes",
    "the check; comments and everything else stay as they are, and the file as it was is kept as <plant.yaml>.bak.",
    "Changes to tags of a template become overrides; an empty cell is a key that is not written.",
  ].join("\n"),
  positionals: ["<export|import>", "<plant.yaml>"],
  options: {
    device: { type: "string", placeholder: "<id>", help: "Device whose tags are meant." },
    csv: { type: "string", placeholder: "<file>", help: "Table; an export without it goes to standard output." },
    remove: { type: "boolean", help: "Import: remove tags of the device that are not in the table." },
    write: { type: "boolean", help: "Import: write the plant file." },
  },
  examples: [
    "npm run pilotline -- tags export plant.yaml --device meter-3 --csv meter-3.csv",
    "npm run pilotline -- tags import plant.yaml --device meter-3 --csv meter-3.csv",
    "npm run pilotline -- tags import plant.yaml --device meter-3 --csv meter-3.csv --write",
  ],
} as const satisfies CommandSpec<Record<string, OptionSpec>>;
