import { CodedError } from "#shared/model/errors.ts";
import { type ModbusConnection, type ModbusTable, modbusTables } from "#shared/plant/protocols/modbus.ts";
import { placeOf } from "#shared/plant/protocols/modbusAddress.ts";
import { parseModbusUrl } from "#shared/plant/protocols/modbusUrl.ts";

/** What is read: a range of one table. */
export interface ProbeTarget {
  readonly url: string;
  readonly connection: ModbusConnection;
  readonly table: ModbusTable;
  /** 0-based protocol address. */
  readonly from: number;
  readonly count: number;
}

const addresses = 65_536;
/** What fits a screen or two. */
const defaultCount = 32;

/**
 * The range in the query: `table` and 0-based `from`, or the data sheet's number as `modicon`; and `count`. Throws
 * `CONFIG` that names what is wrong.
 */
export function parseTarget(url: string): ProbeTarget {
  const { connection, others } = parseModbusUrl(url, ["table", "from", "modicon", "count"]);
  const wrong = (what: string) => new CodedError("CONFIG", `${url}: ${what}`);
  const whole = (key: string, fallback: number, min: number, max: number): number => {
    const written = others.get(key);
    const n = written === undefined ? fallback : Number(written);
    if (written !== "" && Number.isInteger(n) && n >= min && n <= max) return n;
    throw wrong(`${key} must be a whole number from ${min} to ${max}, is \`${written}\`.`);
  };
  const modicon = others.get("modicon");
  if (modicon !== undefined && (others.has("table") || others.has("from"))) {
    throw wrong("write the number of the data sheet as modicon, or table and 0-based from, not both.");
  }
  const place = modicon === undefined ? undefined : placeOf(modicon);
  if (modicon !== undefined && (!/^\d{5,6}$/.test(modicon) || !place || place.register >= addresses)) {
    throw wrong(`\`${modicon}\` is no Modicon number: they run from 40001 to 49999 or from 400001 to 465536.`);
  }
  const name = others.get("table") ?? "holding";
  const table = place?.table ?? modbusTables.find((known) => known === name);
  if (!table) throw wrong(`table must be one of ${modbusTables.join(", ")}, is \`${name}\`.`);
  const from = place?.register ?? whole("from", 0, 0, addresses - 1);
  const most = addresses - from;
  return { url, connection, table, from, count: whole("count", Math.min(defaultCount, most), 1, most) };
}
