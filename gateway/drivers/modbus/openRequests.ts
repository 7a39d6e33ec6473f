import { createDebts, type Plan } from "./debts.ts";
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
  /** Looks at a frame, and strikes off what it settles. */
  judge(transaction: number, unit: number, pdu: Uint8Array): Judgement<T>;
  /** Whether an answer of this form may come, in time or late. */
  awaits(unit: number, functionCode: number, byteCount: number): boolean;
  /** The request has its answer. */
  close(request: OpenRequest<T>): void;
  /** The request is open no more, but its answer may come yet. */
  giveUp(request: OpenRequest<T>): void;
  owes(unit: number): boolean;
  plan(unit: number, read: Read, known: Iterable<Read>): Plan;
  /** Data like that of `read` is not to come late any more. */
  forget(unit: number, read: Read): void;
  trustExceptions(unit: number): void;
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
    if (answer === undefined) return debts.strike(unit, pdu) ? { is: "late" } : { is: "wrong", request };
    const { functionCode, byteCount } = request.read;
    // Data like data that is owed comes to probes only, exceptions are all of one length.
    const isException = typeof answer === "number";
    const isCertain = isException ? !debts.cloud(unit, request.read) : !debts.isOwed(unit, functionCode, byteCount);
    if (isCertain) {
      debts.clear(unit);
      return { is: "answer", request, answer };
    }
    // Whosever it is, it settles one debt. To a probe it is as good as its own, which may yet come.
    const isEnough = !isException || debts.trusts(unit);
    debts.strike(unit, pdu);
    if (!isEnough) return { is: "unclear", request };
    debts.add(unit, request.read);
    if (isException) debts.trustExceptions(unit);
    return { is: "answer", request, answer };
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
    close: (request) => void open.delete(request.transaction),
    giveUp: (request) => {
      open.delete(request.transaction);
      if (hasTransactions) lost.add(request.transaction);
      else debts.add(request.unit, request.read);
    },
    owes: debts.owes,
    plan: debts.plan,
    forget: debts.forget,
    trustExceptions: debts.trustExceptions,
    reset: () => {
      const left = [...open.values()];
      if (!hasTransactions) for (const { unit, read } of left) debts.add(unit, read);
      open.clear();
      lost.clear();
      return left;
    },
  };
}
