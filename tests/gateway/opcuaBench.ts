import type { OpcuaAddress, OpcuaPolling } from "#shared/plant/protocols/opcua.ts";
import type { DeviceOf, Driver, DriverEnv, Point, Reading } from "../../gateway/driver.ts";
import { opcua } from "../../gateway/drivers/opcua/module.ts";
import { opcuaConnection, opcuaPolling } from "./defaults.ts";
import { env } from "./modbusDevices.ts";
import { uri } from "./opcuaServer.ts";

export const opcuaDevice = (port: number, polling: Partial<OpcuaPolling> = {}): DeviceOf<"opcua"> => ({
  id: "server",
  gateway: "g",
  protocol: "opcua",
  connection: opcuaConnection(port),
  polling: { ...opcuaPolling, publishMs: 100, samplingMs: 0, ...polling },
});

export const node = (name: string, report: "change" | "every" = "change"): Point<OpcuaAddress> => ({
  address: { node: `nsu=${uri};s=${name}` },
  report,
});

export interface Subscribed extends AsyncDisposable {
  readonly driver: Driver<OpcuaAddress>;
  /** Readings per point, in the order of arrival. */
  readonly readings: readonly (readonly Reading[])[];
  readonly env: DriverEnv;
  /** Settles when the subscription ends. */
  readonly ended: Promise<unknown>;
  until(holds: () => boolean): Promise<void>;
}

/** Connects and subscribes. */
export async function subscribe(
  folder: string,
  port: number,
  points: readonly Point<OpcuaAddress>[],
  polling: Partial<OpcuaPolling> = {},
): Promise<Subscribed> {
  const world = env(folder);
  const device = opcuaDevice(port, polling);
  const driver = (await opcua.load(world)).driver(device);
  if (!driver.subscribe) throw new Error("no driver");
  const stopping = new AbortController();
  const readings = points.map((): Reading[] => []);
  const waiting = new Set<() => void>();
  await driver.connect(stopping.signal);
  const push = (index: number, reading: Reading) => {
    readings[index]?.push(reading);
    for (const wake of waiting) wake();
    waiting.clear();
  };
  const ended = driver.subscribe(points, push, stopping.signal).then(
    () => undefined,
    (error: unknown) => error,
  );
  return {
    driver,
    readings,
    env: world,
    ended,
    until: async (holds) => {
      while (!holds()) await new Promise<void>((resolve) => waiting.add(resolve));
    },
    [Symbol.asyncDispose]: async () => {
      stopping.abort();
      await ended;
      await driver[Symbol.asyncDispose]();
    },
  };
}
