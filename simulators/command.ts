import { type CommandSpec, numberOption, type ParsedCommand } from "#shared/kit/command.ts";
import { logOption } from "#shared/kit/log.ts";
import { CodedError } from "#shared/model/errors.ts";
import { type EpochMs, instant } from "#shared/model/time.ts";
import { type FramingName, framingNames } from "./faces/modbus/framings.ts";
import { type PlantName, plantNames } from "./plants/registry.ts";
import { type Shift, shifts } from "./replay/replay.ts";
import type { ServeOptions } from "./serve.ts";

const options = {
  host: {
    type: "string",
    placeholder: "<address>",
    default: "127.0.0.1",
    help: "Address to listen on. Who comes is let in: keep it on loopback or on a test network.",
  },
  "opcua-port": { type: "string", placeholder: "<port>", default: "0", help: "OPC UA port; 0 takes a free one." },
  "modbus-port": { type: "string", placeholder: "<port>", default: "0", help: "Modbus port; 0 takes a free one." },
  "modbus-framing": {
    type: "string",
    placeholder: "<tcp|rtu|ascii>",
    default: "tcp",
    help: "Modbus TCP, or RTU or ASCII over TCP, as through a serial server.",
  },
  scenario: {
    type: "string",
    placeholder: "<yaml>",
    help: "What goes wrong, and when; see docs/scenarios.md.",
  },
  pki: {
    type: "string",
    placeholder: "<folder>",
    help: "Folder of the OPC UA server's own certificate; without it a temporary one.",
  },
  secure: {
    type: "boolean",
    help: "Offer OPC UA with signed and encrypted channels too; the simulator takes every client.",
  },
  seed: { type: "string", placeholder: "<number>", default: "1", help: "The same seed gives the same run." },
  speed: {
    type: "string",
    placeholder: "<factor>",
    default: "1",
    help: "How much faster the processes or the recording run, meters count by the clock; for replay 0 is as fast as subscribers take it.",
  },
  since: {
    type: "string",
    placeholder: "<time>",
    help: "The lines have run since this time, ISO 8601: with the same seed and speed, meters and batches stand where they would.",
  },
  rate: { type: "string", placeholder: "<Hz>", default: "1", help: "Readings per second of the simulated lines." },
  tags: {
    type: "string",
    placeholder: "<number>",
    help: "At least so many tags: a load test line makes up what the plant lacks.",
  },
  map: { type: "string", placeholder: "<yaml>", help: "Replay: what the columns of the recording mean." },
  shift: {
    type: "string",
    placeholder: "<none|now|past>",
    default: "none",
    help: "Replay: keep the file's times, move the first row to now, or move the last row to now.",
  },
  truth: {
    type: "string",
    placeholder: "<jsonl>",
    help: "Write what truly happens: states, runs and alarms as they change; seconds, kWh and water every hour and at the end.",
  },
  "write-plant": {
    type: "string",
    placeholder: "<file>",
    help: "Write the plant file that fits what would be served, and end.",
  },
  "write-records": {
    type: "string",
    placeholder: "<folder>",
    help: "Write tables for `records import` that fit the simulated lines, around now, and end.",
  },
  log: logOption,
} as const;

export const command = {
  name: "simulate",
  summary: `Simulated pilot lines that speak OPC UA and Modbus TCP: ${[...plantNames].join(", ")}, all, load, or replay of a recording.`,
  positionals: ["<plant>", "[csv]"],
  options,
  examples: [
    "npm run pilotline -- simulate all --opcua-port 14840 --modbus-port 15020",
    "npm run pilotline -- simulate load --tags 5000 --rate 10",
    "npm run pilotline -- simulate coating --scenario simulators/faults/scenarios/bad-day.yaml",
    "npm run pilotline -- simulate replay recording.csv --speed 10",
  ],
} as const satisfies CommandSpec<typeof options>;

interface Common extends ServeOptions {
  readonly speed: number;
  readonly writePlant: string | undefined;
  /** File of the scenario. */
  readonly scenario: string | undefined;
  /** Of what is random, faults too. */
  readonly seed: number;
}

/** What the command line asks for, checked. */
export type Wanted =
  | (Common & {
      readonly kind: "simulate";
      readonly plants: readonly PlantName[];
      readonly rateHz: number;
      /** When the lines began to run; with the process where undefined. */
      readonly since: EpochMs | undefined;
      /** File of what truly happens. */
      readonly truth: string | undefined;
      /** 0 where nothing is asked for. */
      readonly leastTags: number;
      /** Folder for tables of records. */
      readonly writeRecords: string | undefined;
    })
  | (Common & {
      readonly kind: "replay";
      readonly csv: string;
      readonly map: string | undefined;
      readonly shift: Shift;
    });

type Options = ParsedCommand<typeof options>["options"];

/** Throws `CONFIG` where an argument is wrong. */
export function wantedOf({ options, positionals }: ParsedCommand<typeof command.options>): Wanted {
  const [name = "", csv] = positionals;
  if (name === "replay") return replayWanted(options, csv);
  if (csv !== undefined) {
    throw new CodedError("CONFIG", `Only \`replay\` takes a second argument, got \`${csv}\`.`);
  }
  return {
    ...commonOf(options, 0.01),
    kind: "simulate",
    plants: plantsOf(name),
    rateHz: numberOption("rate", options.rate, 0.01, 100),
    truth: options.truth,
    since: options.since === undefined ? undefined : sinceOf(options.since),
    writeRecords: options["write-records"],
    leastTags: options.tags === undefined ? 0 : numberOption("tags", options.tags, 1, 1_000_000),
  };
}

function sinceOf(text: string): EpochMs {
  const at = Date.parse(text);
  if (Number.isFinite(at)) return instant(at);
  throw new CodedError("CONFIG", `--since takes a time in ISO 8601, got \`${text}\`.`);
}

function replayWanted(options: Options, csv: string | undefined): Wanted {
  if (csv === undefined) throw new CodedError("CONFIG", "`simulate replay` takes the recording: replay <csv>.");
  const common = commonOf(options, 0);
  const shift = shifts.find((one) => one === options.shift);
  if (shift === undefined) {
    throw new CodedError("CONFIG", `--shift takes ${shifts.join(", ")}, got \`${options.shift}\`.`);
  }
  if (shift === "now" && common.speed !== 1) {
    throw new CodedError(
      "CONFIG",
      "--shift now with another --speed would give times in the future; use --shift past.",
    );
  }
  return { ...common, kind: "replay", csv, map: options.map, shift };
}

function commonOf(options: Options, leastSpeed: number): Common {
  if (options.secure && options.scenario !== undefined) {
    throw new CodedError("CONFIG", "--scenario disturbs what it can read: it goes without --secure.");
  }
  return {
    host: options.host,
    opcuaPort: numberOption("opcua-port", options["opcua-port"], 0, 65_535),
    modbusPort: numberOption("modbus-port", options["modbus-port"], 0, 65_535),
    pkiFolder: options.pki,
    isSecure: options.secure,
    speed: numberOption("speed", options.speed, leastSpeed, 1_000),
    modbusFraming: framingOf(options["modbus-framing"]),
    writePlant: options["write-plant"],
    scenario: options.scenario,
    seed: numberOption("seed", options.seed, 0, 2 ** 32 - 1),
  };
}

function framingOf(name: string): FramingName {
  const known = framingNames.find((one) => one === name);
  if (known) return known;
  throw new CodedError("CONFIG", `--modbus-framing takes ${framingNames.join(", ")}, got \`${name}\`.`);
}

/** `load` is no line of its own: only the tags that --tags asks for. */
function plantsOf(name: string): readonly PlantName[] {
  if (name === "all") return plantNames;
  if (name === "load") return [];
  const known = plantNames.find((one) => one === name);
  if (known) return [known];
  throw new CodedError(
    "CONFIG",
    `There is no plant \`${name}\`. Choose ${[...plantNames, "all", "load", "replay"].join(", ")}.`,
  );
}
