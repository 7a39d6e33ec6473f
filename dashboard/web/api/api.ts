import type { AlarmEvent, AlarmStatus } from "#shared/model/alarm.ts";
import { type ErrorCode, isErrorCode } from "#shared/model/errors.ts";
import type { HistoryAnswer, PlantView } from "#shared/model/live.ts";
import type { TagId } from "#shared/model/sample.ts";
import { type AlarmAct, actPaths } from "./alarmActs.ts";
import { type AssessmentApi, createAssessmentApi } from "./assessmentApi.ts";
import type { SessionUser } from "./session.ts";
import { createSystemApi, type SystemApi } from "./systemApi.ts";
import { createUserApi, type UserApi } from "./userApi.ts";

/** A request that did not succeed; `code` is what a page decides by. */
export class ApiFailure extends Error {
  readonly status: number;
  readonly code: ErrorCode | "UNAUTHORISED" | "RATE_LIMITED" | "UNREACHABLE";
  /** How long to wait before trying again, where the server says so. */
  readonly retryAfterMs: number | null;

  constructor(status: number, code: ApiFailure["code"], detail: string, retryAfterMs: number | null = null) {
    super(detail);
    this.name = "ApiFailure";
    this.status = status;
    this.code = code;
    this.retryAfterMs = retryAfterMs;
  }
}

export interface HistoryQuery {
  readonly tag: TagId;
  readonly from: number;
  readonly to: number;
  /** Width of the chart: the server answers with at most about this many buckets. */
  readonly pixels: number;
}

/** How an act on many alarms ended for one of them. */
export interface OutcomeOfEach {
  readonly alarm: string;
  readonly outcome: "done" | "refused";
  readonly code?: ErrorCode;
  readonly detail?: string;
}

/** Alarms of one request at most. */
const mostAlarms = 500;

/** The dashboard's HTTP interface as the pages use it. Every call rejects with `ApiFailure`. */
export interface Api {
  readonly assessments: AssessmentApi;
  readonly system: SystemApi;
  readonly users: UserApi;
  login(user: string, password: string): Promise<void>;
  logout(): Promise<void>;
  session(): Promise<SessionUser>;
  /** Ends the user's other sessions. Rejects with `FORBIDDEN` (current is wrong) or `OUT_OF_RANGE` (length of next). */
  changePassword(current: string, next: string): Promise<void>;
  plant(): Promise<PlantView>;
  /** What a path of the API answers. */
  get<Answer>(path: string, signal?: AbortSignal): Promise<Answer>;
  /** Sends a change of the records; sent again under the same key it repeats nothing. The answer names the record. */
  command(path: string, body: object, key: string): Promise<{ readonly detail?: string }>;
  /** Sends a file. */
  send<Answer>(path: string, file: Blob, type: string): Promise<Answer>;
  history(query: HistoryQuery, signal: AbortSignal): Promise<HistoryAnswer>;
  alarms(): Promise<{ readonly seq: number; readonly alarms: readonly AlarmStatus[] }>;
  /** `query` as `GET /api/alarms/journal` takes it; `next` is the `before` of the page behind. */
  journal(
    query: Readonly<Record<string, string>>,
    signal: AbortSignal,
  ): Promise<{ readonly events: readonly AlarmEvent[]; readonly next: string | null }>;
  /** Address of all that a search finds, as a file. */
  journalUrl(kind: "csv" | "json", query: Readonly<Record<string, string>>): string;
  /** `key` names this act: sent again, for example after a lost answer, it repeats nothing. */
  act(alarm: string, act: AlarmAct, key: string): Promise<void>;
  /** The same of many alarms; one outcome each, in their order. */
  actOnMany(alarms: readonly string[], act: AlarmAct, key: string): Promise<readonly OutcomeOfEach[]>;
  /** Address of every sample of a tag as CSV, streamed by the server. */
  csvUrl(tag: TagId, from: number, to: number): string;
}

export type Fetch = (url: string, init?: RequestInit) => Promise<Response>;

/** Marks every POST as sent by these pages: another site's form cannot set a header. */
const guarded = { "x-pilotline": "1" };

async function failureOf(response: Response): Promise<ApiFailure> {
  const body: unknown = await response.json().catch(() => null);
  const part = (key: string): unknown => (body !== null && typeof body === "object" ? Reflect.get(body, key) : null);
  const [error, told, wait] = [part("error"), part("detail"), part("retryAfterMs")];
  const detail = typeof told === "string" ? told : response.statusText;
  if (response.status === 401) return new ApiFailure(401, "UNAUTHORISED", detail);
  if (response.status === 429) {
    return new ApiFailure(429, "RATE_LIMITED", detail, typeof wait === "number" ? wait : null);
  }
  if (typeof error === "string" && isErrorCode(error)) return new ApiFailure(response.status, error, detail);
  return new ApiFailure(response.status, byStatus(response.status), detail);
}

function byStatus(status: number): ErrorCode {
  if (status === 403) return "FORBIDDEN";
  if (status === 404) return "NOT_FOUND";
  return status === 409 ? "CONFLICT" : "UNKNOWN";
}

export function createApi(fetch: Fetch): Api {
  const send = async (url: string, init?: RequestInit): Promise<unknown> => {
    const response = await fetch(url, { credentials: "same-origin", ...init }).catch((thrown: unknown) => {
      if (init?.signal?.aborted) throw thrown;
      throw new ApiFailure(0, "UNREACHABLE", "The server does not answer.");
    });
    if (!response.ok) throw await failureOf(response);
    return response.status === 204 ? null : response.json();
  };
  const post = (url: string, body?: unknown, more: Record<string, string> = {}): Promise<unknown> =>
    body === undefined
      ? send(url, { method: "POST", headers: { ...guarded, ...more } })
      : send(url, {
          method: "POST",
          headers: { ...guarded, ...more, "content-type": "application/json" },
          body: JSON.stringify(body),
        });

  return {
    assessments: createAssessmentApi({ send, post }),
    system: createSystemApi({ send, post }),
    users: createUserApi({ send, post }),
    login: async (user, password) => void (await post("/api/login", { user, password })),
    logout: async () => void (await post("/api/logout")),
    session: async () => (await send("/api/session")) as SessionUser,
    changePassword: async (current, next) => void (await post("/api/password", { current, next })),
    plant: async () => (await send("/api/plant")) as PlantView,
    get: async <Answer>(path: string, signal?: AbortSignal) =>
      (await send(path, signal ? { signal } : undefined)) as Answer,
    command: async (path, body, key) =>
      (await post(path, body, { "idempotency-key": key })) as { readonly detail?: string },
    send: async <Answer>(path: string, file: Blob, type: string) =>
      (await send(path, { method: "POST", headers: { ...guarded, "content-type": type }, body: file })) as Answer,
    history: async ({ tag, from, to, pixels }, signal) => {
      const query = new URLSearchParams({ tag, from: `${from}`, to: `${to}`, pixels: `${pixels}` });
      return (await send(`/api/history?${query}`, { signal })) as HistoryAnswer;
    },
    alarms: async () => (await send("/api/alarms")) as Awaited<ReturnType<Api["alarms"]>>,
    journal: async (query, signal) =>
      (await send(`/api/alarms/journal?${new URLSearchParams(query)}`, { signal })) as Awaited<
        ReturnType<Api["journal"]>
      >,
    journalUrl: (kind, query) => `/api/alarms/journal.${kind}?${new URLSearchParams(query)}`,
    act: async (alarm, { kind, ...body }, key) => {
      const [, line, id] = alarm.split("/").map(encodeURIComponent);
      await post(`/api/alarms/${line}/${id}/${actPaths[kind]}`, body, { "idempotency-key": key });
    },
    actOnMany: async (alarms, { kind, ...said }, key) => {
      const outcomes: OutcomeOfEach[] = [];
      for (let from = 0; from < alarms.length; from += mostAlarms) {
        const body = { ...said, alarms: alarms.slice(from, from + mostAlarms) };
        const answer = await post(`/api/alarms/${actPaths[kind]}`, body, { "idempotency-key": `${key}-${from}` });
        outcomes.push(...((answer as { readonly outcomes?: readonly OutcomeOfEach[] }).outcomes ?? []));
      }
      return outcomes;
    },
    csvUrl: (tag, from, to) => {
      const query = new URLSearchParams({ tag, from: `${Math.floor(from)}`, to: `${Math.ceil(to)}` });
      return `/api/history.csv?${query}`;
    },
  };
}
