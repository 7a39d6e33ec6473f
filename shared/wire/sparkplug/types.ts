/** Sparkplug B data types (ISO/IEC 20237, chapter 6): name and number on the wire. */
export const datatypes = {
  Unknown: 0,
  Int8: 1,
  Int16: 2,
  Int32: 3,
  Int64: 4,
  UInt8: 5,
  UInt16: 6,
  UInt32: 7,
  UInt64: 8,
  Float: 9,
  Double: 10,
  Boolean: 11,
  String: 12,
  DateTime: 13,
  Text: 14,
  UUID: 15,
  DataSet: 16,
  Bytes: 17,
  File: 18,
  Template: 19,
  PropertySet: 20,
  PropertySetList: 21,
  Int8Array: 22,
  Int16Array: 23,
  Int32Array: 24,
  Int64Array: 25,
  UInt8Array: 26,
  UInt16Array: 27,
  UInt32Array: 28,
  UInt64Array: 29,
  FloatArray: 30,
  DoubleArray: 31,
  BooleanArray: 32,
  StringArray: 33,
  DateTimeArray: 34,
} as const;

export type DatatypeName = keyof typeof datatypes;
export type Datatype = (typeof datatypes)[DatatypeName];

/** Whole numbers beyond 2^53 are bigint; everything smaller is a number. */
export type ScalarValue = number | bigint | boolean | string | Uint8Array;
export type MetricValue = ScalarValue | readonly ScalarValue[] | DataSet | Template;

export interface PropertyValue {
  readonly type: number;
  /** Null for `is_null`. */
  readonly value: ScalarValue | PropertySet | readonly PropertySet[] | null;
}
export type PropertySet = Readonly<Record<string, PropertyValue>>;

export interface DataSet {
  readonly columns: readonly string[];
  readonly types: readonly number[];
  readonly rows: readonly (readonly (ScalarValue | null)[])[];
}

export interface Template {
  readonly version?: string;
  readonly templateRef?: string;
  readonly isDefinition: boolean;
  readonly metrics: readonly Metric[];
  readonly parameters: readonly { readonly name: string; readonly type: number; readonly value: ScalarValue | null }[];
}

/**
 * One metric. Where it carries its datatype (births, commands), `value` is of that datatype. In DATA the datatype is
 * absent and a decoded `value` is what the wire form says: unsigned where the wire carries two's complement.
 * `resolveMetric` turns it into the value of the datatype that the birth declared.
 */
export interface Metric {
  readonly name?: string;
  readonly alias?: number | bigint;
  /** ms UTC */
  readonly timestamp?: number;
  readonly datatype?: number;
  /** For the encoder, never sent: the datatype that the birth declared, where DATA leaves `datatype` off. */
  readonly declaredType?: number;
  readonly isHistorical?: boolean;
  readonly isTransient?: boolean;
  readonly properties?: PropertySet;
  /** Null for `is_null`; undefined where the metric has no value field at all. */
  readonly value?: MetricValue | null;
}

export interface Payload {
  /** ms UTC */
  readonly timestamp?: number;
  readonly metrics: readonly Metric[];
  /** 0 to 255; absent in NDEATH and commands. */
  readonly seq?: number;
  readonly uuid?: string;
  readonly body?: Uint8Array;
}
