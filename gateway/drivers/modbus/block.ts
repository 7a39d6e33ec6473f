import type { ErrorCode } from "#shared/model/errors.ts";
import type { EpochMs } from "#shared/model/time.ts";
import { illegalFunction, reasonOf, refusesAddress } from "./exceptions.ts";
import type { Reply } from "./exchange.ts";
import { type ReadRequest, requestOf, type Span } from "./plan.ts";

/** What a span got: the data bytes of a response that began at `start`, or why there are none. */
export type Outcome =
  | { readonly data: Uint8Array; readonly at: EpochMs; readonly start: number }
  | { readonly reason: ErrorCode };

/** Who hears of what a device teaches. */
export interface Lessons<S extends Span> {
  /** The device refuses this span by itself. */
  refused(span: S, exception: number): void;
  /** It answers what lies before the span, and the span, but not both in one request. */
  divided(before: S): void;
  /** Whether a refused request may be halved once more: a device that refuses everything must not be asked for ever. */
  mayHalve(): boolean;
}

/**
 * Reads a request into `outcomes`. A refused one is halved until the bad span stands alone, so that only that one is
 * bad; a function that the device does not know is not asked for again. What may not be halved any more is bad as a
 * whole, and nothing is learnt of it. Resolves to whether the request was answered as a whole.
 */
export async function readBlock<S extends Span>(
  request: ReadRequest<S>,
  ask: (request: ReadRequest<S>) => Promise<Reply>,
  outcomes: Map<S, Outcome>,
  lessons: Lessons<S>,
): Promise<boolean> {
  const { spans, start } = request;
  const reply = await ask(request);
  if ("data" in reply) {
    for (const span of spans) outcomes.set(span, { data: reply.data, at: reply.at, start });
    return true;
  }
  if ("missing" in reply) {
    for (const span of spans) outcomes.set(span, { reason: reply.missing });
    return false;
  }
  const { exception } = reply;
  const [first, second] = halves(spans);
  const isCertain = !second || exception === illegalFunction;
  if (second && !isCertain && refusesAddress(exception) && lessons.mayHalve()) {
    const one = await readBlock(requestOf(first), ask, outcomes, lessons);
    const other = await readBlock(requestOf(second), ask, outcomes, lessons);
    // Refused only for what lies between the halves, or for the length of the whole: they are not merged again.
    if (one && other) lessons.divided(second[0]);
    return false;
  }
  for (const span of spans) {
    outcomes.set(span, { reason: reasonOf(exception) });
    if (isCertain && refusesAddress(exception)) lessons.refused(span, exception);
  }
  return false;
}

type Some<S> = readonly [S, ...S[]];

function halves<S>(spans: readonly S[]): readonly [Some<S>, Some<S> | undefined] {
  const middle = Math.ceil(spans.length / 2);
  const second = spans.slice(middle);
  return [spans.slice(0, middle) as unknown as Some<S>, second.length > 0 ? (second as unknown as Some<S>) : undefined];
}
