import { type CommandSpec, numberOption, type OptionSpec, type ParsedCommand } from "#shared/kit/command.ts";

export const command = {
  name: "probe",
  summary:
    "Reads a range of a Modbus device and shows every register in all formats and byte orders side by side. Writes nothing.",
  positionals: ["<modbus://host:port/unit>"],
  options: {
    expect: {
      type: "string",
      placeholder: "<number>",
      help: "What the instrument shows: names and marks what reads as that, also scaled by a power of ten.",
    },
    tolerance: { type: "string", placeholder: "<percent>", default: "1", help: "How near counts as expected." },
    json: { type: "boolean", help: "As JSON." },
  },
  examples: [
    "npm run pilotline -- probe 'modbus://10.0.0.9:502/1?table=input&from=100&count=50' --expect 23.5",
    "npm run pilotline -- probe 'modbus://10.0.0.9/1?modicon=40001&transport=rtu-over-tcp&timeoutMs=500'",
    "npm run pilotline -- probe 'modbus-rtu:///dev/ttyUSB0?unit=3&baudRate=19200&parity=none'",
  ],
} as const satisfies CommandSpec<Record<string, OptionSpec>>;

export const toleranceOf = ({ options }: ParsedCommand<(typeof command)["options"]>): number =>
  numberOption("tolerance", options.tolerance, 0, 50);
