import type { Quality, TagValue } from "#shared/model/sample.ts";
import type { TagMeaning, TagType } from "#shared/model/tag.ts";
import type { LocalText } from "#shared/model/text.ts";

/** What an instrument shows at one moment. A bad reading has no value. */
export type Reading =
  | { readonly value: TagValue; readonly quality: Exclude<Quality, "bad"> }
  | { readonly value: null; readonly quality: "bad" };

export const good = (value: TagValue): Reading => ({ value, quality: "good" });
export const uncertain = (value: TagValue): Reading => ({ value, quality: "uncertain" });
export const bad: Reading = { value: null, quality: "bad" };

/** Where a value lies in a Modbus unit. */
export interface ModbusPoint {
  readonly face: "modbus";
  readonly instrument: string;
  readonly unit: number;
  readonly table: "coil" | "discrete" | "holding" | "input";
  /** 0-based protocol address. */
  readonly register: number;
  /** Absent in coil and discrete. */
  readonly format?: ModbusFormat;
  /** With format `bit`; 0 is the least significant. */
  readonly bit?: number;
  readonly byteOrder?: ByteOrder;
  /** Value = raw × factor. */
  readonly factor?: number;
}

export type ModbusFormat = "int16" | "uint16" | "int32" | "uint32" | "int64" | "uint64" | "float32" | "float64" | "bit";
/** Letters name a value's bytes, A most significant, in the order in which they travel. */
export type ByteOrder = "ABCD" | "CDAB" | "BADC" | "DCBA";

/** A measured quantity as its data sheet describes it: everything that a face or a plant file says of it. */
export interface Signal {
  readonly line: string;
  readonly equipment: string;
  readonly id: string;
  readonly name: LocalText;
  readonly type: TagType;
  /** UCUM code; empty for bool and string. */
  readonly unit: string;
  readonly range?: readonly [low: number, high: number];
  readonly normal?: readonly [low: number, high: number];
  readonly decimals: number;
  /** A change up to this is not worth reporting, in `unit`. */
  readonly deadband: number;
  readonly meaning: TagMeaning;
  readonly key: boolean;
  /** Texts of the values 0, 1, … of an enumeration. */
  readonly values?: readonly string[];
  readonly access: { readonly face: "opcua" } | ModbusPoint;
}

/** The signal's name in the OPC UA namespace: `<line>.<equipment>.<tag>`. */
export const nodeName = ({ line, equipment, id }: Pick<Signal, "line" | "equipment" | "id">): string =>
  `${line}.${equipment}.${id}`;

export const namespaceUri = "urn:pilotline:simulators";
