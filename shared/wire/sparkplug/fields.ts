/**
 * Field numbers of the Sparkplug B payload (ISO/IEC 20237, chapter 6), a protocol buffer of version 2. Numbers that a
 * message does not name are extensions and are skipped.
 */
export const wireType = { varint: 0, fixed64: 1, bytes: 2, fixed32: 5 } as const;

export const payloadField = { timestamp: 1, metrics: 2, seq: 3, uuid: 4, body: 5 } as const;

export const metricField = {
  name: 1,
  alias: 2,
  timestamp: 3,
  datatype: 4,
  isHistorical: 5,
  isTransient: 6,
  isNull: 7,
  metadata: 8,
  properties: 9,
  /** First of the six scalar fields, see `scalarWireTypes`. */
  scalars: 10,
  bytes: 16,
  dataSet: 17,
  template: 18,
  extension: 19,
} as const;

export const propertySetField = { keys: 1, values: 2 } as const;
export const propertySetListField = { propertySet: 1 } as const;
export const propertyField = {
  type: 1,
  isNull: 2,
  scalars: 3,
  propertySet: 9,
  propertySetList: 10,
  extension: 11,
} as const;

export const dataSetField = { numberOfColumns: 1, columns: 2, types: 3, rows: 4 } as const;
export const rowField = { elements: 1 } as const;
export const cellField = { scalars: 1, extension: 7 } as const;

export const templateField = { version: 1, metrics: 2, parameters: 3, templateRef: 4, isDefinition: 5 } as const;
export const parameterField = { name: 1, type: 2, scalars: 3, extension: 9 } as const;

/**
 * Wherever a scalar is carried, six neighbouring fields carry it, always in this order: int_value, long_value,
 * float_value, double_value, boolean_value, string_value.
 */
export const scalarWireTypes = [
  wireType.varint,
  wireType.varint,
  wireType.fixed32,
  wireType.fixed64,
  wireType.varint,
  wireType.bytes,
] as const;

/** What precedes a field on the wire. */
export const fieldTag = (field: number, wire: number): number => (field << 3) | wire;
