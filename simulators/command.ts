import { type CommandSpec, numberOption, type ParsedCommand } from "#shared/kit/command.ts";
import type { LogLevel } from "#shared/kit/log.ts";
import { CodedError } from "#shared/model/errors.ts";
import { type PlantName, plantNames } from "./plants/registry.ts";

const options = {
  host: {
    type: "string",
    placeholder: "<address>",
    default: "127.0.0.1",
    help: "Address to listen on. Nothing is encrypted: keep it on loopback or on a test network.",
  },
  "opcua-port": { type: "string", placeholder: "<port>", default: "0", help: "OPC UA port; 0 takes a free one." },
  "modbus-port": { type: "string", placeholder: "<port>", default: "0", help: "Modbus TCP port; 0 takes a free one." },
  pki: {
    type: "string",
    placeholder: "<folder>",
    help: "Folder of the OPC UA server's own certificate; without it a temporary one.",
  },
  seed: { type: "string", placeholder: "<number>", default: "1", help: "The same seed gives the same run." },
  speed: {
    type: "string",
    placeholder: "<factor>",
    default: "1",
    help: "How much faster the processes run than the clock.",
  },
  rate: { type: "string", placeholder: "<Hz>", default: "1", help: "Readings per second." },
  log: { type: "string", placeholder: "<level>", default: "info", env: "PILOTLINE_LOG", help: "Least level logged." },
} as const;

export const command = {
  name: "simulate",
  summary: "Simulated pilot lines that speak OPC UA and Modbus TCP.",
  positionals: ["<plant>", "[csv]"],
  options,
  examples: ["npm run pilotline -- simulate all --opcua-port 14840 --modbus-port 15020"],
} as const satisfies CommandSpec<typeof options>;

/** What the command line asks for, checked. */
export interface Wanted {
  readonly plants: readonly PlantName[];
  readonly host: string;
  readonly opcuaPort: number;
  readonly modbusPort: number;
  readonly pkiFolder: string | undefined;
  readonly seed: number;
  readonly speed: number;
  readonly rateHz: number;
}

const isPlantName = (text: string): text is PlantName => plantNames.some((name) => name === text);

/** Throws `CONFIG` where an argument is wrong. */
export function wantedOf({ options, positionals }: ParsedCommand<typeof command.options>): Wanted {
  const [name = ""] = positionals;
  if (name !== "all" && !isPlantName(name)) {
    throw new CodedError("CONFIG", `There is no plant \`${name}\`. Choose ${[...plantNames, "all"].join(", ")}.`);
  }
  return {
    plants: name === "all" ? plantNames : [name],
    host: options.host,
    opcuaPort: numberOption("opcua-port", options["opcua-port"], 0, 65_535),
    modbusPort: numberOption("modbus-port", options["modbus-port"], 0, 65_535),
    pkiFolder: options.pki,
    seed: numberOption("seed", options.seed, 0, 2 ** 32 - 1),
    speed: numberOption("speed", options.speed, 0.01, 1_000),
    rateHz: numberOption("rate", options.rate, 0.01, 100),
  };
}

export function logLevelOf(text: string): LogLevel {
  switch (text) {
    case "debug":
    case "info":
    case "warn":
    case "error":
    case "silent":
      return text;
    default:
      throw new CodedError("CONFIG", `--log takes debug, info, warn, error or silent, got \`${text}\`.`);
  }
}
