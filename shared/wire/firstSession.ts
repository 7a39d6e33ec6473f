import { type Clock, systemClock } from "#shared/kit/clock.ts";
import { CodedError } from "#shared/model/errors.ts";
import type { KeptSessionOptions } from "./keepSession.ts";
import { openSession, type Session } from "./session.ts";

/** A session at the first of the brokers that takes one; throws what the last one said, as `openSession` does. */
export async function openFirstSession(
  { url, otherUrls = [], ...options }: KeptSessionOptions,
  signal: AbortSignal,
  clock: Clock = systemClock,
): Promise<Session> {
  let refusal: unknown;
  for (const one of [url, ...otherUrls]) {
    try {
      return await openSession({ ...options, url: one }, signal, clock);
    } catch (error) {
      if (!(error instanceof CodedError && error.code === "NOT_CONNECTED")) throw error;
      refusal = error;
    }
  }
  throw refusal;
}
