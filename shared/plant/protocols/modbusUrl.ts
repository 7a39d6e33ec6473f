import { Value } from "typebox/value";
import { CodedError } from "#shared/model/errors.ts";
import { suggest } from "../nearest.ts";
import { expectationOf, shapeOf } from "../shape.ts";
import { ModbusConnection, ModbusPolling } from "./modbus.ts";

/** The transports of the schemes `modbus-rtu:` and `modbus-ascii:`, lines of this machine. */
const serial: Readonly<Record<string, string>> = { "modbus-rtu:": "rtu", "modbus-ascii:": "ascii" };

export interface ModbusUrl {
  readonly connection: ModbusConnection;
  /** Keys of the query that are none of the connection's. */
  readonly others: ReadonlyMap<string, string>;
}

/**
 * A connection written as a URL, its keys those of a plant file:
 * `modbus://<host>:<port>/<unit>?transport=rtu-over-tcp&timeoutMs=500`, or on a serial line
 * `modbus-rtu:///dev/ttyUSB0?unit=3&baudRate=19200&parity=none`. Keys named in `others` are handed back. Throws
 * `CONFIG` that names what is wrong.
 */
export function parseModbusUrl(text: string, others: readonly string[]): ModbusUrl {
  const url = URL.parse(text);
  if (!url || !(url.protocol === "modbus:" || url.protocol in serial)) {
    throw wrong(text, "is no address of a Modbus device: modbus://<host>:<port>/<unit> or modbus-rtu:///dev/<line>.");
  }
  const query = new Map(url.searchParams);
  const given = new Map([...query].filter(([key]) => !others.includes(key)));
  if (url.protocol in serial) {
    // COM3 is no path, but stands in a URL as one.
    given.set("path", decodeURIComponent(url.pathname).replace(/^\/(?=COM\d+$)/i, ""));
    given.set("transport", serial[url.protocol] ?? "");
  } else {
    given.set("host", url.hostname.replace(/^\[(.*)\]$/, "$1"));
    if (url.port !== "") given.set("port", url.port);
    const unit = url.pathname.replace(/^\//, "");
    if (unit !== "") given.set("unit", unit);
  }
  return {
    connection: connectionOf(text, given, others),
    others: new Map([...query].filter(([key]) => others.includes(key))),
  };
}

export const defaultPolling = (): ModbusPolling => Value.Default(ModbusPolling, {}) as ModbusPolling;

function connectionOf(text: string, given: ReadonlyMap<string, string>, others: readonly string[]): ModbusConnection {
  const variants = ModbusConnection.anyOf;
  const names: readonly string[] = variants.map(({ properties }) => properties.transport.const);
  const transport = given.get("transport") ?? "tcp";
  const variant = variants[names.indexOf(transport)];
  if (!variant) throw wrong(text, `unknown transport \`${transport}\`; ${suggest(transport, names, "transports")}`);
  const shapes = shapeOf(variant).properties ?? {};
  const connection = Object.fromEntries(
    [...given].map(([key, written]) => {
      const shape = Object.hasOwn(shapes, key) ? shapes[key] : undefined;
      if (!shape)
        throw wrong(text, `unknown key \`${key}\`; ${suggest(key, [...others, ...Object.keys(shapes)], "keys")}`);
      const value = [written, Number(written)].find((one) => written !== "" && Value.Check(shape, one));
      if (value === undefined) throw wrong(text, `${key} must be ${expectationOf(shape)}, is \`${written}\`.`);
      return [key, value];
    }),
  );
  return Value.Default(variant, connection) as ModbusConnection;
}

const wrong = (text: string, what: string) => new CodedError("CONFIG", `${text}: ${what}`);
