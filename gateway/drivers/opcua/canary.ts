import { type ClientSubscription, resolveNodeId, TimestampsToReturn, VariableIds } from "node-opcua";
import type { Clock } from "#shared/kit/clock.ts";
import { type DurationMs, millis, seconds } from "#shared/model/time.ts";
import { valueAttribute } from "./nodes.ts";

/** Slower than keep-alives, which it must not replace. */
const period = seconds(5);
const periodsToDoubt = 3;
const margin = seconds(2);
/** A clock that never moved says nothing by standing still. */
const changesToTrust = 2;

/**
 * The server's own time as a monitored item: it has to change. Where it stands still although the server answers, the
 * subscription is frozen, keep-alives or not.
 */
export interface Canary {
  /** For how long the server's time stands still, once it has moved; undefined while that is no reason to doubt. */
  stoodStill(): DurationMs | undefined;
}

export function watchServerTime(subscription: ClientSubscription, clock: Clock): Canary {
  let changes = 0;
  let changedAt = clock.monotonic();
  const node = valueAttribute(resolveNodeId(`i=${VariableIds.Server_ServerStatus_CurrentTime}`));
  const parameters = { samplingInterval: period, queueSize: 1, discardOldest: true };
  // Not waited for: a call that a break of the connection swallows must not hold up whoever watches over it.
  const asked = subscription.monitorItems([node], parameters, TimestampsToReturn.Both).then((group) => {
    group.on("changed", () => {
      changes += 1;
      changedAt = clock.monotonic();
    });
  });
  asked.catch(() => {});
  const limit = periodsToDoubt * Math.max(period, subscription.publishingInterval) + margin;
  return {
    stoodStill: () => {
      const still = clock.monotonic() - changedAt;
      return changes >= changesToTrust && still > limit ? millis(still) : undefined;
    },
  };
}
