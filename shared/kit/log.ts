import { pino, stdTimeFunctions } from "pino";
import { CodedError } from "#shared/model/errors.ts";
import type { OptionSpec } from "./command.ts";

/** Structured log: fields first, then one sentence. Speaks when a state changes; counts belong to metrics. */
export interface Log {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
  /** The same log with `fields` on every line. */
  child(fields: object): Log;
}

const levels = ["debug", "info", "warn", "error", "silent"] as const;
export type LogLevel = (typeof levels)[number];

/** The option of every process that logs. */
export const logOption = {
  type: "string",
  placeholder: "<level>",
  default: "info",
  env: "PILOTLINE_LOG",
  help: `Least level logged: ${levels.join(", ")}.`,
} as const satisfies OptionSpec;

/** The level of an option's text; throws `CONFIG` for a word that is none. */
export function logLevel(text: string): LogLevel {
  const level = levels.find((one) => one === text);
  if (level === undefined) throw new CodedError("CONFIG", `--log takes ${levels.join(", ")}, got \`${text}\`.`);
  return level;
}

/** Whatever key looks like a secret is replaced before a line is written. */
const secretKeys = ["password", "secret", "token", "credential", "cookie", "authorization"];

/** JSON lines on standard error, so that standard output stays free for a command's answer. */
export function createLog(name: string, level: LogLevel): Log {
  return pino(
    {
      name,
      level,
      base: { name },
      redact: { paths: secretKeys.flatMap((key) => [key, `*.${key}`]), censor: "[hidden]" },
      timestamp: stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      serializers: { error: (error: unknown) => (error instanceof Error ? error.message : error) },
    },
    pino.destination({ dest: 2, sync: true }),
  );
}

export const silentLog: Log = {
  debug: () => {},
  info: () => {},
  warn: () => {},
  error: () => {},
  child: () => silentLog,
};
