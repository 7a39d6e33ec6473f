import { type CommandSpec, dataOption, type OptionSpec } from "#shared/kit/command.ts";

export const spec = {
  name: "store",
  summary: [
    "Backs up, restores and checks what a platform keeps in <data>: the embedded history and the records (alarms,",
    "gaps, dead letters) of ingest, users and audit log of the pages. backup and check work while everything runs.",
    "restore wants ingest and dashboard stopped, checks the backup first, and keeps the files that it replaces beside",
    "the new ones as <file>.replaced-<time>; users of then come back, with their passwords, and nobody is logged in.",
    "Not in a backup: the plant model, <data>/secrets (made anew where missing; gateways elsewhere need theirs again),",
    "the outboxes of gateways, and history in InfluxDB.",
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
