import { type Static, Type } from "typebox";

export const modbusTables = ["coil", "discrete", "holding", "input"] as const;
/** Letters name a value's bytes, A most significant, in the order in which they travel. */
export const byteOrders = ["ABCD", "CDAB", "BADC", "DCBA"] as const;
export const modbusFormats = [
  "int16",
  "uint16",
  "int32",
  "uint32",
  "int64",
  "uint64",
  "float32",
  "float64",
  "bit",
] as const;

/** Registers that a value of the format takes. */
export const registersOf = {
  int16: 1,
  uint16: 1,
  bit: 1,
  int32: 2,
  uint32: 2,
  float32: 2,
  int64: 4,
  uint64: 4,
  float64: 4,
} as const satisfies Record<(typeof modbusFormats)[number], number>;

export const ModbusTcpConnection = Type.Object(
  {
    host: Type.String({ minLength: 1, description: "Host name or address of the device." }),
    port: Type.Integer({ default: 502, minimum: 1, maximum: 65_535, description: "TCP port." }),
    unit: Type.Integer({ default: 1, minimum: 0, maximum: 255, description: "Modbus unit id." }),
    timeoutMs: Type.Integer({
      default: 2_000,
      minimum: 50,
      maximum: 60_000,
      description: "Longest wait for an answer, in milliseconds.",
    }),
    byteOrder: Type.Enum(byteOrders, {
      default: "ABCD",
      description: "Byte order of values that take more than one register, where a tag names none.",
    }),
  },
  { additionalProperties: false, description: "Connection of one Modbus unit over Modbus TCP." },
);

export const ModbusTcpPolling = Type.Object(
  {
    periodMs: Type.Integer({
      default: 1_000,
      minimum: 50,
      maximum: 3_600_000,
      description: "Time between the starts of two polls, in milliseconds.",
    }),
    maxGap: Type.Integer({
      default: 10,
      minimum: 0,
      maximum: 124,
      description: "Unwanted registers that a request may span to save another request.",
    }),
    maxRegisters: Type.Integer({
      default: 125,
      minimum: 1,
      maximum: 125,
      description: "Most registers in one request.",
    }),
  },
  { additionalProperties: false, description: "How the unit is polled." },
);

export const ModbusTcpAddress = Type.Object(
  {
    table: Type.Enum(modbusTables, { description: "Table: coil (0x), discrete (1x), input (3x) or holding (4x)." }),
    register: Type.Integer({ minimum: 0, maximum: 65_535, description: "0-based protocol address." }),
    format: Type.Optional(
      Type.Enum(modbusFormats, {
        description: "How the registers make a value; needed in holding and input, absent in coil and discrete.",
      }),
    ),
    bit: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: 15,
        description: "Bit of the register with format `bit`; 0 is the least significant.",
      }),
    ),
    byteOrder: Type.Optional(
      Type.Enum(byteOrders, { description: "Byte order of this value; the connection's where absent." }),
    ),
  },
  { additionalProperties: false, description: "A value in the unit's tables." },
);

export type ModbusTcpConnection = Static<typeof ModbusTcpConnection>;
export type ModbusTcpPolling = Static<typeof ModbusTcpPolling>;
export type ModbusTcpAddress = Static<typeof ModbusTcpAddress>;
export type ByteOrder = (typeof byteOrders)[number];
export type ModbusFormat = (typeof modbusFormats)[number];
export type ModbusTable = (typeof modbusTables)[number];
