import { HttpError, InfluxDB } from "@influxdata/influxdb-client";
import type { Clock } from "#shared/kit/clock.ts";
import { CodedError, messageOf } from "#shared/model/errors.ts";
import { type DurationMs, millis, seconds } from "#shared/model/time.ts";
import { retryAfter, writeVerdict } from "./answers.ts";
import { authorization, type InfluxAddress, type InfluxVersion, versionIn, writePath } from "./version.ts";

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

interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** Parsed where it is JSON, of a reply below 300; the text else. */
  readonly body: unknown;
}

/** The server refuses these lines as they are; fewer of them, or none, may be the fault. */
export class LinesRefused extends Error {
  /** How many it says it dropped, where it says so. */
  readonly dropped: number | null;

  constructor(message: string, options: ErrorOptions = {}) {
    super(message, options);
    this.name = "LinesRefused";
    const said = /dropped=(\d+)/.exec(message)?.[1];
    this.dropped = said === undefined ? null : Number(said);
  }
}

/** The server answered a query with an error. In 3.x a long range can be the cause. */
export class QueryFailed extends CodedError {
  readonly version: InfluxVersion;

  constructor(version: InfluxVersion, detail: string) {
    super("STORE_UNAVAILABLE", detail);
    this.name = "QueryFailed";
    this.version = version;
  }
}

export interface InfluxTimes {
  /** A request that takes longer is given up; the server may have stored its lines all the same. */
  readonly requestTimeout: DurationMs;
  /** Pause after an answer that only a person can cure: a wrong token, a missing database. */
  readonly lockedPause: DurationMs;
}

export const influxTimes: InfluxTimes = { requestTimeout: seconds(30), lockedPause: seconds(10) };

/**
 * One InfluxDB server: lines to the write path of its version, InfluxQL over /query, which all versions have. The
 * client's transport alone is used: its WriteApi answers `flush` too early, drops data after some errors, reads
 * `Retry-After` as milliseconds and forgets what is unsent when it closes. Nothing is retried here: who holds the
 * lines hands them over again.
 */
export class InfluxServer {
  readonly #transport: InfluxDB["transport"];
  readonly #address: InfluxAddress;
  readonly #clock: Clock;
  readonly #times: InfluxTimes;
  #version: InfluxVersion | null;
  /** The pause that an answer asked for: no write before `until` of the monotonic clock. */
  #pause: { readonly until: number; readonly cause: string } | undefined;

  constructor(address: InfluxAddress, clock: Clock, times: Partial<InfluxTimes> = {}) {
    this.#address = address;
    this.#clock = clock;
    this.#times = { ...influxTimes, ...times };
    this.#version = address.version;
    this.#transport = new InfluxDB({ url: address.url, timeout: this.#times.requestTimeout }).transport;
  }

  /** Resolves when the server has these lines durably. Rejects with `LinesRefused`, or `STORE_UNAVAILABLE`. */
  async write(lines: readonly string[]): Promise<void> {
    if (this.#pause && this.#clock.monotonic() < this.#pause.until) {
      throw new CodedError("STORE_UNAVAILABLE", this.#pause.cause);
    }
    const version = await this.version();
    const reply = await this.#send(version, writePath(version, this.#address), lines.join("\n"), {
      method: "POST",
      headers: { "content-type": "text/plain; charset=utf-8" },
    });
    const verdict = writeVerdict(reply.status);
    if (verdict === "stored") return;
    const words = this.#words(reply);
    if (verdict === "refused") throw new LinesRefused(words);
    // Another version may have taken its place.
    if (reply.status === 404) this.#version = this.#address.version;
    const asked = retryAfter(header(reply, "retry-after"), this.#clock.now());
    const pause = asked ?? (verdict === "locked" ? this.#times.lockedPause : millis(0));
    const error = this.#unavailable(words, version, reply.status);
    const cause = `${error.detail} It is asked again after a pause of ${pause / 1_000} s.`;
    this.#pause = { until: this.#clock.monotonic() + pause, cause };
    throw pause > 0 ? new CodedError("STORE_UNAVAILABLE", cause) : error;
  }

  /** Runs InfluxQL statements; one list of series per statement. Rejects with the reason of `signal` when that aborts. */
  async query(statements: readonly string[], signal?: AbortSignal): Promise<(readonly InfluxSeries[])[]> {
    signal?.throwIfAborted();
    const version = await this.version();
    if (version !== "3" || statements.length < 2) return this.#query(version, statements, signal);
    // 3.x takes one statement per request.
    const answers = await Promise.all(statements.map((statement) => this.#query(version, [statement], signal)));
    return answers.flat();
  }

  /** Tags that one statement may name: 3.x takes the statement in the address. */
  async tagsPerStatement(): Promise<number> {
    return (await this.version()) === "3" ? 40 : 200;
  }

  async #query(
    version: InfluxVersion,
    statements: readonly string[],
    signal: AbortSignal | undefined,
  ): Promise<(readonly InfluxSeries[])[]> {
    const path = `/query?db=${encodeURIComponent(this.#address.database)}&epoch=ms`;
    const q = `q=${encodeURIComponent(statements.join(";"))}`;
    const headers = { accept: "application/json", "content-type": "application/x-www-form-urlencoded" };
    // Early 3.x looks for the statement in the address only.
    const reply = await (version === "3"
      ? this.#send(version, `${path}&${q}`, "", { method: "GET", headers, signal })
      : this.#send(version, path, q, { method: "POST", headers, signal }));
    if (reply.status !== 200) {
      const error = this.#unavailable(this.#words(reply), version, reply.status);
      throw reply.status === 401 || reply.status === 403 ? error : new QueryFailed(version, error.detail);
    }
    const answer = reply.body as InfluxAnswer | undefined;
    const errors = answer?.results?.flatMap(({ error }) => error ?? []) ?? [];
    // After one statement failed, the server answers the others with this; the cause is elsewhere in the list.
    const failed = answer?.error ?? errors.find((error) => error !== "not executed") ?? errors[0];
    if (failed !== undefined) throw new QueryFailed(version, this.#unavailable(failed, version).detail);
    return statements.map((_, i) => answer?.results?.[i]?.series ?? []);
  }

  /** The major version: configured, or asked of the server once. */
  async version(): Promise<InfluxVersion> {
    if (this.#version !== null) return this.#version;
    const reply = await this.#send(null, "/ping", "", { method: "GET", headers: { accept: "application/json" } });
    this.#version = versionIn(this.#address.url, reply.status, header(reply, "x-influxdb-version"), reply.body);
    return this.#version;
  }

  /** Resolves with whatever the server answers; rejects with `STORE_UNAVAILABLE` where it does not in time. */
  async #send(
    version: InfluxVersion | null,
    path: string,
    body: string,
    { method, headers, signal }: { method: string; headers: Record<string, string>; signal?: AbortSignal | undefined },
  ): Promise<Reply> {
    const late = new AbortController();
    const done = new AbortController();
    const { requestTimeout } = this.#times;
    void this.#clock.sleep(requestTimeout, done.signal).then(() => late.abort());
    let status = 0;
    let received: Reply["headers"] = {};
    try {
      const options = {
        method,
        headers: { ...headers, ...authorization(version, this.#address.token) },
        gzipThreshold: this.#address.gzip ? 1_000 : Number.POSITIVE_INFINITY,
        signal: signal ? AbortSignal.any([late.signal, signal]) : late.signal,
      };
      const parsed: unknown = await this.#transport.request(path, body, options, (found, code) => {
        status = code ?? 0;
        received = found;
      });
      return { status, headers: received, body: parsed };
    } catch (error) {
      if (error instanceof HttpError) {
        return { status: error.statusCode, headers: error.headers ?? {}, body: error.body ?? error.statusMessage };
      }
      signal?.throwIfAborted();
      const what = late.signal.aborted ? `no answer within ${requestTimeout / 1_000} s` : messageOf(error);
      throw this.#unavailable(what, version);
    } finally {
      done.abort();
    }
  }

  #words({ status, body }: Reply): string {
    return `HTTP ${status} ${typeof body === "string" ? body.trim().slice(0, 500) : ""}`.trim();
  }

  #unavailable(what: string, version: InfluxVersion | null = this.#version, status = 0): CodedError {
    const { url, database } = this.#address;
    const how = this.#address.version === null ? "detected; --influx-version overrules" : "as --influx-version says";
    const as = version === null ? "" : ` (version ${version}, ${how})`;
    return new CodedError("STORE_UNAVAILABLE", `InfluxDB at ${url}${as}: ${what}.${remedy(what, status, database)}`);
  }
}

const header = ({ headers }: Reply, name: string): string | undefined => {
  const found = headers[name];
  return typeof found === "object" ? found[0] : found;
};

function remedy(what: string, status: number, database: string): string {
  if (status === 401 || status === 403) return ` Check the token: it needs read and write access to ${database}.`;
  if (/not found/.test(what)) {
    return ` Create it: \`CREATE DATABASE "${database}"\` in 1.x; a bucket of that name in 2.x.`;
  }
  return "";
}
