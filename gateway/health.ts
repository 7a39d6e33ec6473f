import { type Clock, ticks } from "#shared/kit/clock.ts";
import type { EpochMs } from "#shared/model/time.ts";
import { seconds } from "#shared/model/time.ts";
import { derivedTopics, encodeDerived, type HealthState } from "#shared/wire/derived.ts";
import type { Session } from "#shared/wire/session.ts";

export interface GatewayHealth {
  readonly devices: number;
  readonly devicesConnected: number;
  /** Batches that the host has not acknowledged, and what they take on disk. */
  readonly outboxBatches: number;
  readonly outboxBytes: number;
  /** Batches given up that the host has not taken note of. */
  readonly lossesOpen: number;
  /** False while the disk takes nothing, and a loss of power would lose what comes in. */
  readonly isDurable: boolean;
  /** Source time of the newest sample per line. */
  readonly newest: Readonly<Record<string, EpochMs | null>>;
}

const period = seconds(5);

/** Says how the gateway does, retained, while it is born; and that it is down, when it leaves. */
export async function reportHealth(
  session: Session,
  { platform, gateway }: { readonly platform: string; readonly gateway: string },
  health: () => GatewayHealth,
  clock: Clock,
  signal: AbortSignal,
): Promise<void> {
  const part = `gateway-${gateway}`;
  const say = (leaving: boolean) => {
    const { newest, ...details } = health();
    const state: HealthState = leaving ? "down" : stateOf(details);
    const message = encodeDerived("health", { v: 1, at: clock.now(), part, state, newest, details });
    session.publish(derivedTopics.health(platform, part), message, { retain: true });
  };
  say(false);
  for await (const _ of ticks(clock, period, signal)) say(false);
  say(true);
}

const stateOf = ({ devices, devicesConnected, lossesOpen, isDurable }: Omit<GatewayHealth, "newest">): HealthState =>
  devicesConnected < devices || lossesOpen > 0 || !isDurable ? "degraded" : "ok";
