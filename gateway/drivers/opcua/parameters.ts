import type { OpcuaPolling } from "#shared/plant/protocols/opcua.ts";

/** Silence of the server after which it is asked for a keep-alive, in ms. */
const keepAliveMs = 4_000;
/** How long the server keeps values for us while the connection is away, in ms. */
const lifetimeMs = 600_000;
/** An outage that the item queues bridge, in ms. */
const bridgedMs = 10_000;
/** Assumed where every change is asked for, in ms. */
const fastestMs = 10;
const longestQueue = 10_000;

/** Subscription parameters that we ask for (IEC 62541-4, 5.14.2); the server may revise them. */
export const subscriptionRequest = ({ publishMs }: OpcuaPolling) => {
  const keepAliveCount = Math.max(2, Math.ceil(keepAliveMs / publishMs));
  return {
    requestedPublishingInterval: publishMs,
    requestedMaxKeepAliveCount: keepAliveCount,
    requestedLifetimeCount: Math.max(3 * keepAliveCount, Math.ceil(lifetimeMs / publishMs)),
    maxNotificationsPerPublish: 10_000,
    publishingEnabled: true,
    priority: 100,
  };
};

/** Long enough that nothing is lost between two publishes, nor over a short outage. */
export const queueSizeOf = (publishMs: number, samplingMs: number): number =>
  Math.min(longestQueue, Math.ceil((2 * publishMs + bridgedMs) / Math.max(samplingMs, fastestMs)));

/** Values that can come between two publishes, by the revised intervals; where every change is asked for nobody knows. */
export const neededBetweenPublishes = (publishMs: number, samplingMs: number): number =>
  samplingMs > 0 ? Math.ceil(publishMs / samplingMs) : 1;

/** With these revised parameters a server is given up after this silence, in ms. */
export const silenceLimitMs = (publishingIntervalMs: number, keepAliveCount: number): number =>
  keepAliveCount * publishingIntervalMs * 1.5 + 2_000;
