import { resolveNodeId, VariableIds } from "node-opcua";
import type { Clock } from "#shared/kit/clock.ts";
import { CodedError, messageOf } from "#shared/model/errors.ts";
import { type DurationMs, millis, seconds } from "#shared/model/time.ts";
import { within } from "../../deadline.ts";
import { valueAttribute } from "./nodes.ts";
import type { OpenSession } from "./session.ts";
import { qualityOf } from "./status.ts";

const answerLimit = seconds(10);
const currentTime = valueAttribute(resolveNodeId(`i=${VariableIds.Server_ServerStatus_CurrentTime}`));

/**
 * How far the server's clock is ahead of ours; negative where it is behind. Exact to half of the round trip, and to the
 * second by which some servers bring their CurrentTime up to date. Rejects with `NOT_CONNECTED` or `TIMEOUT`, and
 * with the reason of the first signal that aborts.
 */
export async function measureSkew(
  { session }: OpenSession,
  clock: Clock,
  ...signals: readonly AbortSignal[]
): Promise<DurationMs> {
  const late = () => new CodedError("TIMEOUT", `The server does not say its time in ${answerLimit} ms.`);
  const sentAt = clock.now();
  const sent = clock.monotonic();
  const answer = session.read(currentTime).catch((error: unknown) => {
    throw new CodedError("NOT_CONNECTED", `The server does not say its time: ${messageOf(error)}.`);
  });
  const { statusCode, value, serverTimestamp } = await within(answer, answerLimit, clock, late, ...signals);
  // By the monotonic clock: a step of ours between the two instants would be taken for one of the server's.
  const halfway = sentAt + (clock.monotonic() - sent) / 2;
  const said: unknown = value?.value;
  if (qualityOf(statusCode.value) === "bad" || !(said instanceof Date)) {
    throw new CodedError("NOT_CONNECTED", `The server does not say its time: ${statusCode.name}.`);
  }
  // A CurrentTime that is refreshed every second lags; the time stamp of the answer is of now where there is one.
  const newest = Math.max(said.getTime(), serverTimestamp?.getTime() ?? 0);
  return millis(Math.round(newest - halfway));
}
