import { parentPort, type Transferable } from "node:worker_threads";
import { CodedError, messageOf } from "#shared/model/errors.ts";
import type { ThreadNotice, ThreadReply, ThreadRequest } from "./threadCalls.ts";

export interface Answer {
  readonly value: unknown;
  readonly transfer?: readonly Transferable[];
}

/** The thread's side of `ThreadCalls`: answers each request, errors included. */
export function serveCalls<Request>(answer: (request: Request) => Answer | Promise<Answer>): void {
  parentPort?.on("message", async ({ id, request }: ThreadRequest<Request>) => {
    try {
      const { value, transfer } = await answer(request);
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
