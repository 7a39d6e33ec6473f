import { hours } from "#shared/model/time.ts";
import { QueryFailed } from "./server.ts";

/** 3 Core refuses a query over more files than it may open, some 72 h of them; a day is always below that. */
const neverTooLong = hours(24);

/**
 * Asks for [from, to), and yields one answer; or where a 3.x server fails on a range longer than a day, the answers of
 * its halves, and so on, ascending in time or descending. By the failure, not by its words, nor by length alone: other
 * editions answer years at once. A consumer that has enough stops.
 */
export async function* inSlices<Answer>(
  from: number,
  to: number,
  ask: (from: number, to: number) => Promise<Answer>,
  order: "ascending" | "descending" = "ascending",
): AsyncGenerator<Answer> {
  let answer: Answer;
  try {
    answer = await ask(from, to);
  } catch (error) {
    if (!(error instanceof QueryFailed && error.version === "3" && to - from > neverTooLong)) throw error;
    const middle = Math.ceil((from + to) / 2);
    const halves = [[from, middle] as const, [middle, to] as const];
    for (const [start, end] of order === "ascending" ? halves : halves.toReversed()) {
      yield* inSlices(start, end, ask, order);
    }
    return;
  }
  yield answer;
}
