import { type Transferable, Worker } from "node:worker_threads";
import { CodedError, type ErrorCode, messageOf } from "#shared/model/errors.ts";

/** What crosses to a thread and back. An error crosses as its code and detail. */
export interface ThreadRequest<Request> {
  readonly id: number;
  readonly request: Request;
  /** One number in memory that both threads see: not 0 once nobody waits for the answer any more. */
  readonly cancelled: Int32Array | null;
}
export type ThreadReply =
  | { readonly id: number; readonly value: unknown }
  | { readonly id: number; readonly error: { readonly code: ErrorCode; readonly detail: string } };

/** A message that a thread sends by itself. */
export interface ThreadNotice {
  readonly notice: { readonly code: ErrorCode; readonly detail: string };
}

interface Waiting {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: CodedError) => void;
}

/** Calls into a worker thread. A thread that dies fails its calls and is started again by the next one. */
export class ThreadCalls<Request> implements AsyncDisposable {
  readonly #script: URL;
  readonly #workerData: unknown;
  readonly #onNotice: (error: CodedError) => void;
  readonly #waiting = new Map<number, Waiting>();
  #worker: Worker | undefined;
  #lastId = 0;

  constructor(script: URL, workerData: unknown, onNotice: (error: CodedError) => void) {
    this.#script = script;
    this.#workerData = workerData;
    this.#onNotice = onNotice;
  }

  /** The caller knows the type of the answer to its request. Rejects with the reason of `signal` when that aborts. */
  async call<Answer>(
    request: Request,
    transfer: readonly Transferable[] = [],
    signal: AbortSignal | null = null,
  ): Promise<Answer> {
    signal?.throwIfAborted();
    const id = ++this.#lastId;
    const cancelled = signal && new Int32Array(new SharedArrayBuffer(4));
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    const cancel = () => {
      if (cancelled) Atomics.store(cancelled, 0, 1);
      reject(signal?.reason);
    };
    signal?.addEventListener("abort", cancel);
    this.#waiting.set(id, { resolve, reject });
    try {
      this.#worker ??= this.#start();
      this.#worker.postMessage({ id, request, cancelled } satisfies ThreadRequest<Request>, transfer);
      return (await promise) as Answer;
    } finally {
      this.#waiting.delete(id);
      signal?.removeEventListener("abort", cancel);
    }
  }

  #start(): Worker {
    const worker = new Worker(this.#script, { workerData: this.#workerData });
    let cause = "it ended";
    worker.on("message", (message: ThreadReply | ThreadNotice) => {
      if ("notice" in message) this.#onNotice(new CodedError(message.notice.code, message.notice.detail));
      else this.#settle(message);
    });
    worker.on("error", (error) => {
      cause = messageOf(error);
    });
    worker.on("exit", () => {
      if (this.#worker === worker) this.#worker = undefined;
      const error = new CodedError("STORE_UNAVAILABLE", `The store's thread failed: ${cause}.`);
      for (const { reject } of this.#waiting.values()) reject(error);
    });
    return worker;
  }

  #settle(reply: ThreadReply): void {
    const waiting = this.#waiting.get(reply.id);
    if ("error" in reply) waiting?.reject(new CodedError(reply.error.code, reply.error.detail));
    else waiting?.resolve(reply.value);
  }

  /** Ends the thread; the caller has first told it to close what it holds. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#worker?.terminate();
  }
}
