import type { ReadRequest } from "./plan.ts";
import type { WantedSpan } from "./wanted.ts";

/** A request that is left unanswered so often in a row, repetitions not counted, has no bad luck. */
const timesToDoubt = 3;

/** Who hears what is made of it. */
export interface SilenceLessons {
  /** What gets no answer lies before the span, or in it and behind: it is not read in one request with what is before. */
  suspected(span: WantedSpan): void;
  /** The span gets no answer by itself. */
  silent(span: WantedSpan): void;
}

/**
 * Some devices say nothing where others refuse an address. A request that a unit leaves unanswered, while it answers
 * others in between, is halved from the next read on, until what gets no answer stands alone. Not within the read: each
 * half would cost a timeout, and two of them in a row are a lost unit.
 */
export interface Silences {
  answered(request: ReadRequest<WantedSpan>): void;
  silent(request: ReadRequest<WantedSpan>): void;
}

export function createSilences(lessons: SilenceLessons): Silences {
  let answers = 0;
  /** Requests are the same objects as long as the plan is. */
  const doubts = new WeakMap<ReadRequest<WantedSpan>, { readonly times: number; readonly answers: number }>();
  return {
    answered: (request) => {
      answers += 1;
      doubts.delete(request);
    },
    silent: (request) => {
      const before = doubts.get(request);
      const times = before && before.answers < answers ? before.times + 1 : 1;
      doubts.set(request, { times, answers });
      if (times < timesToDoubt) return;
      const { spans } = request;
      const second = spans[Math.ceil(spans.length / 2)];
      if (second) lessons.suspected(second);
      else for (const span of spans) lessons.silent(span);
    },
  };
}
