import { HttpError, InfluxDB } from "@influxdata/influxdb-client";
import { CodedError, messageOf } from "#shared/model/errors.ts";

export interface InfluxAddress {
  readonly url: string;
  readonly database: string;
  readonly token: string | null;
}

/** One series of an answer: its tags and its rows, time in ms UTC first. */
export interface InfluxSeries {
  readonly tags?: Readonly<Record<string, string>>;
  readonly columns: readonly string[];
  readonly values: readonly (readonly (string | number | boolean | null)[])[];
}

interface InfluxAnswer {
  readonly error?: string;
  readonly results?: readonly { readonly error?: string; readonly series?: readonly InfluxSeries[] }[];
}

/** The server refuses these lines as they are; fewer of them, or none, may be the fault. */
export class LinesRefused extends Error {
  /** How many it says it dropped, where it says so. */
  readonly dropped: number | null;

  constructor(message: string, options: ErrorOptions) {
    super(message, options);
    this.name = "LinesRefused";
    const said = /dropped=(\d+)/.exec(message)?.[1];
    this.dropped = said === undefined ? null : Number(said);
  }
}

const malformedStatuses = [400, 413, 422];

/**
 * The 1.x HTTP API, which every InfluxDB from 1.6 to 3 has: line protocol to /write, InfluxQL over /query. The
 * client's transport alone is used: its WriteApi drops data after some errors and answers `flush` too early.
 */
export class InfluxServer {
  readonly #transport: InfluxDB["transport"];
  readonly #address: InfluxAddress;

  constructor(address: InfluxAddress, timeoutMs: number) {
    this.#address = address;
    const { url, token } = address;
    this.#transport = new InfluxDB({ url, timeout: timeoutMs, ...(token === null ? {} : { token }) }).transport;
  }

  /** Resolves when the server has these lines durably. Rejects with `LinesRefused`, or `STORE_UNAVAILABLE`. */
  async write(lines: readonly string[]): Promise<void> {
    const path = `/write?db=${encodeURIComponent(this.#address.database)}&precision=ms`;
    try {
      await this.#transport.request(path, lines.join("\n"), {
        method: "POST",
        headers: { "content-type": "text/plain; charset=utf-8" },
        gzipThreshold: this.#isLocal ? Number.POSITIVE_INFINITY : 1_000,
      });
    } catch (error) {
      if (error instanceof HttpError && malformedStatuses.includes(error.statusCode)) {
        throw new LinesRefused(error.body ?? error.message, { cause: error });
      }
      throw this.#unavailable(error);
    }
  }

  /** Runs InfluxQL statements; one list of series per statement. Rejects with the reason of `signal` when that aborts. */
  async query(statements: readonly string[], signal?: AbortSignal): Promise<(readonly InfluxSeries[])[]> {
    signal?.throwIfAborted();
    const path = `/query?db=${encodeURIComponent(this.#address.database)}&epoch=ms`;
    let answer: InfluxAnswer;
    try {
      answer = await this.#transport.request(path, `q=${encodeURIComponent(statements.join(";"))}`, {
        method: "POST",
        headers: { "content-type": "application/x-www-form-urlencoded", accept: "application/json" },
        ...(signal ? { signal } : {}),
      });
    } catch (error) {
      signal?.throwIfAborted();
      throw this.#unavailable(error);
    }
    const errors = answer.results?.flatMap(({ error }) => error ?? []) ?? [];
    // After one statement failed, the server answers the others with this; the cause is elsewhere in the list.
    const failed = answer.error ?? errors.find((error) => error !== "not executed") ?? errors[0];
    if (failed !== undefined) throw this.#unavailable(new Error(failed));
    return statements.map((_, i) => answer.results?.[i]?.series ?? []);
  }

  /** On this machine packing costs more than it saves. */
  get #isLocal(): boolean {
    return ["127.0.0.1", "localhost", "[::1]"].includes(new URL(this.#address.url).hostname);
  }

  #unavailable(error: unknown): CodedError {
    const { url, database } = this.#address;
    const what = error instanceof HttpError ? `HTTP ${error.statusCode} ${error.body ?? ""}` : messageOf(error);
    const status = error instanceof HttpError ? error.statusCode : 0;
    const remedy =
      status === 401 || status === 403
        ? ` Check the token: it needs read and write access to ${database}.`
        : /not found/.test(what)
          ? ` Create it: \`CREATE DATABASE "${database}"\` in 1.x; a bucket with a DBRP mapping in 2.x.`
          : "";
    return new CodedError("STORE_UNAVAILABLE", `InfluxDB at ${url}: ${what.trim()}.${remedy}`, { cause: error });
  }
}
