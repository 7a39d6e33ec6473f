import { CodedError, messageOf } from "#shared/model/errors.ts";
import { type DurationMs, millis, seconds } from "#shared/model/time.ts";
import type { OpcuaAddress } from "#shared/plant/protocols/opcua.ts";
import { within } from "../../deadline.ts";
import { badReading, type Driver, type DriverEnv, type Point, type Protocol, type Reading } from "../../driver.ts";
import { gapMargin, learnSkew, type Remembered } from "./beside.ts";
import { doubtClock } from "./clockDoubt.ts";
import { countersOf, createFigures } from "./figures.ts";
import { createGaps } from "./gaps.ts";
import { routeLogs } from "./logs.ts";
import { inBatches, nodeOf, valueAttribute } from "./nodes.ts";
import { NoSubscriptions, pollInstead } from "./pollInstead.ts";
import { mostReads } from "./serverLimits.ts";
import { type OpcuaDevice, type OpenSession, openSession } from "./session.ts";
import { runSubscription } from "./subscription.ts";
import { readingOf } from "./value.ts";

/** The library gives a call up earlier; a read that is asked to stop does not wait for that. */
const readLimit = seconds(15);

/** One driver, and so one client, per server. */
export function loadOpcua(env: DriverEnv): Protocol<OpcuaDevice, OpcuaAddress> {
  routeLogs(env.log.child({ library: "node-opcua" }));
  return { driver: (device) => createOpcuaDriver(device, env) };
}

function createOpcuaDriver(device: OpcuaDevice, env: DriverEnv): Driver<OpcuaAddress> {
  let open: OpenSession | undefined;
  let closing: Promise<void> = Promise.resolve();
  const remembered: Remembered = {
    gaps: createGaps(gapMargin(device.polling.publishMs)),
    figures: createFigures(),
    differences: [],
    conditions: [],
    skew: millis(0),
  };
  /** A server that is gone makes this long: nobody has to wait for it but the next connection. */
  const close = () => {
    const leaving = open;
    open = undefined;
    if (leaving) closing = leaving[Symbol.asyncDispose]();
    return closing;
  };
  const connected = (): OpenSession => {
    if (!open) throw new CodedError("NOT_CONNECTED", `${device.connection.endpoint}: not connected.`);
    return open;
  };

  const tolerance = millis(device.connection.clockToleranceMs);
  const believed = (reading: Reading): Reading => doubtClock(reading, env.clock.now(), remembered.skew, tolerance);
  const late = () => new CodedError("TIMEOUT", `${device.connection.endpoint}: no answer in ${readLimit} ms.`);

  const read: Driver<OpcuaAddress>["read"] = async (points, signal) => {
    const { session, namespaces, limits } = connected();
    const nodes = points.map(({ address }: Point<OpcuaAddress>) => nodeOf(address, namespaces));
    const wanted = nodes.flatMap((node, index) => (node ? [{ node, index }] : []));
    const readings: Reading[] = points.map(() => badReading("ADDRESS_UNKNOWN", env.clock.now()));
    for (const batch of inBatches(wanted, Math.min(limits.reads, mostReads))) {
      const answer = session.read(batch.map(({ node }) => valueAttribute(node))).catch((error: unknown) => {
        throw new CodedError("NOT_CONNECTED", `${device.connection.endpoint}: ${messageOf(error)}.`);
      });
      const values = await within(answer, readLimit, env.clock, late, signal);
      for (const [i, { index }] of batch.entries()) {
        const value = values[i];
        if (value) readings[index] = believed(readingOf(value, env.clock.now()));
      }
    }
    return readings;
  };

  return {
    connect: async (signal) => {
      await close();
      open = await openSession(device, env, signal);
      await learnSkew(open, remembered, env, signal);
    },
    read,
    subscribe: async (points, push, signal) => {
      try {
        await runSubscription(device, connected(), points, push, remembered, env, signal);
      } catch (error) {
        if (error instanceof NoSubscriptions) {
          remembered.conditions = ["The server has no subscriptions: its tags are read at samplingMs instead."];
          return await pollInstead(device, read, points, push, env, signal);
        }
        if (error instanceof CodedError) throw error;
        throw new CodedError("NOT_CONNECTED", `${device.connection.endpoint}: ${messageOf(error)}.`, { cause: error });
      } finally {
        void close();
      }
    },
    diagnosis: () => ({
      warnings: [
        ...(open?.warnings ?? []),
        ...clockWarning(remembered.skew, tolerance),
        ...remembered.conditions,
        ...remembered.differences,
      ],
      counters: countersOf(remembered.figures),
      latencyMs: null,
      certificates: open?.certificates ?? [],
    }),
    [Symbol.asyncDispose]: close,
  };
}

/** The difference, where it is more than the device may have. */
function clockWarning(skew: DurationMs, tolerance: DurationMs): readonly string[] {
  if (Math.abs(skew) <= tolerance) return [];
  const differs = `${(Math.abs(skew) / 1_000).toFixed(1)} s ${skew > 0 ? "ahead of" : "behind"}`;
  return [
    `The server's clock is ${differs} the gateway's: its values are uncertain; set the clock, by NTP where it can.`,
  ];
}
