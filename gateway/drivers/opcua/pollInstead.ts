import { messageOf } from "#shared/model/errors.ts";
import { millis } from "#shared/model/time.ts";
import type { OpcuaAddress } from "#shared/plant/protocols/opcua.ts";
import { createCadence } from "../../cadence.ts";
import type { Driver, DriverEnv, Point, Reading } from "../../driver.ts";
import { poll } from "../../polling.ts";
import type { OpcuaDevice } from "./session.ts";

/** A server answers so that has no subscriptions at all; anything else may be better the next time. */
const hasNone = /BadServiceUnsupported|BadNotImplemented|BadNotSupported/;

/** The server has no subscriptions. */
export class NoSubscriptions extends Error {
  override readonly name = "NoSubscriptions";
}

/** What creating a subscription failed of, told apart. */
export const subscriptionFailure = (error: unknown): unknown =>
  hasNone.test(messageOf(error)) ? new NoSubscriptions(messageOf(error), { cause: error }) : error;

/** A server is asked no more often, also where every change is wanted. */
const shortestPeriodMs = 50;

/** Reads the points at their sampling intervals and pushes what comes: the reporter drops what is no news. */
export function pollInstead(
  { id, polling }: OpcuaDevice,
  read: Driver<OpcuaAddress>["read"],
  points: readonly Point<OpcuaAddress>[],
  push: (index: number, reading: Reading) => void,
  { clock }: DriverEnv,
  signal: AbortSignal,
): Promise<void> {
  const device = { id, driver: { read }, pollPeriod: millis(Math.max(polling.samplingMs, shortestPeriodMs)) };
  return poll(device, points, push, createCadence(clock), clock, signal);
}
