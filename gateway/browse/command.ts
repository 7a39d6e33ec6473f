import {
  type CommandSpec,
  dataOption,
  numberOption,
  type OptionSpec,
  type ParsedCommand,
} from "#shared/kit/command.ts";
import { logOption } from "#shared/kit/log.ts";
import { CodedError } from "#shared/model/errors.ts";
import { type DurationMs, millis } from "#shared/model/time.ts";
import { securityPolicies } from "#shared/plant/protocols/opcua.ts";

/** Where the password comes from: never the command line, which every user of the machine can see. */
export const passwordVariable = "PILOTLINE_OPCUA_PASSWORD";

const mostNodes = 1_000_000;

export const command = {
  name: "browse",
  summary:
    "Lists what an OPC UA server has, gently and without writing, and writes a piece of plant.yaml for what is chosen.",
  positionals: ["[opc.tcp://…]"],
  options: {
    root: {
      type: "string",
      placeholder: "<node id>",
      default: "i=85",
      help: "Where to begin: nsu=<uri>;s=<name>, ns=2;s=<name>, or i=85, the Objects folder.",
    },
    depth: { type: "string", placeholder: "<n>", default: "10", help: "Levels below the root." },
    filter: {
      type: "string",
      placeholder: "<text>",
      help: "Only nodes whose path or display name has the text, or fits the pattern where it has * or ?.",
    },
    choose: {
      type: "string",
      placeholder: "<a,b>",
      help: "Only the nodes with these paths or node ids.",
    },
    page: { type: "string", placeholder: "<n>", default: "1", help: "Page of the list." },
    limit: { type: "string", placeholder: "<n>", default: "50", help: "Nodes per page." },
    values: { type: "boolean", help: "With type, value, unit, quality and source time of each variable." },
    properties: { type: "boolean", help: "Properties too, for example serial numbers." },
    json: { type: "boolean", help: "As JSON." },
    most: { type: "string", placeholder: "<n>", default: "20000", help: "Most nodes that are looked at." },
    "per-call": { type: "string", placeholder: "<n>", default: "100", help: "Most nodes per call." },
    pause: {
      type: "string",
      placeholder: "<ms>",
      default: "20",
      help: "Rest between two calls; more for a small PLC that has work to do.",
    },
    security: {
      type: "string",
      placeholder: "<policy>",
      default: "none",
      help: `Security policy, as in plant.yaml: ${securityPolicies.join(", ")}. None neither signs nor encrypts.`,
    },
    mode: { type: "string", placeholder: "<mode>", help: "Security mode, as in plant.yaml: Sign or SignAndEncrypt." },
    user: {
      type: "string",
      placeholder: "<name>",
      help: `User name; the password is that of the environment ${passwordVariable}.`,
    },
    "user-certificate": { type: "string", placeholder: "<file>", help: "Certificate of the user, PEM or DER." },
    "user-key": { type: "string", placeholder: "<file>", help: "Private key of that certificate, PEM." },
    gateway: {
      type: "string",
      placeholder: "<id>",
      default: "edge-1",
      help: "Gateway that will read it: its certificates are used, and the piece names it.",
    },
    data: dataOption,
    profile: {
      type: "string",
      placeholder: "<auto|list|name>",
      help: "What is known of the make of the server: auto recognises it, list shows all.",
    },
    "write-plant": {
      type: "string",
      placeholder: "<file|->",
      help: "Write a piece of plant.yaml for the variables that are listed, all pages; - is standard output.",
    },
    whole: { type: "boolean", help: "Write a whole plant file instead of a piece." },
    device: { type: "string", placeholder: "<id>", default: "opcua-1", help: "Id of the device in the piece." },
    line: { type: "string", placeholder: "<id>", default: "line-1", help: "Id of the line in the piece." },
    equipment: { type: "string", placeholder: "<id>", default: "unit-1", help: "Id of the equipment in the piece." },
    log: logOption,
  },
  examples: [
    "npm run pilotline -- browse opc.tcp://10.0.0.5:4840 --filter '*temp*' --values",
    "npm run pilotline -- browse opc.tcp://10.0.0.5:4840 --filter Reactor --profile auto --write-plant piece.yaml",
    "npm run pilotline -- browse --profile list",
  ],
} as const satisfies CommandSpec<Record<string, OptionSpec>>;

export type BrowseOptions = ParsedCommand<(typeof command)["options"]>["options"];

/** The numbers of the command line, checked. */
export interface Extent {
  readonly depth: number;
  readonly most: number;
  readonly perCall: number;
  readonly pause: DurationMs;
  readonly page: number;
  readonly limit: number;
}

/** Throws `CONFIG` where a number is wrong. */
export const extentOf = (options: BrowseOptions): Extent => ({
  depth: wholeOption("depth", options.depth, 1, 100),
  most: wholeOption("most", options.most, 1, mostNodes),
  perCall: wholeOption("per-call", options["per-call"], 1, 10_000),
  pause: millis(wholeOption("pause", options.pause, 0, 60_000)),
  page: wholeOption("page", options.page, 1, mostNodes),
  limit: wholeOption("limit", options.limit, 1, mostNodes),
});

function wholeOption(name: string, text: string, min: number, max: number): number {
  const n = numberOption(name, text, min, max);
  if (!Number.isInteger(n)) throw new CodedError("CONFIG", `--${name} takes a whole number, got \`${text}\`.`);
  return n;
}
