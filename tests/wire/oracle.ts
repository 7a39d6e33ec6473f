import protobuf from "protobufjs";
import { writeArray } from "#shared/wire/sparkplug/arrays.ts";
import {
  type DataSet,
  datatypes,
  type Metric,
  type MetricValue,
  type Payload,
  type PropertySet,
  type PropertyValue,
  type ScalarValue,
  type Template,
} from "#shared/wire/sparkplug/types.ts";

const scalars = (first: number) => ({
  int_value: { type: "uint32", id: first },
  long_value: { type: "uint64", id: first + 1 },
  float_value: { type: "float", id: first + 2 },
  double_value: { type: "double", id: first + 3 },
  boolean_value: { type: "bool", id: first + 4 },
  string_value: { type: "string", id: first + 5 },
});
const text = (id: number) => ({ type: "string", id });
const long = (id: number) => ({ type: "uint64", id });
const int = (id: number) => ({ type: "uint32", id });
const flag = (id: number) => ({ type: "bool", id });
const one = (type: string, id: number) => ({ type, id });
const many = (type: string, id: number) => ({ rule: "repeated", type, id, options: { packed: false } });

/** The schema of ISO/IEC 20237, chapter 6, written a second time: nothing here comes from the codec under test. */
export const oracle = protobuf.Root.fromJSON({
  nested: {
    Payload: {
      edition: "proto2",
      fields: { timestamp: long(1), metrics: many("Metric", 2), seq: long(3), uuid: text(4), body: one("bytes", 5) },
    },
    Metric: {
      edition: "proto2",
      fields: {
        name: text(1),
        alias: long(2),
        timestamp: long(3),
        datatype: int(4),
        is_historical: flag(5),
        is_transient: flag(6),
        is_null: flag(7),
        metadata: one("MetaData", 8),
        properties: one("PropertySet", 9),
        ...scalars(10),
        bytes_value: one("bytes", 16),
        dataset_value: one("DataSet", 17),
        template_value: one("Template", 18),
        extension_value: one("Extension", 19),
      },
    },
    Extension: { edition: "proto2", fields: { anything: text(1000) } },
    MetaData: {
      edition: "proto2",
      fields: { is_multi_part: flag(1), content_type: text(2), size: long(3), file_name: text(5) },
    },
    PropertySet: { edition: "proto2", fields: { keys: many("string", 1), values: many("PropertyValue", 2) } },
    PropertyValue: {
      edition: "proto2",
      fields: {
        type: int(1),
        is_null: flag(2),
        ...scalars(3),
        propertyset_value: one("PropertySet", 9),
        propertysets_value: one("PropertySetList", 10),
        extension_value: one("Extension", 11),
      },
    },
    PropertySetList: { edition: "proto2", fields: { propertyset: many("PropertySet", 1) } },
    DataSet: {
      edition: "proto2",
      fields: { num_of_columns: long(1), columns: many("string", 2), types: many("uint32", 3), rows: many("Row", 4) },
    },
    Row: { edition: "proto2", fields: { elements: many("DataSetValue", 1) } },
    DataSetValue: { edition: "proto2", fields: { ...scalars(1), extension_value: one("Extension", 7) } },
    Template: {
      edition: "proto2",
      fields: {
        version: text(1),
        metrics: many("Metric", 2),
        parameters: many("Parameter", 3),
        template_ref: text(4),
        is_definition: flag(5),
      },
    },
    Parameter: {
      edition: "proto2",
      fields: { name: text(1), type: int(2), ...scalars(3), extension_value: one("Extension", 9) },
    },
  },
}).lookupType("Payload");

type Plain = Record<string, unknown>;

/** Drops what is absent; protobufjs takes `undefined` as a value. */
const present = (plain: Plain): Plain => Object.fromEntries(Object.entries(plain).filter(([, v]) => v !== undefined));

const ints: readonly number[] = [
  datatypes.Int8,
  datatypes.Int16,
  datatypes.Int32,
  datatypes.UInt8,
  datatypes.UInt16,
  datatypes.UInt32,
];
const longs: readonly number[] = [datatypes.Int64, datatypes.UInt64, datatypes.DateTime];

const unsigned64 = (n: number | bigint): string => BigInt.asUintN(64, BigInt(n)).toString();

function scalar(value: ScalarValue, type: number): Plain {
  if (typeof value === "boolean") return { boolean_value: value };
  if (typeof value === "string") return { string_value: value };
  if (value instanceof Uint8Array) return { bytes_value: value };
  if (longs.includes(type)) return { long_value: unsigned64(value) };
  if (ints.includes(type)) return { int_value: Number(BigInt.asUintN(32, BigInt(value))) };
  return type === datatypes.Float ? { float_value: value } : { double_value: value };
}

function metricValue(value: MetricValue, type: number): Plain {
  if (typeof value !== "object" || value instanceof Uint8Array) return scalar(value, type);
  if ("columns" in value) return { dataset_value: dataSet(value) };
  if ("metrics" in value) return { template_value: template(value) };
  return { bytes_value: writeArray(value, type) };
}

const dataSet = ({ columns, types, rows }: DataSet): Plain => ({
  num_of_columns: String(columns.length),
  columns,
  types,
  rows: rows.map((row) => ({
    elements: row.map((cell, i) => (cell === null ? {} : scalar(cell, types[i] as number))),
  })),
});

const template = (t: Template): Plain =>
  present({
    version: t.version,
    template_ref: t.templateRef,
    is_definition: t.isDefinition,
    metrics: t.metrics.map(metric),
    parameters: t.parameters.map(({ name, type, value }) => ({
      name,
      type,
      ...(value !== null && scalar(value, type)),
    })),
  });

const propertySet = (set: PropertySet): Plain => ({
  keys: Object.keys(set),
  values: Object.values(set).map(property),
});

function property({ type, value }: PropertyValue): Plain {
  if (value === null) return { type, is_null: true };
  if (typeof value !== "object" || value instanceof Uint8Array) return { type, ...scalar(value, type) };
  if (Array.isArray(value)) return { type, propertysets_value: { propertyset: value.map(propertySet) } };
  return { type, propertyset_value: propertySet(value as PropertySet) };
}

const metric = (m: Metric): Plain =>
  present({
    name: m.name,
    alias: m.alias === undefined ? undefined : String(m.alias),
    timestamp: m.timestamp === undefined ? undefined : String(m.timestamp),
    datatype: m.datatype,
    is_historical: m.isHistorical,
    is_transient: m.isTransient,
    properties: m.properties && propertySet(m.properties),
    ...(m.value === null
      ? { is_null: true }
      : m.value !== undefined && metricValue(m.value, m.datatype ?? m.declaredType ?? 0)),
  });

/** A payload as protobufjs writes it. */
export function oracleEncode(payload: Payload): Uint8Array {
  const plain = present({
    timestamp: payload.timestamp === undefined ? undefined : String(payload.timestamp),
    metrics: payload.metrics.map(metric),
    seq: payload.seq === undefined ? undefined : String(payload.seq),
    uuid: payload.uuid,
    body: payload.body,
  });
  return Uint8Array.from(oracle.encode(oracle.fromObject(plain)).finish());
}

/** A payload as protobufjs reads it, as plain values. */
export const oracleDecode = (bytes: Uint8Array): Plain => oracle.toObject(oracle.decode(bytes), { longs: String });
