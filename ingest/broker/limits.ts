import { type DurationMs, seconds } from "#shared/model/time.ts";

/** What the embedded broker grants a client at most. */
export interface BrokerLimits {
  /** Largest packet before and after login, in bytes. A birth of ten thousand tags takes about 3 MB. */
  readonly strangerPacketBytes: number;
  readonly packetBytes: number;
  /** Levels of a topic or filter; the longest of ours have six. */
  readonly topicLevels: number;
  /** New connections of one address: so many at once, and afterwards so many a second. */
  readonly connectionBurst: number;
  readonly connectionsPerSecond: number;
  /** Connections at one time that have not logged in. */
  readonly strangers: number;
  /** From the connection to the end of CONNECT, the handshake of TLS apart. */
  readonly connectTime: DurationMs;
  /** A client that does not read for this long is dropped: it stalls the whole broker until then. */
  readonly drainTime: DurationMs;
  /** Unfinished publishes at QoS 2 per client; nobody of ours uses it. */
  readonly halfPublished: number;
}

export const brokerLimits: BrokerLimits = {
  strangerPacketBytes: 16 * 1024,
  packetBytes: 8 * 1024 * 1024,
  topicLevels: 8,
  connectionBurst: 200,
  connectionsPerSecond: 20,
  strangers: 100,
  connectTime: seconds(5),
  drainTime: seconds(3),
  halfPublished: 16,
};
