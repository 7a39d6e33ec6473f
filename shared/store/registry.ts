import { readFile } from "node:fs/promises";
import type { Clock } from "#shared/kit/clock.ts";
import type { OptionSpec } from "#shared/kit/command.ts";
import type { Log } from "#shared/kit/log.ts";
import { CodedError, messageOf } from "#shared/model/errors.ts";
import type { Retention } from "#shared/model/retention.ts";
import { type InfluxAddress, influxVersions } from "./influx/version.ts";
import type { SampleReader, SampleWriter } from "./port.ts";
import type { RecordsWriter } from "./records/port.ts";

/** Where the samples are. */
export interface StoreOptions {
  readonly store: StoreName;
  /** history.db of the embedded store. */
  readonly historyFile: string;
  readonly influx: InfluxAddress;
}

export interface WriterEnv {
  readonly clock: Clock;
  readonly log: Log;
  /** Keeps the names of batches for a store that has no transaction for them. */
  readonly records: Pick<RecordsWriter, "storedBatches" | "saveStoredBatches">;
  /** For how long the embedded store keeps what; everything for good where absent. A server has policies of its own. */
  readonly retention?: Retention;
  /** Hears of damage that was found: what could not be read was put aside, and the store goes on without. */
  readonly onDamage?: (error: CodedError) => void;
}

export interface StoreModule {
  openReader(options: StoreOptions, env: { clock: Clock; log: Log }): Promise<SampleReader>;
  openWriter(options: StoreOptions, env: WriterEnv): Promise<SampleWriter>;
}

/** Every store there is, by the name that `--store` takes. A store's client loads when it is opened. */
export const stores = {
  embedded: {
    openReader: async ({ historyFile }, env) =>
      (await import("./embedded/open.ts")).openEmbeddedReader({ file: historyFile, ...env }),
    openWriter: async ({ historyFile }, env) =>
      (await import("./embedded/open.ts")).openEmbeddedWriter({ file: historyFile, ...env }),
  },
  influx: {
    openReader: async ({ influx }, env) => (await import("./influx/reader.ts")).openInfluxReader({ ...influx, ...env }),
    openWriter: async ({ influx }, env) => (await import("./influx/open.ts")).openInfluxWriter({ ...influx, ...env }),
  },
} satisfies Record<string, StoreModule>;

export type StoreName = keyof typeof stores;

const isStoreName = (text: string): text is StoreName => Object.hasOwn(stores, text);

/** The options of every command that opens a store. */
export const storeOptionSpecs = {
  store: {
    type: "string",
    placeholder: "<name>",
    help: `Where samples are kept: ${Object.keys(stores).join(" or ")}.`,
    default: "embedded",
    env: "PILOTLINE_STORE",
  },
  "influx-url": {
    type: "string",
    placeholder: "<url>",
    help: "InfluxDB server, 1.6 to 3.",
    default: "http://127.0.0.1:8086",
    env: "PILOTLINE_INFLUX_URL",
  },
  "influx-database": {
    type: "string",
    placeholder: "<name>",
    help: "InfluxDB database; in 2.x the bucket, from 2.5 on.",
    default: "pilotline",
    env: "PILOTLINE_INFLUX_DATABASE",
  },
  "influx-org": {
    type: "string",
    placeholder: "<name>",
    help: "Organisation of the bucket, in 2.x.",
    default: "pilotline",
    env: "PILOTLINE_INFLUX_ORG",
  },
  "influx-version": {
    type: "string",
    placeholder: "<n>",
    help: `Major version of the server, ${influxVersions.join(", ")}; or detect: asked at /ping.`,
    default: "detect",
    env: "PILOTLINE_INFLUX_VERSION",
  },
  "influx-gzip": {
    type: "string",
    placeholder: "<when>",
    help: "Whether requests are compressed: on, off, or auto (beyond this machine only).",
    default: "auto",
    env: "PILOTLINE_INFLUX_GZIP",
  },
  "influx-token-file": {
    type: "string",
    placeholder: "<file>",
    help: "File with the InfluxDB token; for 1.x `user:password`. None where the server asks for none.",
    env: "PILOTLINE_INFLUX_TOKEN_FILE",
  },
} as const satisfies Record<string, OptionSpec>;

/** Parsed values of `storeOptionSpecs`. */
export interface StoreOptionValues {
  readonly store: string;
  readonly "influx-url": string;
  readonly "influx-database": string;
  readonly "influx-org": string;
  readonly "influx-version": string;
  readonly "influx-gzip": string;
  readonly "influx-token-file"?: string | undefined;
}

/** Checks the options; throws `CONFIG` naming the wrong one. Touches no store. */
export async function readStoreOptions(values: StoreOptionValues, historyFile: string): Promise<StoreOptions> {
  const { store } = values;
  if (!isStoreName(store)) {
    throw new CodedError("CONFIG", `--store takes ${Object.keys(stores).join(" or ")}, got \`${store}\`.`);
  }
  const url = values["influx-url"];
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol)) {
    throw new CodedError("CONFIG", `--influx-url takes an http or https address, got \`${url}\`.`);
  }
  const tokenFile = values["influx-token-file"];
  const token = tokenFile === undefined ? null : await readToken(tokenFile);
  const influx = {
    url,
    database: values["influx-database"],
    org: values["influx-org"],
    token,
    version: readVersion(values["influx-version"]),
    gzip: readGzip(values["influx-gzip"], url),
  };
  return { store, historyFile, influx };
}

function readVersion(text: string): InfluxAddress["version"] {
  const version = influxVersions.find((known) => known === text);
  if (version === undefined && text !== "detect") {
    throw new CodedError("CONFIG", `--influx-version takes ${influxVersions.join(", ")} or detect, got \`${text}\`.`);
  }
  return version ?? null;
}

/** On one machine packing costs more than it saves. */
function readGzip(text: string, url: string): boolean {
  if (text === "auto") return !["127.0.0.1", "localhost", "[::1]"].includes(new URL(url).hostname);
  if (text !== "on" && text !== "off") {
    throw new CodedError("CONFIG", `--influx-gzip takes on, off or auto, got \`${text}\`.`);
  }
  return text === "on";
}

async function readToken(file: string): Promise<string> {
  let text: string;
  try {
    text = (await readFile(file, "utf8")).trim();
  } catch (error) {
    throw new CodedError("CONFIG", `--influx-token-file ${file} cannot be read: ${messageOf(error)}.`, {
      cause: error,
    });
  }
  if (text === "") throw new CodedError("CONFIG", `--influx-token-file ${file} is empty.`);
  return text;
}
