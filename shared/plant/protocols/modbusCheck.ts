import { staleAfterMsOf } from "../staleness.ts";
import type { AddressCheck, AddressedTag, AddressMistake } from "./addressCheck.ts";
import {
  type ByteOrder,
  lengthOf,
  type ModbusAddress,
  type ModbusConnection,
  type ModbusPolling,
  modbusFormats,
  type WrittenModbusAddress,
} from "./modbus.ts";
import { placeOf, wholeNumbersOf } from "./modbusAddress.ts";

const lastRegister = 65_535;
const bitsPerRegister = 16;

const isBitTable = ({ table }: ModbusAddress): boolean => table === "coil" || table === "discrete";
/** One bit of a register, or several: what may lie in a register that is read whole too. */
const isPart = (address: ModbusAddress): boolean =>
  isBitTable(address) || address.format === "bit" || address.format === "bits";
const isBit = (address: ModbusAddress): boolean => isBitTable(address) || address.format === "bit";
const lastOf = (address: ModbusAddress): number => address.register + lengthOf(address) - 1;

/** A tag with its place in the tables. */
interface PlacedTag {
  readonly path: string;
  readonly config: AddressedTag["config"];
  readonly address: ModbusAddress;
}

/** Rules of the Modbus data model (Modbus Application Protocol 1.1b3, 4.3 and 4.4) that a schema cannot tell. */
export const checkModbus: AddressCheck = (tags, { path, connection, polling }) => {
  const mistakes: AddressMistake[] = [];
  const placed = tags.flatMap((tag): PlacedTag[] => {
    const address = placeTag(tag, mistakes);
    return address ? [{ ...tag, address }] : [];
  });
  const { exclude } = polling as ModbusPolling;
  for (const [i, { from, to }] of exclude.entries()) {
    if (from <= to) continue;
    const at = `${path}.polling.exclude[${i}]`;
    mistakes.push({ path: at, what: `from ${from} is above to ${to}`, remedy: "write the lower address as from." });
  }
  return [
    ...mistakes,
    ...placed.flatMap((tag) => checkOne(tag, polling as ModbusPolling)),
    ...checkOverlaps(placed, (connection as ModbusConnection).byteOrder),
  ];
};

/** Where the value lies; a mistake where it is written in no way, or in two. */
function placeTag({ path, config }: AddressedTag, mistakes: AddressMistake[]): ModbusAddress | undefined {
  const { modicon, table, register, ...rest } = config.address as WrittenModbusAddress;
  const mistake = (what: string, remedy: string) => void mistakes.push({ path: `${path}.address`, what, remedy });
  if (modicon !== undefined) {
    const place = placeOf(modicon);
    if (!place || place.register > lastRegister) {
      mistake(
        `\`${modicon}\` is no Modicon number`,
        "they run from 40001 to 49999 or from 400001 to 465536, with 0, 1 or 3 in front for the other tables.",
      );
    } else if (table !== undefined || register !== undefined) {
      mistake(
        "names both `modicon` and `table` or `register`",
        "write the number of the data sheet, or table and 0-based register.",
      );
    } else return { ...rest, ...place };
    return undefined;
  }
  if (table !== undefined && register !== undefined) return { ...rest, table, register };
  mistake(
    "does not say where the value lies",
    "write `table` and 0-based `register`, or the data sheet's number as `modicon`.",
  );
  return undefined;
}

function checkOne(tag: PlacedTag, { maxRegisters, periodMs, exclude }: ModbusPolling): AddressMistake[] {
  const { path, config, address } = tag;
  const mistakes: AddressMistake[] = [];
  const mistake = (key: string, what: string, remedy: string) =>
    mistakes.push({ path: `${path}.${key}`, what, remedy });

  if (isBitTable(address)) {
    for (const key of ["format", "bit", "width", "length", "byteOrder", "encoding"] as const) {
      if (address[key] === undefined) continue;
      mistake(
        `address.${key}`,
        `a ${address.table} is one bit and has no ${key}`,
        "remove the key, or read a register table.",
      );
    }
  } else if (address.format === undefined) {
    const remedy = `say how the registers make a value: one of ${modbusFormats.join(", ")}.`;
    mistake("address", `key \`format\` is missing for table \`${address.table}\``, remedy);
  } else checkFormat(address, mistake);

  if (lastOf(address) > lastRegister) {
    const what = `a ${address.format} at ${address.register} ends at ${lastOf(address)}, beyond the last register ${lastRegister}`;
    mistake("address.register", what, "correct the register: addresses here count from 0.");
  }
  if (!isBitTable(address) && lengthOf(address) > maxRegisters) {
    const what = `a ${address.format} takes ${lengthOf(address)} registers, the device reads at most ${maxRegisters} at once`;
    mistake("address.format", what, "raise polling.maxRegisters of the device.");
  }
  for (const { table, from, to } of exclude) {
    if (table !== address.table || lastOf(address) < from || address.register > to) continue;
    mistake(
      "address",
      `lies in the excluded addresses ${from} to ${to}`,
      "correct the address, or polling.exclude of the device.",
    );
  }
  checkType(tag, mistake);
  const numbers = wholeNumbersOf(address);
  for (const [i, marker] of (config.invalid ?? []).entries()) {
    if (!numbers || (Number.isInteger(marker) && marker >= numbers[0] && marker <= numbers[1])) continue;
    const what = `format \`${address.format}\` never gives ${marker}, but whole numbers from ${numbers[0]} to ${numbers[1]}`;
    const remedy = address.format?.startsWith("bcd")
      ? "remove it: a register with a digit above 9 is bad by itself."
      : "write the raw number of the registers, before scale, or correct the format.";
    mistake(`invalid[${i}]`, what, remedy);
  }
  const staleAfterMs = staleAfterMsOf(config);
  const period = config.periodMs ?? periodMs;
  if (staleAfterMs <= period) {
    const what = `the value is stale after ${staleAfterMs} ms, but the device is polled every ${period} ms`;
    mistake("staleAfterMs", what, "raise staleAfterMs (or heartbeatMs), or poll more often.");
  }
  return mistakes;
}

type Mistake = (key: string, what: string, remedy: string) => void;

/** Keys that a format needs, and keys that it has no use for. */
function checkFormat(address: ModbusAddress, mistake: Mistake): void {
  const { format, bit, width, length, encoding } = address;
  if ((format === "bit" || format === "bits") && bit === undefined) {
    const which = format === "bit" ? "bit of the register" : "bit is the lowest";
    mistake(
      "address",
      `key \`bit\` is missing for format \`${format}\``,
      `say which ${which}, from 0 (least significant) to 15.`,
    );
  } else if (format !== "bit" && format !== "bits" && bit !== undefined) {
    mistake("address.bit", `format \`${format}\` has no bit`, "remove the key, or use format `bit`.");
  }
  if (format === "bits" && width === undefined) {
    mistake("address", "key `width` is missing for format `bits`", "say how many bits make the number.");
  } else if (format !== "bits" && width !== undefined) {
    mistake("address.width", `format \`${format}\` has no width`, "remove the key, or use format `bits`.");
  } else if ((bit ?? 0) + (width ?? 0) > bitsPerRegister) {
    mistake("address.width", `${width} bits from bit ${bit} reach beyond the register`, "correct `bit` or `width`.");
  }
  if (format === "string" && length === undefined) {
    mistake("address", "key `length` is missing for format `string`", "say how many registers the text takes.");
  } else if (format !== "string" && length !== undefined) {
    mistake(
      "address.length",
      `format \`${format}\` has a length of its own`,
      "remove the key, or use format `string`.",
    );
  }
  if (format !== "string" && encoding !== undefined) {
    mistake("address.encoding", `format \`${format}\` has no characters`, "remove the key, or use format `string`.");
  }
}

function checkType({ address, config }: PlacedTag, mistake: Mistake): void {
  const { format } = address;
  if (config.type === "string" && format !== "string") {
    mistake(
      "type",
      `${isBit(address) ? "one bit" : `a ${format}`} is no text`,
      "use type float, int or bool, or format `string`.",
    );
  } else if (format === "string" && config.type !== "string") {
    mistake("type", `a string is of type string, not ${config.type}`, "write type: string.");
  } else if (isBit(address) && config.type !== "bool") {
    mistake("type", `one bit is of type bool, not ${config.type}`, "write type: bool.");
  } else if (!isBit(address) && format !== undefined && config.type === "bool") {
    mistake("type", `a ${format} is a number, not a bool`, "use format `bit`, or type int.");
  }
}

/** Two formats on one register: at least one of them is wrong. A status word may be read whole and by its bits. */
function checkOverlaps(tags: readonly PlacedTag[], usual: ByteOrder): AddressMistake[] {
  const mistakes: AddressMistake[] = [];
  const tables = Map.groupBy(tags, ({ address }) => address.table);
  for (const inTable of tables.values()) {
    const ascending = inTable.toSorted((a, b) => a.address.register - b.address.register);
    for (const [i, tag] of ascending.entries()) {
      for (let j = i + 1; j < ascending.length; j++) {
        const other = ascending[j] as PlacedTag;
        if (other.address.register > lastOf(tag.address)) break;
        if (agree(tag.address, other.address, usual)) continue;
        const [first, second] = tags.indexOf(tag) < tags.indexOf(other) ? [tag, other] : [other, tag];
        mistakes.push({
          path: `${second.path}.address`,
          what: `${describe(second.address)} overlaps ${describe(first.address)} of \`${first.path}\``,
          remedy: "one of the two has a wrong register or format: compare both with the device's register list.",
        });
      }
    }
  }
  return mistakes;
}

function agree(a: ModbusAddress, b: ModbusAddress, usual: ByteOrder): boolean {
  if (isPart(a) || isPart(b)) return lengthOf(a) === 1 && lengthOf(b) === 1;
  return a.register === b.register && a.format === b.format && (a.byteOrder ?? usual) === (b.byteOrder ?? usual);
}

function describe(address: ModbusAddress): string {
  const last = lastOf(address);
  const registers = last === address.register ? `${address.register}` : `${address.register}–${last}`;
  return `${address.table} ${registers} (${[address.format ?? "bit", address.byteOrder].filter(Boolean).join(" ")})`;
}
