import { backoff } from "#shared/kit/backoff.ts";
import { CodedError, messageOf } from "#shared/model/errors.ts";
import type { Message, Tries } from "#shared/model/notification.ts";
import { type DurationMs, type EpochMs, hours, later, millis, minutes, seconds } from "#shared/model/time.ts";

/** Why a channel did not take a message; `retryAfter` where its server said when it will. */
export class DeliveryError extends CodedError {
  readonly retryAfter: DurationMs | undefined;

  constructor(
    code: CodedError["code"],
    detail: string,
    options: ErrorOptions & { retryAfter?: DurationMs | undefined } = {},
  ) {
    super(code, detail, options);
    this.retryAfter = options.retryAfter;
  }
}

export const noTries: Tries = {
  round: 0,
  way: 0,
  here: 0,
  total: 0,
  isOpen: false,
  isInDoubt: false,
};

/** Tries on one way before the next one is taken. */
const triesPerWay = 3;
/** Waits between tries on one way, and between rounds over all ways. */
const onOneWay = { first: seconds(2), factor: 3, cap: seconds(20) };
const betweenRounds = { first: seconds(10), factor: 2, cap: minutes(5) };
/** A server that wants to be left alone for longer is left for the next way. */
const longestWait = seconds(30);

function nth(schedule: typeof onOneWay, n: number, random: () => number): DurationMs {
  const waits = backoff(schedule, random);
  for (let i = 1; i < n; i += 1) waits.next();
  // Instants are whole milliseconds (D10).
  return millis(Math.round(waits.next().value));
}

/** The message before a try, to be made durable before it goes out. */
export function beforeTry(message: Message): Message {
  const { total, isOpen, isInDoubt } = message.tries;
  return { ...message, tries: { ...message.tries, total: total + 1, isOpen: true, isInDoubt: isInDoubt || isOpen } };
}

export const delivered = (message: Message, channel: string, at: EpochMs): Message => ({
  ...message,
  state: "delivered",
  endedAt: at,
  deliveredBy: channel,
  error: null,
  tries: { ...message.tries, isOpen: false },
});

export interface Failure {
  readonly channel: string;
  readonly thrown: unknown;
  /** Ways that lead to the person. */
  readonly ways: number;
  /** The channel is known to be dead: it gets no second try in this round. */
  readonly isDead: boolean;
  readonly giveUpHours: number;
}

/**
 * The message after a failure: the same way again a little later, the next way at once where trying again is no use, all
 * ways anew once they are through, or failed for good when its time is over.
 */
export function afterFailure(
  message: Message,
  { channel, thrown, ways, isDead, giveUpHours }: Failure,
  at: EpochMs,
  random: () => number,
): Message {
  const error = `${channel}: ${messageOf(thrown)}`;
  if (at >= later(message.createdAt, hours(giveUpHours))) return { ...message, state: "failed", endedAt: at, error };
  const { round, way, here, total } = message.tries;
  const isUnknown = !(thrown instanceof CodedError) || thrown.code === "TIMEOUT";
  const kept = { total, isOpen: false, isInDoubt: message.tries.isInDoubt || isUnknown };
  const canRetry = !(thrown instanceof CodedError) || thrown.verdict === "retry";
  const asked = thrown instanceof DeliveryError ? (thrown.retryAfter ?? millis(0)) : millis(0);
  if (canRetry && !isDead && here + 1 < triesPerWay && asked <= longestWait) {
    const wait = millis(Math.max(asked, nth(onOneWay, here + 1, random)));
    return { ...message, error, tries: { round, way, here: here + 1, ...kept }, nextAt: later(at, wait) };
  }
  if (way + 1 < ways) return { ...message, error, tries: { round, way: way + 1, here: 0, ...kept }, nextAt: at };
  const wait = nth(betweenRounds, round + 1, random);
  return { ...message, error, tries: { round: round + 1, way: 0, here: 0, ...kept }, nextAt: later(at, wait) };
}
