import { backoff } from "#shared/kit/backoff.ts";
import type { Clock } from "#shared/kit/clock.ts";
import type { Log } from "#shared/kit/log.ts";
import { CodedError, messageOf } from "#shared/model/errors.ts";
import { millis, seconds } from "#shared/model/time.ts";
import type { BrokerAddress } from "./brokerAddress.ts";
import { brokerName } from "./mqttClient.ts";
import { openSession, type Session, type SessionOptions } from "./session.ts";

/** For the next CONNECT; to which of the brokers it goes is not for the caller to say. */
export type KeptSessionOptions = SessionOptions & Pick<BrokerAddress, "otherUrls">;

export interface KeepSessionEnv {
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Log;
}

/** A session that held this long was a good one: the next loss begins again with the shortest wait. */
const steadyAfter = seconds(3);
/**
 * A broker that is not there is asked often: a refused connection costs nobody anything, and after a long outage current
 * values must not wait for the longest wait of a broker that is there and has trouble.
 */
const longestWaitForNobody = seconds(1);

/** The next of several brokers is asked at once; only after all of them were in vain there is a wait. */
const waitForNext = millis(100);

const isNobodyThere = (error: unknown): boolean => {
  const cause = error instanceof Error ? error.cause : undefined;
  return cause instanceof Error && "code" in cause && cause.code === "ECONNREFUSED";
};

/**
 * Opens session after session until `signal` aborts, with `make` called for each CONNECT, so that every one has its own
 * will. `body` runs in each and gets a signal that aborts when the session ends or `signal` does; when it returns or
 * throws, the session is closed and the next one follows after a wait, with the next broker where there are several. An
 * error with the verdict `fatal` ends all.
 */
export async function keepSession(
  make: () => KeptSessionOptions,
  body: (session: Session, signal: AbortSignal) => Promise<void>,
  { clock, random, log }: KeepSessionEnv,
  signal: AbortSignal,
): Promise<void> {
  let waits = backoff({}, random);
  const waitsForNobody = backoff({ cap: longestWaitForNobody }, random);
  /** By broker. */
  const told = new Map<string, string>();
  for (let turn = 1; !signal.aborted; turn++) {
    const { otherUrls = [], ...options } = make();
    const urls = [options.url, ...otherUrls];
    const url = urls[(turn - 1) % urls.length] as string;
    const broker = brokerName(url);
    const attempt: { openedAt?: number; nobody?: boolean } = {};
    let cause: string;
    try {
      await using session = await openSession({ ...options, url }, signal, clock);
      attempt.openedAt = clock.monotonic();
      told.clear();
      log.info({ broker }, "Connected to the broker");
      cause = await runInSession(session, body, signal);
    } catch (error) {
      if (error instanceof CodedError && error.verdict === "fatal") throw error;
      cause = messageOf(error);
      attempt.nobody = attempt.openedAt === undefined && isNobodyThere(error);
    }
    if (signal.aborted) return;
    if (cause !== told.get(broker)) log.warn({ broker, cause }, "No session with the broker; trying again");
    told.set(broker, cause);
    if (attempt.openedAt !== undefined && clock.monotonic() - attempt.openedAt >= steadyAfter)
      waits = backoff({}, random);
    const wait = turn % urls.length === 0 ? (attempt.nobody ? waitsForNobody : waits).next().value : waitForNext;
    await clock.sleep(wait, signal);
  }
}

async function runInSession(
  session: Session,
  body: (session: Session, signal: AbortSignal) => Promise<void>,
  signal: AbortSignal,
): Promise<string> {
  const lost = new AbortController();
  const ended = session.ended.then((cause) => {
    lost.abort();
    return cause;
  });
  try {
    await body(session, AbortSignal.any([signal, lost.signal]));
  } catch (error) {
    // Once the session is over, whatever the body threw is a consequence of that.
    if (!lost.signal.aborted || (error instanceof CodedError && error.verdict === "fatal")) throw error;
  }
  return lost.signal.aborted ? ended : "left by this side";
}
