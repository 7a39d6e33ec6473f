import { type Static, type TProperties, Type } from "typebox";

export const modbusTables = ["coil", "discrete", "holding", "input"] as const;
/** Letters name a value's bytes, A most significant, in the order in which they travel. */
export const byteOrders = ["ABCD", "CDAB", "BADC", "DCBA"] as const;

/** Registers that a value of the format takes; only a string says its length itself. */
export const registersOf = {
  int16: 1,
  uint16: 1,
  int32: 2,
  uint32: 2,
  int64: 4,
  uint64: 4,
  float32: 2,
  float64: 4,
  bcd16: 1,
  bcd32: 2,
  bit: 1,
  bits: 1,
} as const;

export type NumberFormat = keyof typeof registersOf;
export type ModbusFormat = NumberFormat | "string";
export const modbusFormats: readonly ModbusFormat[] = [...(Object.keys(registersOf) as NumberFormat[]), "string"];

/** How a string's bytes make characters, by their names in the WHATWG encoding standard. */
export const textEncodings = ["utf-8", "gb18030", "latin1"] as const;
export const defaultEncoding: TextEncoding = "utf-8";

const closed = { additionalProperties: false } as const;

const unit = {
  unit: Type.Integer({ default: 1, minimum: 0, maximum: 255, description: "Modbus unit id." }),
  timeoutMs: Type.Integer({
    default: 2_000,
    minimum: 50,
    maximum: 60_000,
    description: "Longest wait for an answer, in milliseconds.",
  }),
  byteOrder: Type.Enum(byteOrders, {
    default: "ABCD",
    description: "Byte order of numbers that take more than one register, where a tag names none.",
  }),
} as const;

const host = Type.String({ minLength: 1, description: "Host name or address of the device or of its serial server." });

const line = {
  path: Type.String({ minLength: 1, description: "Serial port, for example /dev/ttyUSB0 or COM3." }),
  baudRate: Type.Integer({ default: 9_600, minimum: 300, maximum: 921_600, description: "Bits per second." }),
  parity: Type.Enum(["none", "even", "odd"], { default: "even", description: "Parity; the standard asks for even." }),
  stopBits: Type.Enum([1, 2], { default: 1, description: "Stop bits." }),
} as const;

const transport = <T extends string, P extends TProperties>(name: T, properties: P, description: string) =>
  Type.Object({ transport: Type.Literal(name, { description }), ...properties, ...unit }, { ...closed, description });

/** Where the unit answers. Without `transport` Modbus TCP is meant. */
export const ModbusConnection = Type.Union([
  Type.Object(
    {
      transport: Type.Literal("tcp", { default: "tcp", description: "Modbus TCP." }),
      host,
      port: Type.Integer({ default: 502, minimum: 1, maximum: 65_535, description: "TCP port." }),
      inFlight: Type.Integer({
        default: 1,
        minimum: 1,
        maximum: 16,
        description: "Most requests that wait for an answer at once; many devices serve one.",
      }),
      transactionIds: Type.Enum(["checked", "ignored"], {
        default: "checked",
        description: "ignored: for a device that answers each request with transaction id 0.",
      }),
      ...unit,
    },
    { ...closed, description: "Modbus TCP." },
  ),
  transport(
    "rtu-over-tcp",
    { host, port: Type.Integer({ default: 502, minimum: 1, maximum: 65_535, description: "TCP port." }) },
    "RTU frames over TCP, as transparent serial servers pass them on.",
  ),
  transport(
    "ascii-over-tcp",
    { host, port: Type.Integer({ default: 502, minimum: 1, maximum: 65_535, description: "TCP port." }) },
    "ASCII frames over TCP, as transparent serial servers pass them on.",
  ),
  transport(
    "rtu",
    { ...line, dataBits: Type.Literal(8, { default: 8, description: "Data bits; RTU has 8." }) },
    "RTU on a serial line of this machine.",
  ),
  transport(
    "ascii",
    { ...line, dataBits: Type.Enum([7, 8], { default: 7, description: "Data bits; the standard asks for 7." }) },
    "ASCII on a serial line of this machine.",
  ),
]);

const address16 = (description: string) => Type.Integer({ minimum: 0, maximum: 65_535, description });

export const ModbusPolling = Type.Object(
  {
    periodMs: Type.Integer({
      default: 1_000,
      minimum: 50,
      maximum: 3_600_000,
      description: "Time between the starts of two polls, in milliseconds, where a tag names none.",
    }),
    maxGap: Type.Integer({
      default: 10,
      minimum: 0,
      maximum: 124,
      description:
        "Unwanted registers that a request may span to save another request; 16 bits of coil or discrete count as one.",
    }),
    maxRegisters: Type.Integer({
      default: 125,
      minimum: 1,
      maximum: 125,
      description: "Most registers in one request; 16 bits of coil or discrete count as one.",
    }),
    exclude: Type.Array(
      Type.Object(
        {
          table: Type.Enum(modbusTables, { description: "Table of the addresses." }),
          from: address16("First 0-based protocol address."),
          to: address16("Last 0-based protocol address."),
        },
        { ...closed, description: "Addresses that the device must never be asked for." },
      ),
      { default: [], description: "Addresses that no request may touch, not even to span a gap." },
    ),
    retries: Type.Integer({
      default: 1,
      minimum: 0,
      maximum: 5,
      description: "How often a request with a bad or missing answer is repeated within a poll.",
    }),
    pauseMs: Type.Integer({
      default: 0,
      minimum: 0,
      maximum: 1_000,
      description: "Rest between an answer and the next request, in milliseconds, for devices that need one.",
    }),
  },
  { ...closed, description: "How the unit is polled." },
);

export const ModbusAddress = Type.Object(
  {
    table: Type.Optional(
      Type.Enum(modbusTables, { description: "Table: coil (0x), discrete (1x), input (3x) or holding (4x)." }),
    ),
    register: Type.Optional(address16("0-based protocol address in the table.")),
    modicon: Type.Optional(
      Type.String({
        pattern: "^[0-9]{5,6}$",
        asWritten: true,
        description:
          "Instead of table and register: 5 or 6 digits as data sheets write them, the first one the table, the rest counted from 1 (40001 is holding register 0).",
      }),
    ),
    format: Type.Optional(
      Type.Enum([...modbusFormats], {
        description: "How the registers make a value; needed in holding and input, absent in coil and discrete.",
      }),
    ),
    length: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 125,
        description:
          "Registers of a string, two bytes in each. The text ends at a NUL; blanks at its end are left out.",
      }),
    ),
    bit: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: 15,
        description: "Bit of the register with format `bit`, lowest bit with `bits`; 0 is the least significant.",
      }),
    ),
    width: Type.Optional(Type.Integer({ minimum: 2, maximum: 15, description: "Number of bits with format `bits`." })),
    byteOrder: Type.Optional(
      Type.Enum(byteOrders, {
        description:
          "Byte order of this value; the connection's where absent. BADC and DCBA swap the bytes of one register and the characters of a string too.",
      }),
    ),
    encoding: Type.Optional(
      Type.Enum(textEncodings, {
        description: "Characters of a string, utf-8 where absent; gb18030 reads GBK and GB 2312 too.",
      }),
    ),
  },
  { ...closed, description: "A value in the unit's tables: `table` and `register`, or `modicon`." },
);

export type ModbusConnection = Static<typeof ModbusConnection>;
export type ModbusTransport = ModbusConnection["transport"];
export type ModbusPolling = Static<typeof ModbusPolling>;
export type ByteOrder = (typeof byteOrders)[number];
export type TextEncoding = (typeof textEncodings)[number];
export type ModbusTable = (typeof modbusTables)[number];
export type WrittenModbusAddress = Static<typeof ModbusAddress>;

/** An address of a checked plant: always by table and 0-based register. */
export type ModbusAddress = Omit<WrittenModbusAddress, "table" | "register" | "modicon"> & {
  readonly table: ModbusTable;
  readonly register: number;
};

/** Registers, or bits of a bit table, that the value takes. */
export const lengthOf = ({ format, length }: Pick<WrittenModbusAddress, "format" | "length">): number =>
  format === "string" ? (length ?? 1) : format === undefined ? 1 : registersOf[format];
