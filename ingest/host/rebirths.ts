import { type DurationMs, type EpochMs, minutes, seconds } from "#shared/model/time.ts";

interface Asked {
  readonly at: EpochMs;
  /** The node is not asked again before this much time has passed. */
  readonly pause: DurationMs;
}

const firstPause = seconds(5);
const longestPause = minutes(5);
/** After this much quiet a node starts with the first pause again. */
const forgetAfter = minutes(10);
/** Requests per second to all nodes together: no storm after a restart of ingest. */
const perSecond = 10;

/** Which edge nodes are asked for a rebirth and when: with a growing pause per node, and few at a time. */
export class RebirthRequests {
  #wanted = new Set<string>();
  #asked = new Map<string, Asked>();
  #recent: EpochMs[] = [];

  want(node: string): void {
    this.#wanted.add(node);
  }

  /** The node has published its birth. */
  born(node: string): void {
    this.#wanted.delete(node);
  }

  /** The nodes to ask now; each counts as asked. */
  due(now: EpochMs): readonly string[] {
    this.#recent = this.#recent.filter((at) => now - at < seconds(1));
    const due: string[] = [];
    for (const node of this.#wanted) {
      if (this.#recent.length >= perSecond) break;
      const last = this.#asked.get(node);
      if (last && now - last.at < last.pause) continue;
      const isFresh = !last || now - last.at > forgetAfter;
      this.#asked.set(node, {
        at: now,
        pause: isFresh ? firstPause : (Math.min(longestPause, last.pause * 2) as DurationMs),
      });
      this.#wanted.delete(node);
      this.#recent.push(now);
      due.push(node);
    }
    return due;
  }
}
