import { createDebts, type Sending } from "./debts.ts";
import { answerIn, type Read } from "./frames/pdu.ts";

/** A request on its way, with whatever its owner keeps of it. */
export interface OpenRequest<T> {
  readonly transaction: number;
  readonly unit: number;
  readonly read: Read;
  readonly of: T;
}

/** What a frame is: the answer to a request, no answer to it, late, or an exception to it or to an earlier one. */
export type Judgement<T> =
  | { readonly is: "answer"; readonly request: OpenRequest<T>; readonly answer: Uint8Array | number }
  | { readonly is: "wrong" | "unclear"; readonly request: OpenRequest<T> }
  | { readonly is: "late" };

/**
 * Requests on their way and requests that were given up, and which of them a frame answers. By transaction, each answer
 * finds its request, and the id of a request that was given up is not used again before its answer has come. Without
 * transactions one request is open at a time and `debts` keeps its answer apart from late ones. Pure.
 */
export interface OpenRequests<T> {
  readonly size: number;
  /** Requests given up whose late answer would still be known as such. */
  readonly lost: number;
  all(): Iterable<OpenRequest<T>>;
  open(unit: number, read: Read, of: T): OpenRequest<T>;
  judge(transaction: number, unit: number, pdu: Uint8Array): Judgement<T>;
  /** Whether an answer of this form is to come, in time or late. */
  awaits(unit: number, functionCode: number, byteCount: number): boolean;
  answered(request: OpenRequest<T>): void;
  giveUp(request: OpenRequest<T>): void;
  owes(unit: number): boolean;
  plan(unit: number, read: Read): Sending;
  /** The unit owes nothing more. */
  forget(unit: number): void;
  /** Everything is over with this connection; what units owe may yet come over the next one. Gives the open ones. */
  reset(): readonly OpenRequest<T>[];
}

export function createOpenRequests<T>(hasTransactions: boolean): OpenRequests<T> {
  const open = new Map<number, OpenRequest<T>>();
  const lost = new Set<number>();
  const debts = createDebts();
  let transaction = 0;
  const only = (): OpenRequest<T> | undefined => (open.size === 0 ? undefined : open.values().next().value);

  const judgeByTransaction = (id: number, unit: number, pdu: Uint8Array): Judgement<T> => {
    const request = open.get(id);
    if (!request) {
      lost.delete(id);
      return { is: "late" };
    }
    const answer = request.unit === unit ? answerIn(pdu, request.read) : undefined;
    return answer === undefined ? { is: "wrong", request } : { is: "answer", request, answer };
  };

  const judgeByOrder = (unit: number, pdu: Uint8Array): Judgement<T> => {
    const request = only();
    if (request?.unit !== unit) {
      debts.strike(unit, pdu);
      return { is: "late" };
    }
    const answer = answerIn(pdu, request.read);
    // Data of a length that is owed is never asked for; exceptions are all of one length.
    const isUnclear = typeof answer === "number" && debts.clouds(unit, request.read);
    if (answer !== undefined && !isUnclear) return { is: "answer", request, answer };
    if (!debts.strike(unit, pdu)) return { is: "wrong", request };
    return isUnclear ? { is: "unclear", request } : { is: "late" };
  };

  return {
    get size() {
      return open.size;
    },
    get lost() {
      return lost.size;
    },
    all: () => open.values(),
    open: (unit, read, of) => {
      do transaction = (transaction + 1) & 0xffff;
      while (open.has(transaction) || lost.has(transaction));
      const request = { transaction, unit, read, of };
      open.set(transaction, request);
      return request;
    },
    judge: (id, unit, pdu) => (hasTransactions ? judgeByTransaction(id, unit, pdu) : judgeByOrder(unit, pdu)),
    awaits: (unit, functionCode, byteCount) => {
      const request = only();
      const { read } = request ?? {};
      const isOpen = request?.unit === unit && read?.functionCode === functionCode && read.byteCount === byteCount;
      return isOpen || debts.isOwed(unit, functionCode, byteCount);
    },
    answered: (request) => {
      open.delete(request.transaction);
      if (!hasTransactions) debts.clear(request.unit);
    },
    giveUp: (request) => {
      open.delete(request.transaction);
      if (hasTransactions) lost.add(request.transaction);
      else debts.add(request.unit, request.read);
    },
    owes: debts.owes,
    plan: debts.plan,
    forget: debts.clear,
    reset: () => {
      const left = [...open.values()];
      if (!hasTransactions) for (const { unit, read } of left) debts.add(unit, read);
      open.clear();
      lost.clear();
      return left;
    },
  };
}
