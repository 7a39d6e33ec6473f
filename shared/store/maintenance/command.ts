import { type CommandSpec, dataOption, type OptionSpec } from "#shared/kit/command.ts";

export const spec = {
  name: "store",
  summary: [
    "Backs up, restores and checks what ingest keeps in <data>/ingest: the embedded history and the records (alarms,",
    "gaps, dead letters). backup and check work while ingest runs. restore wants ingest stopped, checks the backup",
    "first, and keeps the files that it replaces beside the new ones as <file>.replaced-<time>.",
    "backup writes a new folder under --to and prints its name; --from names such a folder, for restore and for check.",
  ].join("\n"),
  positionals: ["<backup|restore|check>"],
  options: {
    data: dataOption,
    to: { type: "string", placeholder: "<folder>", help: "backup: where its folder is made." },
    from: {
      type: "string",
      placeholder: "<folder>",
      help: "restore: the backup. check: a backup instead of the data.",
    },
  },
  examples: [
    "npm run pilotline -- store backup --to /mnt/backup",
    "npm run pilotline -- store check",
    "npm run pilotline -- store restore --from /mnt/backup/pilotline-20261125T020000000Z",
  ],
} as const satisfies CommandSpec<Record<string, OptionSpec>>;
