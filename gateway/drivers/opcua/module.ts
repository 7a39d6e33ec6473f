import { millis } from "#shared/model/time.ts";
import type { OpcuaAddress } from "#shared/plant/protocols/opcua.ts";
import type { DeviceOf, DriverModule } from "../../driver.ts";

/** OPC UA client subscriptions (IEC 62541-4). */
export const opcua: DriverModule<DeviceOf<"opcua">, OpcuaAddress> = {
  pollPeriod: ({ polling }) => millis(polling.publishMs),
  load: async (env) => (await import("./client.ts")).loadOpcua(env),
};
