import { type Clock, ticks } from "#shared/kit/clock.ts";
import type { Log } from "#shared/kit/log.ts";
import { CodedError, messageOf } from "#shared/model/errors.ts";
import { type DurationMs, millis, seconds } from "#shared/model/time.ts";

export interface DeadManOptions {
  /** Asked with GET while all is well, for example a check of Healthchecks or of an Uptime Kuma "push" monitor. */
  readonly url: string;
  /** Whether ingest gives signs of life and its alarm engine works. */
  readonly isWell: () => boolean;
  readonly clock: Clock;
  readonly log: Log;
  readonly fetch: typeof globalThis.fetch;
}

export const pingEvery: DurationMs = seconds(30);
const pingTimeout: DurationMs = seconds(10);

/**
 * The watch outside the alarm process: a service elsewhere is told every 30 s that all is well, and raises its own alarm
 * when that stops. So it notices what no process of this machine can: that the machine, its power or its network is
 * gone. Only the answer's status is looked at; the address may hold a secret and is never logged.
 */
export async function runDeadMan(options: DeadManOptions, signal: AbortSignal): Promise<void> {
  const { url, isWell, clock, log, fetch } = options;
  let hasFailed = false;
  const ping = async (): Promise<void> => {
    try {
      const limit = AbortSignal.any([signal, AbortSignal.timeout(pingTimeout)]);
      const response = await fetch(url, { signal: limit, redirect: "error" });
      await response.body?.cancel();
      if (!response.ok) throw new CodedError("UNKNOWN", `It answered ${response.status}.`);
      if (hasFailed) log.info({}, "The dead-man's watch answers again");
      hasFailed = false;
    } catch (error) {
      if (signal.aborted) return;
      if (!hasFailed) log.error({ error: withoutUrl(error, url) }, "The dead-man's watch cannot be reached");
      hasFailed = true;
    }
  };
  // A look more often than a ping: what is well again is said soon.
  let pingedAt: DurationMs | null = null;
  for await (const _ of ticks(clock, seconds(1), signal)) {
    const now = clock.monotonic();
    if (pingedAt !== null && now - pingedAt < pingEvery) continue;
    if (!isWell()) continue;
    pingedAt = millis(now);
    await ping();
  }
}

const withoutUrl = (error: unknown, url: string): string => messageOf(error).replaceAll(url, "its address");
