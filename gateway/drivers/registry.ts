import type { Address, Device } from "#shared/plant/plant.ts";
import type { ProtocolName } from "#shared/plant/protocols/registry.ts";
import type { Driver, DriverEnv, DriverModule, Protocol } from "../driver.ts";
import { modbus } from "./modbus/module.ts";
import { opcua } from "./opcua/module.ts";

/** Every protocol of the gateway; one more is one more name. */
export const drivers: Readonly<Record<ProtocolName, DriverModule<Device, Address>>> = { opcua, modbus };

/** Gives a driver per device; loads a protocol's stack with its first device. */
export function createDrivers(env: DriverEnv): (device: Device) => Promise<Driver<Address>> {
  const loaded = new Map<ProtocolName, Promise<Protocol<Device, Address>>>();
  return async (device) => {
    const { protocol } = device;
    const stack = loaded.get(protocol) ?? drivers[protocol].load(env);
    loaded.set(protocol, stack);
    return (await stack).driver(device);
  };
}
