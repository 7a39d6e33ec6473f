import { CodedError } from "#shared/model/errors.ts";

/** Where an InfluxDB is, and how it is spoken to. */
export interface InfluxAddress {
  readonly url: string;
  /** Database of 1.x and 3.x, bucket of 2.x. */
  readonly database: string;
  /** Organisation of 2.x; the others ignore it. */
  readonly org: string;
  /** Token; in 1.x `user:password`. */
  readonly token: string | null;
  /** Major version of the server; null: asked of the server. */
  readonly version: InfluxVersion | null;
  /** Whether requests are compressed. */
  readonly gzip: boolean;
}

/** Major versions that differ in how they take lines. All answer InfluxQL over /query. */
export const influxVersions = ["1", "2", "3"] as const;
export type InfluxVersion = (typeof influxVersions)[number];

/**
 * The path that takes lines with times in ms. `precision=ms` is the only unit that every version reads alike: 1.x calls
 * microseconds `u`, takes `us` without a word and stores the number as nanoseconds.
 */
export function writePath(version: InfluxVersion, { database, org }: InfluxAddress): string {
  const of = (name: string, value: string) => `${name}=${encodeURIComponent(value)}&`;
  return version === "1"
    ? `/write?${of("db", database)}precision=ms`
    : `/api/v2/write?${version === "2" ? of("org", org) : ""}${of("bucket", database)}precision=ms`;
}

/** 1.x knows user and password only; since 2.x there are tokens. */
export function authorization(version: InfluxVersion | null, token: string | null): Record<string, string> {
  if (token === null) return {};
  return { authorization: version === "1" ? `Basic ${Buffer.from(token).toString("base64")}` : `Token ${token}` };
}

/**
 * The major version in an answer to /ping: a header since 1.0, and the JSON body of 3.x. Throws `STORE_UNAVAILABLE`
 * where neither says one that is known.
 */
export function versionIn(url: string, status: number, header: string | undefined, body: unknown): InfluxVersion {
  const inBody = typeof body === "object" && body !== null && "version" in body ? String(body.version) : undefined;
  const said = header ?? inBody;
  const major = /^v?(\d+)\./.exec(said ?? "")?.[1];
  const known = influxVersions.find((version) => version === major);
  if (known) return known;
  const answer = said === undefined ? `answered HTTP ${status} without a version` : `says version \`${said}\``;
  throw new CodedError(
    "STORE_UNAVAILABLE",
    `InfluxDB at ${url}: /ping ${answer}. Is this InfluxDB? If so, name its version by --influx-version ${influxVersions.join(", ")}.`,
  );
}
