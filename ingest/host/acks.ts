import type { Ranges } from "#shared/model/ranges.ts";
import type { EpochMs } from "#shared/model/time.ts";
import { ackPayload } from "#shared/wire/delivery.ts";
import type { Payload } from "#shared/wire/sparkplug/types.ts";

/** Queue ids of one gateway that are remembered for its next birth. */
const maxQueueIds = 16;
/** A gateway that is owed this many batches soon has no more under way that it may send: a quarter of its window. */
const pressingBatches = 8;

/** Which gateways are owed an acknowledgement, and for which of their queues (D3). */
export class Acks {
  #owed = new Map<string, Set<string>>();
  #batches = new Map<string, number>();
  #seen = new Map<string, Set<string>>();

  /** Some gateway waits for its acknowledgement, or will soon. */
  get isPressing(): boolean {
    return this.#batches.values().some((batches) => batches >= pressingBatches);
  }

  /** One more batch of the queue was stored. */
  owe(node: string, queueId: string): void {
    this.#batches.set(node, (this.#batches.get(node) ?? 0) + 1);
    const owed = this.#owed.get(node) ?? new Set();
    this.#owed.set(node, owed.add(queueId));
    const seen = this.#seen.get(node) ?? new Set();
    // Most recently used last.
    seen.delete(queueId);
    seen.add(queueId);
    for (const oldest of seen) {
      if (seen.size <= maxQueueIds) break;
      seen.delete(oldest);
    }
    this.#seen.set(node, seen);
  }

  /** Everything that is known of the gateway's queues. */
  oweAll(node: string, queueId: string | null): void {
    if (queueId !== null) this.owe(node, queueId);
    for (const seen of [...(this.#seen.get(node) ?? [])]) this.owe(node, seen);
  }

  /** One command per gateway with all that it is owed; nothing is owed afterwards. */
  take(ranges: (queueId: string) => Ranges, at: EpochMs): ReadonlyMap<string, Payload> {
    const payloads = new Map<string, Payload>();
    for (const [node, queueIds] of this.#owed) {
      const metrics = [...queueIds].flatMap((queueId) => ackPayload({ queueId, ranges: ranges(queueId) }, at).metrics);
      payloads.set(node, { timestamp: at, metrics });
    }
    this.#owed.clear();
    this.#batches.clear();
    return payloads;
  }
}
