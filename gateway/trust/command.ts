import type { CommandSpec, OptionSpec, ParsedCommand } from "#shared/kit/command.ts";

export const command = {
  name: "trust",
  summary: "Shows which OPC UA certificates a gateway trusts and which it has refused; trusts one, or no longer.",
  positionals: ["[thumbprint]"],
  options: {
    "gateway-data": {
      type: "string",
      placeholder: "<folder>",
      help: "Folder of the gateway, <data>/gateway/<id>; the gateway may run.",
    },
    host: {
      type: "string",
      placeholder: "<host>",
      help: "Host name or address that the certificate does not name and is accepted for.",
    },
    remove: { type: "boolean", help: "Trust it no longer; a connection that stands is not cut." },
  },
  examples: [
    "npm run pilotline -- trust --gateway-data data/gateway/edge-1",
    "npm run pilotline -- trust --gateway-data data/gateway/edge-1 3F2A90C1",
  ],
} as const satisfies CommandSpec<Record<string, OptionSpec>>;

export type TrustCommand = ParsedCommand<(typeof command)["options"]>;
