import type { Conformer } from "../conform.ts";
import type { Device, Plant } from "../plant.ts";
import type { Report } from "../problem.ts";
import type { AddressedTag } from "../protocols/addressCheck.ts";
import { type ProtocolName, protocolNames, protocols } from "../protocols/registry.ts";
import type { TagConfig } from "../schema.ts";
import { shapeOf } from "../shape.ts";

/** Holds each tag's address against its device's protocol, then the addresses of each device against each other. */
export function checkAddresses(plant: Plant, conformer: Conformer, report: Report): Plant {
  // The first of two devices with one id is meant: the second is the mistake.
  const devices = new Map(plant.devices.toReversed().map((device) => [device.id, device]));
  const addressed = new Map<Device, AddressedTag[]>(plant.devices.map((device) => [device, []]));
  const lines = plant.lines.map((line, l) => ({
    ...line,
    equipment: line.equipment.map((equipment, e) => ({
      ...equipment,
      tags: equipment.tags.map((written, t) => {
        const device = devices.get(written.device);
        if (!device) return written;
        const path = `lines[${l}].equipment[${e}].tags[${t}]`;
        const address = addressFor(device, written, path, conformer, report);
        if (!address) return written;
        const config = { ...written, address };
        addressed.get(device)?.push({ path, config });
        return config;
      }),
    })),
  }));
  const clean = new Set(devices.keys());
  for (const [d, device] of plant.devices.entries()) {
    const { connection, polling } = device;
    const checked = { path: `devices[${d}]`, connection, polling };
    for (const { path, what, remedy } of protocols[device.protocol].check(addressed.get(device) ?? [], checked)) {
      clean.delete(device.id);
      report(path, what, remedy);
    }
  }
  const normal = (tag: TagConfig): TagConfig => {
    const device = clean.has(tag.device) ? devices.get(tag.device) : undefined;
    return device ? protocols[device.protocol].normalise(tag) : tag;
  };
  return {
    ...plant,
    lines: lines.map((line) => ({
      ...line,
      equipment: line.equipment.map((equipment) => ({ ...equipment, tags: equipment.tags.map(normal) })),
    })),
  };
}

function addressFor(
  device: Device,
  { address }: TagConfig,
  path: string,
  conformer: Conformer,
  report: Report,
): TagConfig["address"] | undefined {
  const at = `${path}.address`;
  const other = protocolOf(Object.keys(address), device.protocol);
  if (other) {
    const what = `this is an address of ${other}, but device \`${device.id}\` speaks ${device.protocol}`;
    report(at, what, "name another device, or write the address as its protocol does.");
    return undefined;
  }
  return conformer.again(shapeOf(protocols[device.protocol].address), at) as TagConfig["address"] | undefined;
}

/** The other protocol that these keys belong to, where none of them belongs to the device's own. */
function protocolOf(keys: readonly string[], own: ProtocolName): ProtocolName | undefined {
  const knows = (name: ProtocolName, key: string) => Object.hasOwn(protocols[name].address.properties, key);
  if (keys.length === 0 || keys.some((key) => knows(own, key))) return undefined;
  return protocolNames.find((name) => keys.every((key) => knows(name, key)));
}
