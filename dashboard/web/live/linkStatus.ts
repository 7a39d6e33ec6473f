import type { Heartbeat } from "#shared/model/live.ts";
import { type EpochMs, instant } from "#shared/model/time.ts";

/** Nothing heard for this long: the page says that it is cut off. Heartbeats come once a second. */
export const silentAfterMs = 2_500;
/** Nothing heard for this long on a socket that believes it is open: it is closed and made anew. */
export const abandonAfterMs = 6_000;

/** What the page knows of its connection. Times are of the browser's clock. */
export interface Heard {
  readonly at: EpochMs | null;
  /** Since when the server says that its own feed is cut, null while it is not. */
  readonly upstreamLostAt: EpochMs | null;
  /** Server time minus browser time. */
  readonly offsetMs: number;
}

export const nothingHeard: Heard = { at: null, upstreamLostAt: null, offsetMs: 0 };

export type LinkStatus =
  | { readonly kind: "connecting" }
  | { readonly kind: "live" }
  /** `since` is the last sign of life, in browser time. */
  | { readonly kind: "lost" | "upstream"; readonly since: EpochMs };

/** A heartbeat arrived at `now`. */
export function hear(was: Heard, beat: Pick<Heartbeat, "serverTime" | "upstream">, now: EpochMs): Heard {
  return {
    at: now,
    upstreamLostAt: beat.upstream ? null : (was.upstreamLostAt ?? now),
    offsetMs: nextOffset(was, beat.serverTime - now),
  };
}

/** Any other message proves the connection too, but says nothing of the feed behind the server. */
export const hearAnything = (was: Heard, now: EpochMs): Heard => ({ ...was, at: now });

/**
 * Transport delay only ever makes the measured offset too small, so a larger one is believed at once; a smaller one
 * slowly, because a clock may have been set.
 */
function nextOffset(was: Heard, measured: number): number {
  if (was.at === null || measured >= was.offsetMs) return measured;
  const drop = was.offsetMs - measured;
  return drop > 10_000 ? measured : was.offsetMs - drop * 0.1;
}

export function linkStatus(heard: Heard, connected: boolean, now: EpochMs): LinkStatus {
  if (heard.at === null) return { kind: "connecting" };
  if (!connected || now - heard.at > silentAfterMs) return { kind: "lost", since: heard.at };
  if (heard.upstreamLostAt !== null) return { kind: "upstream", since: heard.upstreamLostAt };
  return { kind: "live" };
}

export const sameStatus = (a: LinkStatus, b: LinkStatus): boolean =>
  a.kind === b.kind && ("since" in a ? a.since : null) === ("since" in b ? b.since : null);

export const serverNow = (heard: Heard, now: EpochMs): EpochMs => instant(Math.round(now + heard.offsetMs));
