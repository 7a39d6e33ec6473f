import type { CodedError } from "#shared/model/errors.ts";
import type { EpochMs } from "#shared/model/time.ts";
import type { Read } from "./frames/pdu.ts";
import type { Answer, Ask } from "./linkPort.ts";

/** What a link knows of a unit, for as long as the link stands. */
export interface Unit {
  readonly id: number;
  readonly counts: { requests: number; timeouts: number; badFrames: number; lateFrames: number };
  /** No request to it before this instant of the monotonic clock. */
  restUntil: number;
  /** When the unit was asked or heard last. */
  lastTraffic: number;
  /** One read of each form that it has answered with data since it was attached. */
  readonly known: Map<number, Read>;
  /** An exception came that may have been the answer to either of two requests. */
  isUnclear: boolean;
}

/** Somebody who waits for an answer. */
export interface Waiting {
  readonly ask: Ask;
  readonly unit: Unit;
  readonly read: Read;
  readonly signal: AbortSignal;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: Error) => void;
  isSettled: boolean;
}

/** A request for somebody who waits: what was asked for, or a probe before it. */
export interface Transmission {
  readonly waiting: Waiting;
  readonly at: EpochMs;
  readonly began: number;
  readonly deadline: number;
  /** Something damaged came; `whole`: of the form of the answer. */
  damage: "none" | "noise" | "whole";
}

export const newUnit = (id: number): Unit => ({
  id,
  counts: { requests: 0, timeouts: 0, badFrames: 0, lateFrames: 0 },
  restUntil: 0,
  lastTraffic: 0,
  known: new Map(),
  isUnclear: false,
});

const mostKnown = 8;

/** Keeps the read as one that the unit answers. */
export function know({ known }: Unit, read: Read): void {
  const form = (read.functionCode << 8) | read.byteCount;
  if (known.size < mostKnown && !known.has(form)) known.set(form, read);
}

/** Rejects once; what has been settled stays so. */
export function refuse(waiting: Waiting, error: CodedError): void {
  if (waiting.isSettled) return;
  waiting.isSettled = true;
  waiting.reject(error);
}
