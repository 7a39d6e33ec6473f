import { type Clock, ticks } from "#shared/kit/clock.ts";
import { type DurationMs, seconds } from "#shared/model/time.ts";
import { derivedTopics, encodeDerived, type HealthMessage } from "./derived.ts";
import type { Session } from "./session.ts";

/** What a part says of itself, without who and when. */
export type PartReport = Pick<HealthMessage, "state" | "newest" | "details" | "devices">;

/** Gateways and dashboard servers say their health this often: their silence is an alarm within 10 s. */
export const reportEvery: DurationMs = seconds(2);

/** Says how a part does, retained, until `signal` aborts; then that it is down. */
export async function reportHealth(
  session: Session,
  { platform, part }: { readonly platform: string; readonly part: string },
  report: () => PartReport,
  clock: Clock,
  signal: AbortSignal,
): Promise<void> {
  const say = (last: Partial<PartReport>) => {
    const message = encodeDerived("health", { v: 1, at: clock.now(), part, ...report(), ...last });
    session.publish(derivedTopics.health(platform, part), message, { retain: true });
  };
  say({});
  for await (const _ of ticks(clock, reportEvery, signal)) say({});
  say({ state: "down" });
}
