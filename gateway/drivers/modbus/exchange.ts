import type { Clock } from "#shared/kit/clock.ts";
import { CodedError } from "#shared/model/errors.ts";
import { type EpochMs, millis } from "#shared/model/time.ts";
import type { DeviceOf } from "../../driver.ts";
import { describeException, isAway, isBusy } from "./exceptions.ts";
import type { Figures } from "./figures.ts";
import type { Link } from "./link.ts";
import type { Span } from "./plan.ts";

/** What came of a request, its repetitions included. */
export type Reply =
  | { readonly data: Uint8Array; readonly at: EpochMs }
  | { readonly exception: number }
  | { readonly missing: "TIMEOUT" | "MALFORMED" };

/** A unit from its connection until it is lost. */
export interface Session {
  /** It has answered. Before, nothing is asked twice: a unit that is away must not cost the others on its line time. */
  proven: boolean;
  /** Requests in a row that got no answer, their repetitions included. */
  unanswered: number;
}

/** One `read` of the driver. */
export interface Turn {
  readonly session: Session;
  /** So many unanswered requests in a row, and the unit is lost. */
  readonly patience: number;
  readonly signal: AbortSignal;
  /** Throws where the turn is over: the unit is lost meanwhile, or nobody waits any more. */
  check(): void;
}

/** The rest that a busy device gets before it is asked once more. */
const busyPause = millis(250);

/**
 * Asks the device, with repetitions. Rejects with `NOT_CONNECTED` or `TIMEOUT` when the unit or its connection counts
 * as lost.
 */
export function createExchange(
  { id, connection, polling }: Pick<DeviceOf<"modbus">, "id" | "connection" | "polling">,
  link: Link,
  figures: Figures,
  clock: Clock,
): (span: Span, turn: Turn) => Promise<Reply> {
  const { unit } = connection;
  const asked = { unit, timeout: millis(connection.timeoutMs), pause: millis(polling.pauseMs) };

  /** One request; rejects as the link does. */
  const once = async ({ table, start, count }: Span, { session, signal }: Turn) => {
    try {
      const answer = await link.request({ ...asked, table, start, count }, signal);
      if ("exception" in answer) figures.excepted(answer.exception, answer.latencyMs);
      else figures.answered(answer.latencyMs);
      if ("exception" in answer && isAway(answer.exception)) {
        const why = `the Modbus gateway says that unit ${unit} is away, ${describeException(answer.exception)}`;
        throw new CodedError("NOT_CONNECTED", `${id}: ${why}: check the unit's power and bus.`);
      }
      session.proven = true;
      session.unanswered = 0;
      return answer;
    } catch (error) {
      if (!(error instanceof CodedError)) throw error;
      if (error.code === "TIMEOUT") figures.unanswered("timeout");
      if (error.code === "MALFORMED") figures.unanswered("malformed");
      throw error;
    }
  };

  return async (span, turn) => {
    const { session, patience, signal } = turn;
    let repeats = session.proven ? polling.retries : 0;
    let rested = false;
    for (;;) {
      turn.check();
      try {
        const answer = await once(span, turn);
        if (!("exception" in answer) || rested || !isBusy(answer.exception)) return answer;
        rested = true;
        await clock.sleep(busyPause, signal);
      } catch (error) {
        if (!(error instanceof CodedError) || (error.code !== "TIMEOUT" && error.code !== "MALFORMED")) throw error;
        if (repeats === 0) {
          if (error.code === "TIMEOUT") session.unanswered += 1;
          if (session.unanswered >= patience) throw error;
          return { missing: error.code };
        }
        repeats -= 1;
      }
      figures.repeated();
    }
  };
}
