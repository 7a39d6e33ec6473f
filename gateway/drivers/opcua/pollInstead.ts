import { millis } from "#shared/model/time.ts";
import type { OpcuaAddress } from "#shared/plant/protocols/opcua.ts";
import type { DriverEnv, Point, Reading } from "../../driver.ts";

/** What a server answers that has no subscriptions at all; anything else may be better the next time. */
const hasNone = /BadServiceUnsupported|BadNotImplemented|BadNotSupported/;

export const hasNoSubscriptions = (message: string): boolean => hasNone.test(message);

/** Reads all points at `periodMs` and pushes what comes, changed or not: the reporter drops what is no news. */
export async function pollInstead(
  points: readonly Point<OpcuaAddress>[],
  read: (points: readonly Point<OpcuaAddress>[], signal: AbortSignal) => Promise<readonly Reading[]>,
  push: (index: number, reading: Reading) => void,
  periodMs: number,
  { clock }: DriverEnv,
  signal: AbortSignal,
): Promise<void> {
  let next = clock.monotonic();
  while (!signal.aborted) {
    for (const [index, reading] of (await read(points, signal)).entries()) push(index, reading);
    next = Math.max(next + periodMs, clock.monotonic()) as typeof next;
    await clock.sleep(millis(next - clock.monotonic()), signal);
  }
}
