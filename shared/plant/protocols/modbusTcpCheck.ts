import { staleAfterMsOf } from "../select.ts";
import type { AddressCheck, AddressedTag, AddressMistake } from "./addressCheck.ts";
import {
  type ByteOrder,
  type ModbusTcpAddress,
  type ModbusTcpConnection,
  type ModbusTcpPolling,
  registersOf,
} from "./modbusTcp.ts";

const lastRegister = 65_535;

const isBitTable = ({ table }: ModbusTcpAddress): boolean => table === "coil" || table === "discrete";
const isBit = (address: ModbusTcpAddress): boolean => isBitTable(address) || address.format === "bit";
const lengthOf = ({ format }: ModbusTcpAddress): number => (format === undefined ? 1 : registersOf[format]);
const lastOf = (address: ModbusTcpAddress): number => address.register + lengthOf(address) - 1;
/** The schema of the device's protocol has let it through. */
const addressOf = ({ config }: AddressedTag): ModbusTcpAddress => config.address as unknown as ModbusTcpAddress;

/** Rules of the Modbus data model (Modbus Application Protocol 1.1b3, 4.3 and 4.4) that a schema cannot tell. */
export const checkModbusTcp: AddressCheck = (tags, { connection, polling }) => [
  ...tags.flatMap((tag) => checkOne(tag, polling as ModbusTcpPolling)),
  ...checkOverlaps(tags, (connection as ModbusTcpConnection).byteOrder),
];

function checkOne(tag: AddressedTag, { maxRegisters, periodMs }: ModbusTcpPolling): AddressMistake[] {
  const { path, config } = tag;
  const address = addressOf(tag);
  const mistakes: AddressMistake[] = [];
  const mistake = (key: string, what: string, remedy: string) =>
    mistakes.push({ path: `${path}.${key}`, what, remedy });

  if (isBitTable(address)) {
    for (const key of ["format", "bit", "byteOrder"] as const) {
      if (address[key] === undefined) continue;
      mistake(
        `address.${key}`,
        `a ${address.table} is one bit and has no ${key}`,
        "remove the key, or read a register table.",
      );
    }
  } else if (address.format === undefined) {
    const remedy = `say how the registers make a value: one of ${Object.keys(registersOf).join(", ")}.`;
    mistake("address", `key \`format\` is missing for table \`${address.table}\``, remedy);
  } else if (address.format === "bit" && address.bit === undefined) {
    mistake(
      "address",
      "key `bit` is missing for format `bit`",
      "say which bit of the register, from 0 (least significant) to 15.",
    );
  } else if (address.format !== "bit" && address.bit !== undefined) {
    mistake("address.bit", `format \`${address.format}\` has no bit`, "remove the key, or use format `bit`.");
  }

  if (lastOf(address) > lastRegister) {
    const what = `a ${address.format} at ${address.register} ends at ${lastOf(address)}, beyond the last register ${lastRegister}`;
    mistake("address.register", what, "correct the register: addresses here count from 0.");
  }
  if (lengthOf(address) > maxRegisters) {
    const what = `a ${address.format} takes ${lengthOf(address)} registers, the device reads at most ${maxRegisters} at once`;
    mistake("address.format", what, "raise polling.maxRegisters of the device.");
  }
  if (config.type === "string") {
    mistake("type", "Modbus delivers no text", "use type float, int or bool.");
  } else if (isBit(address) && config.type !== "bool") {
    mistake("type", `one bit is of type bool, not ${config.type}`, "write type: bool.");
  } else if (!isBit(address) && address.format !== undefined && config.type === "bool") {
    mistake("type", `a ${address.format} is a number, not a bool`, "use format `bit`, or type int.");
  }
  const staleAfterMs = staleAfterMsOf(config);
  if (staleAfterMs <= periodMs) {
    const what = `the value is stale after ${staleAfterMs} ms, but the device is polled every ${periodMs} ms`;
    mistake("staleAfterMs", what, "raise staleAfterMs (or heartbeatMs), or poll more often.");
  }
  return mistakes;
}

/** Two formats on one register: at least one of them is wrong. A status word may be read whole and by its bits. */
function checkOverlaps(tags: readonly AddressedTag[], usual: ByteOrder): AddressMistake[] {
  const mistakes: AddressMistake[] = [];
  const tables = Map.groupBy(tags, (tag) => addressOf(tag).table);
  for (const inTable of tables.values()) {
    const ascending = inTable.toSorted((a, b) => addressOf(a).register - addressOf(b).register);
    for (const [i, tag] of ascending.entries()) {
      const address = addressOf(tag);
      for (let j = i + 1; j < ascending.length; j++) {
        const other = ascending[j] as AddressedTag;
        if (addressOf(other).register > lastOf(address)) break;
        if (agree(address, addressOf(other), usual)) continue;
        const [first, second] = tags.indexOf(tag) < tags.indexOf(other) ? [tag, other] : [other, tag];
        mistakes.push({
          path: `${second.path}.address`,
          what: `${describe(addressOf(second))} overlaps ${describe(addressOf(first))} of \`${first.path}\``,
          remedy: "one of the two has a wrong register or format: compare both with the device's register list.",
        });
      }
    }
  }
  return mistakes;
}

function agree(a: ModbusTcpAddress, b: ModbusTcpAddress, usual: ByteOrder): boolean {
  if (isBit(a) || isBit(b)) return lengthOf(a) === 1 && lengthOf(b) === 1;
  return a.register === b.register && a.format === b.format && (a.byteOrder ?? usual) === (b.byteOrder ?? usual);
}

function describe(address: ModbusTcpAddress): string {
  const last = lastOf(address);
  const registers = last === address.register ? `${address.register}` : `${address.register}–${last}`;
  return `${address.table} ${registers} (${[address.format ?? "bit", address.byteOrder].filter(Boolean).join(" ")})`;
}
