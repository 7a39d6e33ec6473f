import type { Clock } from "#shared/kit/clock.ts";
import { CodedError } from "#shared/model/errors.ts";
import type { DurationMs } from "#shared/model/time.ts";

export interface GroupCommitOptions<Item> {
  readonly clock: Clock;
  /** An item waits at most this long for others to share its commit. */
  readonly maxWait: DurationMs;
  /** A group of this size is committed at once. */
  readonly maxSize: number;
  readonly sizeOf: (item: Item) => number;
  /** Commits a group; the answer has one entry per item, null where it went well. Rejects where none did. */
  readonly commit: (items: readonly Item[]) => Promise<readonly (Error | null)[]>;
}

interface Waiting<Item> {
  readonly item: Item;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** Gathers items into commits, one commit at a time: an fsync or a request is paid once per group. */
export class GroupCommit<Item> implements AsyncDisposable {
  readonly #options: GroupCommitOptions<Item>;
  #waiting: Waiting<Item>[] = [];
  #size = 0;
  #full = new AbortController();
  #running: Promise<void> | undefined;
  #closed = false;

  constructor(options: GroupCommitOptions<Item>) {
    this.#options = options;
  }

  /** Resolves when the item is committed. */
  add(item: Item): Promise<void> {
    if (this.#closed) return Promise.reject(new CodedError("STORE_UNAVAILABLE", "The store is closed."));
    return new Promise((resolve, reject) => {
      this.#waiting.push({ item, resolve, reject });
      this.#size += this.#options.sizeOf(item);
      if (this.#size >= this.#options.maxSize) this.#full.abort();
      this.#running ??= this.#run();
    });
  }

  async #run(): Promise<void> {
    while (this.#waiting.length > 0) {
      await this.#options.clock.sleep(this.#options.maxWait, this.#full.signal);
      const group = this.#waiting;
      this.#waiting = [];
      this.#size = 0;
      if (!this.#closed) this.#full = new AbortController();
      try {
        const outcomes = await this.#options.commit(group.map(({ item }) => item));
        for (const [i, { resolve, reject }] of group.entries()) {
          const error = outcomes[i];
          if (error) reject(error);
          else resolve();
        }
      } catch (error) {
        for (const { reject } of group) reject(error);
      }
    }
    this.#running = undefined;
  }

  /** Commits what waits; later items are refused. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true;
    this.#full.abort();
    await this.#running;
  }
}
