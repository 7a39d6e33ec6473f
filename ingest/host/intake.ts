import { addRange, inRanges, noRanges, type Ranges } from "#shared/model/ranges.ts";
import type { BatchName, Sample } from "#shared/model/sample.ts";
import type { StoredBatch } from "#shared/store/port.ts";
import { type BatchAck, formatBatchName } from "#shared/wire/delivery.ts";

/** What became of a batch: waiting for the store, there before, or refused because the node's queue is full. */
export type IntakeOutcome = "queued" | "pending" | "stored" | "full";

export interface WaitingBatch extends StoredBatch {
  /** Key of the edge node that sent it. */
  readonly node: string;
}

interface NodeQueue {
  readonly waiting: WaitingBatch[];
  samples: number;
}

/** Batches without samples take room too; a gateway's window is 32. */
const maxBatchesPerNode = 10_000;

/**
 * Bounded queues before the store, one per edge node, and the memory of what is stored already (D3). A gateway has at
 * most 512 KiB under way, some 25,000 samples, so only a sender without a window meets the bound.
 */
export class Intake {
  #maxSamples: number;
  #stored: Map<string, Ranges>;
  #atStart: ReadonlySet<string>;
  #pending = new Set<string>();
  #queues = new Map<string, NodeQueue>();
  #waitingSamples = 0;
  #plenty = { samples: Number.POSITIVE_INFINITY, ring: () => {} };

  constructor(stored: ReadonlyMap<string, Ranges>, maxSamplesPerNode: number) {
    this.#stored = new Map(stored);
    this.#atStart = new Set(stored.keys());
    this.#maxSamples = maxSamplesPerNode;
  }

  /** Calls `ring` for every batch with which `samples` or more wait. */
  ringAt(samples: number, ring: () => void): void {
    this.#plenty = { samples, ring };
  }

  /** Where the batch stands already; undefined for a new one. */
  known(name: BatchName): "pending" | "stored" | undefined {
    if (inRanges(this.ranges(name.queueId), name.number)) return "stored";
    return this.#pending.has(formatBatchName(name)) ? "pending" : undefined;
  }

  offer(node: string, name: BatchName | null, samples: readonly Sample[]): IntakeOutcome {
    const known = name && this.known(name);
    if (known) return known;
    const queue = this.#queues.get(node) ?? { waiting: [], samples: 0 };
    // A batch larger than the whole bound must pass some time: it does when nothing else waits.
    if (queue.samples > 0 && queue.samples + samples.length > this.#maxSamples) return "full";
    if (queue.waiting.length >= maxBatchesPerNode) return "full";
    queue.waiting.push({ node, name, samples });
    queue.samples += samples.length;
    this.#queues.set(node, queue);
    if (name) this.#pending.add(formatBatchName(name));
    this.#waitingSamples += samples.length;
    if (this.#waitingSamples >= this.#plenty.samples) this.#plenty.ring();
    return "queued";
  }

  /** Takes the oldest batches of every node in turn, up to about `maxSamples`; they stay pending until `settle`. */
  take(maxSamples: number): readonly WaitingBatch[] {
    const taken: WaitingBatch[] = [];
    let samples = 0;
    for (let isAny = true; isAny && samples < maxSamples; ) {
      isAny = false;
      for (const queue of this.#queues.values()) {
        const batch = samples < maxSamples ? queue.waiting.shift() : undefined;
        if (!batch) continue;
        isAny = true;
        queue.samples -= batch.samples.length;
        samples += batch.samples.length;
        taken.push(batch);
      }
    }
    this.#waitingSamples -= samples;
    return taken;
  }

  /** The batches are durable. */
  settle(batches: readonly WaitingBatch[]): void {
    for (const { name } of batches) {
      if (!name) continue;
      this.#pending.delete(formatBatchName(name));
      this.#stored.set(name.queueId, addRange(this.ranges(name.queueId), name.number, name.number));
    }
  }

  /** These batches will never come: their queue can be complete without them. */
  giveUp(batches: readonly BatchAck[]): void {
    for (const { queueId, ranges } of batches) {
      const known = ranges.reduce((sum, [first, last]) => addRange(sum, first, last), this.ranges(queueId));
      this.#stored.set(queueId, known);
    }
  }

  ranges(queueId: string): Ranges {
    return this.#stored.get(queueId) ?? noRanges;
  }

  /** Everything that the gateway has numbered in this queue so far is stored. */
  isComplete(queueId: string): boolean {
    const [first, ...more] = this.ranges(queueId);
    return first?.[0] === 1 && more.length === 0;
  }

  /** The store had batches of this queue before this process began. */
  knewAtStart(queueId: string): boolean {
    return this.#atStart.has(queueId);
  }

  get waitingSamples(): number {
    return this.#waitingSamples;
  }

  get waitingBatches(): number {
    return [...this.#queues.values()].reduce((sum, { waiting }) => sum + waiting.length, 0);
  }
}
