import { choice, optional, usually, whole } from "./keys.ts";

const address = (help: string) => whole(help, 0, 65_535);

/** Which requests are hit. */
const scope = {
  unit: optional(whole("Only this unit; every unit where absent.", 0, 255)),
  table: optional(choice("Only requests of this table.", ["coil", "discrete", "holding", "input"])),
  register: optional(address("Only requests that read this register or bit, by its 0-based protocol address.")),
  to: optional(address("With `register`: the last register of a range.")),
} as const;

const placed = { ...scope, register: address("First register, by its 0-based protocol address.") } as const;

/** Names of register contents that break careless decoders, with their words as they travel. */
export const hardValues = {
  "float32 NaN": [0x7fc0, 0],
  "float32 infinity": [0x7f80, 0],
  "float32 -infinity": [0xff80, 0],
  "float32 -0": [0x8000, 0],
  "float64 NaN": [0x7ff8, 0, 0, 0],
  "float64 infinity": [0x7ff0, 0, 0, 0],
  "0x8000": [0x8000],
  "0xFFFF": [0xffff],
  "int64 2^53+1": [0x0020, 0, 0, 1],
  "int64 -2^53-1": [0xffdf, 0xffff, 0xffff, 0xffff],
  "int64 max": [0x7fff, 0xffff, 0xffff, 0xffff],
  // "A" NUL "B?" and a thermometer (U+1F321) in UTF-8.
  "text NUL": [0x4100, 0x423f],
  "text emoji": [0xf09f, 0x8ca1],
} as const satisfies Readonly<Record<string, readonly number[]>>;
export type HardValue = keyof typeof hardValues;

const milliseconds = (help: string, most: number) => whole(`${help}, in milliseconds.`, 1, most);

/** What a Modbus unit can do wrong. Several at once act in the order of the file. */
export const modbusFaults = {
  "modbus.silent": { help: "Requests get no answer.", keys: scope },
  "modbus.slow": {
    help: "Answers come late; beyond the client's timeout they come after it gave up. Later requests of the connection wait, as on a serial line.",
    keys: {
      ...scope,
      delayMs: milliseconds("Delay of an answer", 600_000),
      over: usually(
        choice(
          "Where a late answer goes whose connection is closed meanwhile: nowhere, or to the newest connection, as transparent serial servers do.",
          ["connection", "line"],
        ),
        "connection",
      ),
    },
  },
  "modbus.reset": { help: "A request ends the connection with a reset (RST).", keys: scope },
  "modbus.halfClose": { help: "A request is answered by the end of the connection (FIN).", keys: scope },
  "modbus.garbage": {
    help: "Random bytes around each answer.",
    keys: {
      ...scope,
      before: usually(whole("Bytes before the answer.", 0, 1_000), 0),
      after: usually(whole("Bytes behind the answer.", 0, 1_000), 0),
    },
  },
  "modbus.wrong": {
    help: "One field of the answer is wrong. Transaction and protocol exist in Modbus TCP only.",
    keys: {
      ...scope,
      field: choice("The field.", ["transaction", "protocol", "unit", "function"]),
      by: usually(whole("What is added to the right value.", -65_535, 65_535), 1),
      value: optional(whole("What stands there instead, for example 0.", 0, 65_535)),
    },
  },
  "modbus.length": {
    help: "The length in the header of Modbus TCP lies.",
    keys: { ...scope, length: whole("The length that is written, for example 0 or 65535.", 0, 65_535) },
  },
  "modbus.byteCount": {
    help: "The byte count of a read answer lies; the frame itself is whole.",
    keys: { ...scope, by: usually(whole("What is added to the right count.", -255, 255), 2) },
  },
  "modbus.checksum": { help: "CRC (RTU) or LRC (ASCII) is wrong; Modbus TCP has none.", keys: scope },
  "modbus.truncated": {
    help: "An answer breaks off, and the connection stays open.",
    keys: { ...scope, bytes: whole("Bytes that still come.", 0, 600) },
  },
  "modbus.dribble": {
    help: "Answers come byte by byte.",
    keys: { ...scope, delayMs: milliseconds("Time between two bytes", 10_000) },
  },
  "modbus.exception": {
    help: "Requests are refused by an exception code, for example 2 (address), 6 (busy), 11 (gateway target silent).",
    keys: { ...scope, code: whole("Exception code.", 1, 255) },
  },
  "modbus.value": {
    help: "Registers hold what a careless decoder takes for a measurement; big-endian. It is repeated up to `to`.",
    keys: { ...placed, value: choice("What they hold.", Object.keys(hardValues) as HardValue[]) },
  },
  "modbus.order": {
    help: "Values change their byte order.",
    keys: {
      ...placed,
      to: address("Last register."),
      words: usually(whole("Registers of one value.", 1, 4), 2),
      order: choice("CDAB turns the words of a value, BADC the bytes of each word, DCBA both.", [
        "CDAB",
        "BADC",
        "DCBA",
      ]),
    },
  },
  "modbus.frozen": { help: "Registers stand still while the unit answers.", keys: { unit: scope.unit } },
  "modbus.flood": {
    help: "Each answer comes many times.",
    keys: { ...scope, copies: whole("How often.", 2, 10_000) },
  },
} as const;
