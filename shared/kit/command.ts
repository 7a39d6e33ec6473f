import { type ParseArgsOptionDescriptor, parseArgs } from "node:util";
import { CodedError, messageOf } from "#shared/model/errors.ts";
import { exitCodes } from "./process.ts";

/** One command of the command line: its options are declared once and give parsing, `--help` and the reference. */
export interface CommandSpec<Options extends Record<string, OptionSpec>> {
  readonly name: string;
  readonly summary: string;
  /** Positional arguments as shown in the usage line, for example `<plant.yaml>`. */
  readonly positionals?: readonly string[];
  readonly options: Options;
  readonly examples?: readonly string[];
}

export interface OptionSpec {
  readonly type: "string" | "boolean";
  readonly help: string;
  /** Shown in the help behind the option, for example `<file>`. */
  readonly placeholder?: string;
  /** Environment variable read where the option is not given. */
  readonly env?: string;
  readonly default?: string | boolean;
}

/** The option of every process that keeps files. */
export const dataOption = {
  type: "string",
  placeholder: "<folder>",
  default: "./data",
  env: "PILOTLINE_DATA",
  help: "Data folder.",
} as const satisfies OptionSpec;

type OptionValue<O extends OptionSpec> = O["type"] extends "boolean"
  ? boolean
  : O extends { default: string }
    ? string
    : string | undefined;

export interface ParsedCommand<Options extends Record<string, OptionSpec>> {
  readonly options: { readonly [K in keyof Options]: OptionValue<Options[K]> };
  readonly positionals: readonly string[];
}

/** What a command has to say, and its exit code. */
export interface Printed {
  /** For standard output and standard error. */
  readonly out: string;
  readonly error: string;
  readonly code: number;
}

export function helpOf(spec: CommandSpec<Record<string, OptionSpec>>): string {
  const named = Object.entries(spec.options).map(([name, option]) => {
    const left = `  --${name}${option.placeholder ? ` ${option.placeholder}` : ""}`;
    const notes = [
      option.default !== undefined && option.default !== false ? `default ${option.default}` : "",
      option.env ? `environment ${option.env}` : "",
    ].filter(Boolean);
    return `${left.padEnd(28)} ${option.help}${notes.length > 0 ? ` (${notes.join(", ")})` : ""}`;
  });
  return [
    spec.summary,
    "",
    `Usage: npm run pilotline -- ${[spec.name, ...(spec.positionals ?? [])].join(" ")} [options]`,
    "",
    "Options:",
    ...named,
    `${"  --help".padEnd(28)} Show this help.`,
    ...(spec.examples ? ["", "Examples:", ...spec.examples.map((line) => `  ${line}`)] : []),
    "",
    `Exit codes: ${exitCodes.ok} done, ${exitCodes.refused} input refused, ${exitCodes.usage} wrong command line, ${exitCodes.failed} failed while running.`,
  ].join("\n");
}

/** Parses `args`; throws `CodedError` with code `CONFIG` where they are wrong. */
export function parseCommand<const Options extends Record<string, OptionSpec>>(
  spec: CommandSpec<Options>,
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): ParsedCommand<Options> | "help" {
  if (args.includes("--help") || args.includes("-h")) return "help";
  const options = Object.fromEntries(
    Object.entries(spec.options).map(([name, { type }]): [string, ParseArgsOptionDescriptor] => [name, { type }]),
  );
  let parsed: ReturnType<typeof parseArgs>;
  try {
    parsed = parseArgs({ args: [...args], options, allowPositionals: true });
  } catch (error) {
    throw new CodedError("CONFIG", `${messageOf(error)}. See \`${spec.name} --help\`.`);
  }
  const wanted = spec.positionals ?? [];
  const required = wanted.filter((name) => name.startsWith("<")).length;
  if (parsed.positionals.length < required || parsed.positionals.length > wanted.length) {
    const shape = wanted.length === 0 ? "no arguments" : wanted.join(" ");
    throw new CodedError(
      "CONFIG",
      `\`${spec.name}\` takes ${shape}, got ${parsed.positionals.length}. See \`${spec.name} --help\`.`,
    );
  }
  const values = Object.fromEntries(
    Object.entries(spec.options).map(([name, option]) => {
      const given = parsed.values[name] ?? (option.env ? env[option.env] : undefined) ?? option.default;
      return [name, option.type === "boolean" ? given === true || given === "true" || given === "1" : given];
    }),
  );
  return { options: values as ParsedCommand<Options>["options"], positionals: parsed.positionals };
}

/**
 * The body of a `main.ts`: prints help, refuses a wrong command line with exit code 2, else runs `body`.
 * `print` writes to standard output.
 */
export async function runCommand<const Options extends Record<string, OptionSpec>>(
  spec: CommandSpec<Options>,
  body: (parsed: ParsedCommand<Options>) => Promise<void>,
): Promise<void> {
  try {
    const parsed = parseCommand(spec, process.argv.slice(2), process.env);
    if (parsed === "help") process.stdout.write(`${helpOf(spec)}\n`);
    else await body(parsed);
  } catch (error) {
    if (!(error instanceof CodedError && error.code === "CONFIG")) throw error;
    process.stderr.write(`${error.detail}\n`);
    process.exitCode = exitCodes.usage;
  }
}

/** The number in an option's text; throws `CONFIG` naming the option where it is none or outside [min, max]. */
export function numberOption(name: string, text: string, min: number, max: number): number {
  const n = Number(text);
  if (text.trim() === "" || !Number.isFinite(n) || n < min || n > max) {
    throw new CodedError("CONFIG", `--${name} takes a number from ${min} to ${max}, got \`${text}\`.`);
  }
  return n;
}
