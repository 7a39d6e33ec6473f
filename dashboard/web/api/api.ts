import type { AlarmEvent, AlarmStatus } from "#shared/model/alarm.ts";
import { type ErrorCode, isErrorCode } from "#shared/model/errors.ts";
import type { HistoryAnswer, PlantView } from "#shared/model/live.ts";
import type { TagId } from "#shared/model/sample.ts";
import type { SessionUser } from "./session.ts";

/** A request that did not succeed; `code` is what a page decides by. */
export class ApiFailure extends Error {
  readonly status: number;
  readonly code: ErrorCode | "UNAUTHORISED" | "RATE_LIMITED" | "UNREACHABLE";

  constructor(status: number, code: ApiFailure["code"], detail: string) {
    super(detail);
    this.name = "ApiFailure";
    this.status = status;
    this.code = code;
  }
}

export interface HistoryQuery {
  readonly tag: TagId;
  readonly from: number;
  readonly to: number;
  /** Width of the chart: the server answers with at most about this many buckets. */
  readonly pixels: number;
}

/** The dashboard's HTTP interface as the pages use it. Every call rejects with `ApiFailure`. */
export interface Api {
  login(user: string, password: string): Promise<void>;
  logout(): Promise<void>;
  session(): Promise<SessionUser>;
  plant(): Promise<PlantView>;
  history(query: HistoryQuery, signal: AbortSignal): Promise<HistoryAnswer>;
  alarms(): Promise<{ readonly seq: number; readonly alarms: readonly AlarmStatus[] }>;
  journal(limit: number, signal: AbortSignal): Promise<readonly AlarmEvent[]>;
  acknowledge(alarm: string, comment: string): Promise<void>;
}

export type Fetch = (url: string, init?: RequestInit) => Promise<Response>;

/** Marks every POST as sent by these pages: another site's form cannot set a header. */
const guarded = { "content-type": "application/json", "x-pilotline": "1" };

async function failureOf(response: Response): Promise<ApiFailure> {
  const body: unknown = await response.json().catch(() => null);
  const text = (key: string): string | null => {
    const value: unknown = body !== null && typeof body === "object" ? Reflect.get(body, key) : null;
    return typeof value === "string" ? value : null;
  };
  const detail = text("detail") ?? text("message") ?? response.statusText;
  const code = text("code") ?? text("error");
  if (response.status === 401) return new ApiFailure(401, "UNAUTHORISED", detail);
  if (response.status === 429) return new ApiFailure(429, "RATE_LIMITED", detail);
  if (code !== null && isErrorCode(code)) return new ApiFailure(response.status, code, detail);
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
  const post = (url: string, body: unknown): Promise<unknown> =>
    send(url, { method: "POST", headers: guarded, body: JSON.stringify(body) });

  return {
    login: async (user, password) => void (await post("/api/login", { user, password })),
    logout: async () => void (await post("/api/logout", {})),
    session: async () => (await send("/api/session")) as SessionUser,
    plant: async () => (await send("/api/plant")) as PlantView,
    history: async ({ tag, from, to, pixels }, signal) => {
      const query = new URLSearchParams({ tag, from: `${from}`, to: `${to}`, pixels: `${pixels}` });
      return (await send(`/api/history?${query}`, { signal })) as HistoryAnswer;
    },
    alarms: async () => (await send("/api/alarms")) as Awaited<ReturnType<Api["alarms"]>>,
    journal: async (limit, signal) => {
      const answer = (await send(`/api/alarms/journal?limit=${limit}`, { signal })) as {
        readonly events: readonly AlarmEvent[];
      };
      return answer.events;
    },
    acknowledge: async (alarm, comment) => {
      const [, line, id] = alarm.split("/").map(encodeURIComponent);
      await post(`/api/alarms/${line}/${id}/acknowledge`, { comment });
    },
  };
}
