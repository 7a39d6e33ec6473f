import type { Gap, TagId } from "#shared/model/sample.ts";
import type { EpochMs } from "#shared/model/time.ts";

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
