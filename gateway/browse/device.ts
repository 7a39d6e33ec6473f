import { type FlowValue, flow } from "#shared/kit/flowYaml.ts";
import { CodedError } from "#shared/model/errors.ts";
import { type Environment, unexpanded } from "#shared/plant/environment.ts";
import { parsePlant } from "#shared/plant/load.ts";
import type { OpcuaPolling } from "#shared/plant/protocols/opcua.ts";
import type { DeviceOf } from "../driver.ts";
import { type BrowseOptions, passwordVariable } from "./command.ts";

/** The device as plant.yaml says it: the same keys connect the browser now and the gateway later. */
export function deviceEntry(endpoint: string, options: BrowseOptions, polling: Partial<OpcuaPolling>): FlowValue {
  return {
    id: options.device,
    gateway: options.gateway,
    protocol: "opcua",
    connection: {
      endpoint: unexpanded(endpoint),
      security: options.security,
      mode: options.mode,
      user: userEntry(options),
    },
    polling: Object.keys(polling).length === 0 ? undefined : { ...polling },
  };
}

function userEntry(options: BrowseOptions): FlowValue | undefined {
  const { user, "user-certificate": certificate, "user-key": privateKey } = options;
  if (user !== undefined && certificate !== undefined) {
    throw new CodedError("CONFIG", "Give --user or --user-certificate, not both.");
  }
  // The name of the variable goes into the file, never the password.
  if (user !== undefined) return { type: "password", name: unexpanded(user), password: `\${${passwordVariable}}` };
  if (certificate === undefined && privateKey === undefined) return undefined;
  if (certificate === undefined || privateKey === undefined) {
    throw new CodedError("CONFIG", "--user-certificate and --user-key are given together.");
  }
  return { type: "certificate", certificate: unexpanded(certificate), privateKey: unexpanded(privateKey) };
}

/** The device of an entry, checked and with its defaults; throws `CONFIG` where an option is wrong. */
export function deviceOf(entry: FlowValue, options: BrowseOptions, env: Environment): DeviceOf<"opcua"> {
  const text = [
    "platform: { id: browse, name: { zh: browse } }",
    `gateways: [{ id: ${flow(options.gateway)} }]`,
    `devices: [${flow(entry)}]`,
    "lines: []",
  ].join("\n");
  const { plant, problems } = parsePlant(text, "", env);
  const device = plant?.devices[0];
  if (device?.protocol === "opcua") return device;
  const said = problems.map(({ key, what, remedy }) => `${key.replace(/^devices\[0\]\./, "")}: ${what}; ${remedy}`);
  throw new CodedError("CONFIG", said.join("\n"));
}
