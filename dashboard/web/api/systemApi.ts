import type { Gap, GapCause, TagId } from "#shared/model/sample.ts";
import type { EpochMs } from "#shared/model/time.ts";
import type { Requests } from "./requests.ts";

/** What one part of the chain says of itself, as `GET /api/health` hands it on. */
export interface PartHealth {
  readonly part: string;
  readonly at: EpochMs;
  readonly state: "ok" | "degraded" | "down";
  readonly newest: Readonly<Record<string, EpochMs | null>>;
  readonly details: Readonly<Record<string, string | number | boolean | null>>;
  readonly devices?: readonly {
    readonly id: string;
    readonly protocol: string;
    readonly connection: "connecting" | "connected" | "lost";
    readonly since: EpochMs;
    readonly lastData: EpochMs | null;
    readonly tags: number;
    readonly badTags: number;
    readonly cadence: number | null;
    readonly latencyP99Ms: number | null;
    readonly certificateDaysLeft: number | null;
    readonly lastError: string | null;
  }[];
}

export interface HealthAnswer {
  readonly state: "ok" | "degraded" | "down";
  readonly parts: readonly PartHealth[];
}

export interface GapsAnswer {
  readonly gaps: readonly Gap[];
  readonly total: number;
}

export interface LettersAnswer {
  readonly letters: readonly {
    readonly id: number;
    readonly lastReceivedAt: EpochMs;
    readonly times: number;
    readonly topic: string;
    readonly reason: string;
    readonly bytes: number;
    readonly tag?: TagId;
  }[];
  readonly totals: { readonly letters: number; readonly times: number; readonly bytes: number };
}

/** How Pilotline itself does, as pages ask for it. Every call rejects with `ApiFailure`. */
export interface SystemApi {
  health(signal: AbortSignal): Promise<HealthAnswer>;
  /** Of the last days; all causes where none is named. */
  gaps(cause: GapCause | null, signal: AbortSignal): Promise<GapsAnswer>;
  deadLetters(signal: AbortSignal): Promise<LettersAnswer>;
  plantSource(signal: AbortSignal): Promise<{ readonly file: string; readonly text: string }>;
}

export function createSystemApi({ send }: Requests): SystemApi {
  const get = async <Answer>(url: string, signal: AbortSignal) => (await send(url, { signal })) as Answer;
  return {
    health: (signal) => get("/api/health", signal),
    gaps: (cause, signal) => get(`/api/gaps${cause === null ? "" : `?cause=${cause}`}`, signal),
    deadLetters: (signal) => get("/api/dead-letters", signal),
    plantSource: (signal) => get("/api/plant/source", signal),
  };
}
