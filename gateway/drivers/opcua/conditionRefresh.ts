import { type ClientSession, type ClientSubscription, callConditionRefresh, StatusCodes } from "node-opcua";
import type { Clock } from "#shared/kit/clock.ts";
import { CodedError, messageOf } from "#shared/model/errors.ts";
import { type DurationMs, seconds } from "#shared/model/time.ts";
import { within } from "../../deadline.ts";
import { qualityOf } from "./status.ts";

const answerLimit = seconds(30);
/** A server refreshes for one client at a time. */
const busyWait = seconds(1);
const busyRetries = 10;

/**
 * Asks the server to tell again which conditions stand (ConditionRefresh, IEC 62541-9, 5.5.7), which changes nothing
 * there. Resolves when `framed` does, which is when the server has told them all; to a word why where that is not known.
 * Rejects with `NOT_CONNECTED` or `TIMEOUT` when the connection is lost.
 */
export async function askForStanding(
  session: ClientSession,
  subscription: ClientSubscription,
  framed: Promise<void>,
  frameLimit: DurationMs,
  clock: Clock,
): Promise<string | undefined> {
  const late = () => new CodedError("TIMEOUT", `no answer in ${answerLimit} ms`);
  const lost = (error: unknown) => {
    throw new CodedError("NOT_CONNECTED", `No answer to ConditionRefresh: ${messageOf(error)}.`);
  };
  for (let tries = 0; ; tries++) {
    const answer = callConditionRefresh(session, subscription.subscriptionId).catch(lost);
    const status = await within(answer, answerLimit, clock, late);
    if (status.equals(StatusCodes.BadRefreshInProgress) && tries < busyRetries) {
      await clock.sleep(busyWait);
      continue;
    }
    if (qualityOf(status.value) === "bad") return status.name;
    try {
      await within(framed, frameLimit, clock, late);
      return undefined;
    } catch {
      return `no end of the refresh in ${frameLimit} ms`;
    }
  }
}
