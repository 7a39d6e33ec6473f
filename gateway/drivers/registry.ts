import type { Address, Device } from "#shared/plant/plant.ts";
import type { ProtocolName } from "#shared/plant/protocols/registry.ts";
import type { Driver, DriverEnv, DriverModule } from "../driver.ts";
import { modbusTcp } from "./modbusTcp/module.ts";
import { opcua } from "./opcua/module.ts";

/** Every protocol of the gateway; one more is one more name. */
export const drivers: Readonly<Record<ProtocolName, DriverModule<Device, Address>>> = {
  opcua,
  "modbus-tcp": modbusTcp,
};

/** A driver per device id. Loads the stacks of those protocols only that `devices` speak. */
export async function openDrivers(
  devices: readonly Device[],
  env: DriverEnv,
): Promise<ReadonlyMap<string, Driver<Address>>> {
  const opened = new Map<string, Driver<Address>>();
  for (const [protocol, group] of Map.groupBy(devices, (device) => device.protocol)) {
    for (const [id, driver] of await drivers[protocol].open(group, env)) opened.set(id, driver);
  }
  return opened;
}
