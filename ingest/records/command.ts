import { type CommandSpec, dataOption, type OptionSpec, type ParsedCommand } from "#shared/kit/command.ts";
import { recordKinds } from "#shared/model/recordKind.ts";
import { plantOption } from "#shared/plant/plantOption.ts";
import { brokerOption, brokerTlsOptions } from "#shared/wire/brokerOptions.ts";

export const command = {
  name: "records",
  summary: [
    "Exports records that people keep as a CSV table for Excel or WPS, and imports such a table again.",
    `Kinds: ${recordKinds.join(", ")}; each may name what stands before it. An export is the best`,
    "example of a table. An import is a dry run: it says how many records would be added, and every mistake as",
    "file:line: column: what. With --write they are added, all or none; what is there already is not added again. An",
    "export reads the records beside ingest; an import is done by ingest, which must run, as its one writer.",
  ].join("\n"),
  positionals: ["<import|export>", `<${recordKinds.join("|")}>`],
  options: {
    csv: { type: "string", placeholder: "<file>", help: "Table; an export without it goes to standard output." },
    write: { type: "boolean", help: "Import: add the records." },
    from: {
      type: "string",
      placeholder: "<time>",
      help: "Export: bookings and runs that end after this: ISO 8601, or 90m, 24h, 7d before now.",
    },
    to: { type: "string", placeholder: "<time>", help: "Export: bookings and runs that begin before this." },
    data: dataOption,
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
    "npm run pilotline -- records export tenants --csv tenants.csv",
    "npm run pilotline -- records import tenants --csv tenants.csv",
    "npm run pilotline -- records import bookings --csv bookings.csv --write",
  ],
} as const satisfies CommandSpec<Record<string, OptionSpec>>;

export type RecordsCommand = ParsedCommand<(typeof command)["options"]>;
