import type { OptionSpec } from "#shared/kit/command.ts";

/** The options of a process that is a client of the broker only. */
export const brokerOption = {
  type: "string",
  placeholder: "<url>",
  default: "mqtt://127.0.0.1:1883",
  env: "PILOTLINE_BROKER",
  help: "Broker, mqtt:// or mqtts://; several that are independent, in order, with commas between.",
} as const satisfies OptionSpec;

/** What TLS towards the broker takes; see `readBrokerTls`. */
export const brokerTlsOptions = {
  "broker-ca": {
    type: "string",
    placeholder: "<file>",
    help: "Certificate authority of an mqtts:// broker, PEM; otherwise those that Node trusts.",
  },
  "broker-cert": {
    type: "string",
    placeholder: "<file>",
    help: "Own certificate for an mqtts:// broker that asks for one, PEM.",
  },
  "broker-key": { type: "string", placeholder: "<file>", help: "Its private key, PEM." },
} as const satisfies Record<string, OptionSpec>;
