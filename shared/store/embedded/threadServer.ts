import { parentPort, type Transferable } from "node:worker_threads";
import { CodedError, messageOf } from "#shared/model/errors.ts";
import type { ThreadNotice, ThreadReply, ThreadRequest } from "./threadCalls.ts";

export interface Answer {
  readonly value: unknown;
  readonly transfer?: readonly Transferable[];
}

/** Throws when nobody waits for the answer any more; long work calls it between its parts. */
export type WorkCheck = () => void;

/** The thread's side of `ThreadCalls`: answers each request, errors included. */
export function serveCalls<Request>(answer: (request: Request, check: WorkCheck) => Answer | Promise<Answer>): void {
  parentPort?.on("message", async ({ id, request, cancelled }: ThreadRequest<Request>) => {
    const check = () => {
      if (cancelled && Atomics.load(cancelled, 0) !== 0) throw new CodedError("STORE_UNAVAILABLE", "Nobody waits.");
    };
    try {
      check();
      const { value, transfer } = await answer(request, check);
      parentPort?.postMessage({ id, value } satisfies ThreadReply, transfer);
    } catch (error) {
      const coded = error instanceof CodedError ? error : new CodedError("STORE_UNAVAILABLE", messageOf(error));
      parentPort?.postMessage({ id, error: { code: coded.code, detail: coded.detail } } satisfies ThreadReply);
    }
  });
}

export function sendNotice({ code, detail }: CodedError): void {
  parentPort?.postMessage({ notice: { code, detail } } satisfies ThreadNotice);
}
