import { join } from "node:path";
import {
  type CommandSpec,
  dataOption,
  numberOption,
  type OptionSpec,
  type ParsedCommand,
} from "#shared/kit/command.ts";
import { logOption } from "#shared/kit/log.ts";
import { CodedError } from "#shared/model/errors.ts";
import { hours } from "#shared/model/time.ts";
import type { Plant } from "#shared/plant/plant.ts";
import { plantOption } from "#shared/plant/plantOption.ts";
import { brokerOption, brokerTlsOptions } from "#shared/wire/brokerOptions.ts";
import { checkTopicId, hostIdOf } from "#shared/wire/topics.ts";
import { deliveries, type HostOptions, heldForDefault } from "./edgeNode/hostOptions.ts";

const bytesPerMebibyte = 1 << 20;

export const command = {
  name: "gateway",
  summary: "Reads the devices of one gateway and sends their samples to the host, none lost.",
  options: {
    plant: plantOption,
    id: {
      type: "string",
      help: "Gateway of the plant model; may be left out where there is one.",
      placeholder: "<id>",
    },
    broker: brokerOption,
    ...brokerTlsOptions,
    credential: {
      type: "string",
      help: "Broker credential; <data>/secrets/broker/gateway-<id>.json where absent.",
      placeholder: "<file>",
      env: "PILOTLINE_CREDENTIAL",
    },
    "primary-host": {
      type: "string",
      help: "Sparkplug id of another primary host than Pilotline's own; none where no host says STATE.",
      placeholder: "<id>",
    },
    delivery: {
      type: "string",
      help: "acked: samples are kept until the host says that they are stored; plain: until they are sent, for other hosts.",
      placeholder: "<how>",
      default: "acked",
    },
    data: dataOption,
    "outbox-mb": {
      type: "string",
      help: "Most MiB of samples kept for the host.",
      placeholder: "<n>",
      default: "1024",
    },
    "outbox-days": {
      type: "string",
      help: "Samples that the host did not take for so many days are given up, each gap recorded.",
      placeholder: "<n>",
      default: "90",
    },
    "keep-hours": {
      type: "string",
      help: "Samples that the host has stored are kept for so many hours for a replay, while there is room.",
      placeholder: "<n>",
      default: "72",
    },
    "backfill-rate": {
      type: "string",
      help: "Most samples a second that are sent of what waited during an outage.",
      placeholder: "<n>",
      default: "20000",
    },
    "status-port": {
      type: "string",
      help: "Port of the status page on loopback; the next free one where it is taken, 0 for any.",
      placeholder: "<n>",
      default: "8090",
    },
    log: logOption,
  },
  examples: ["npm run pilotline -- gateway --plant plant.yaml --id edge-1 --broker mqtts://ingest.example:8883"],
} as const satisfies CommandSpec<Record<string, OptionSpec>>;

export type GatewayCommand = ParsedCommand<(typeof command)["options"]>;

/** The gateway that is meant; throws `CONFIG` where the plant has no such one, or several and none is named. */
export function gatewayIdOf({ options: { id, plant: file } }: GatewayCommand, plant: Plant): string {
  const ids = plant.gateways.map((gateway) => gateway.id);
  const [only, ...others] = ids;
  const wanted = id ?? (others.length === 0 ? only : undefined);
  if (wanted !== undefined && ids.includes(wanted)) return wanted;
  const what = wanted === undefined ? "has several gateways" : `has no gateway \`${wanted}\``;
  throw new CodedError("CONFIG", `${file} ${what}: give --id as one of ${ids.join(", ")}.`);
}

export const credentialFileOf = ({ options }: GatewayCommand, id: string): string =>
  options.credential ?? join(options.data, "secrets", "broker", `gateway-${id}.json`);

export const folderOf = ({ options }: GatewayCommand, id: string): string => join(options.data, "gateway", id);

export const statusPortOf = ({ options }: GatewayCommand): number =>
  numberOption("status-port", options["status-port"], 0, 65_535);

export const outboxLimitsOf = ({ options }: GatewayCommand) => ({
  quotaBytes: numberOption("outbox-mb", options["outbox-mb"], 1, 1 << 20) * bytesPerMebibyte,
  maxAge: hours(numberOption("outbox-days", options["outbox-days"], 1, 3_650) * 24),
  // Who does not acknowledge does not ask for a replay either.
  keepFor: hours(options.delivery === "plain" ? 0 : numberOption("keep-hours", options["keep-hours"], 0, 8_760)),
});

/** The host that is served; throws `CONFIG` for a way of delivery that there is not, or an id that is none. */
export function hostOf({ options }: GatewayCommand, plant: Plant): HostOptions {
  const delivery = deliveries.find((known) => known === options.delivery);
  if (!delivery)
    throw new CodedError("CONFIG", `--delivery takes ${deliveries.join(" or ")}, got \`${options.delivery}\`.`);
  const id = options["primary-host"] ?? hostIdOf(plant.platform.id);
  return { id: id === "none" ? null : checkTopicId(id, "host id"), delivery, heldFor: heldForDefault };
}

export const backfillOf = ({ options }: GatewayCommand): number =>
  numberOption("backfill-rate", options["backfill-rate"], 1, 10_000_000);
