import { encodeScalar } from "./encodeScalar.ts";
import { fieldTag, propertyField, propertySetField, propertySetListField, wireType } from "./fields.ts";
import type { PropertySet, PropertyValue, ScalarValue } from "./types.ts";
import type { Writer } from "./writer.ts";

const KEYS = fieldTag(propertySetField.keys, wireType.bytes);
const VALUES = fieldTag(propertySetField.values, wireType.bytes);
const TYPE = fieldTag(propertyField.type, wireType.varint);
const IS_NULL = fieldTag(propertyField.isNull, wireType.varint);
const PROPERTY_SET = fieldTag(propertyField.propertySet, wireType.bytes);
const PROPERTY_SET_LIST = fieldTag(propertyField.propertySetList, wireType.bytes);
const LIST_ITEM = fieldTag(propertySetListField.propertySet, wireType.bytes);

export function encodePropertySet(writer: Writer, tag: number, properties: PropertySet): void {
  const mark = writer.open(tag);
  const entries = Object.entries(properties);
  for (const [key] of entries) writer.string(KEYS, key);
  for (const [, property] of entries) encodeProperty(writer, property);
  writer.close(mark);
}

function encodeProperty(writer: Writer, { type, value }: PropertyValue): void {
  const mark = writer.open(VALUES);
  writer.uint32(TYPE, type);
  if (value === null) writer.boolean(IS_NULL, true);
  else if (isScalar(value)) encodeScalar(writer, propertyField.scalars, value, type);
  else if (isList(value)) encodePropertySetList(writer, value);
  else encodePropertySet(writer, PROPERTY_SET, value);
  writer.close(mark);
}

type PropertyContent = NonNullable<PropertyValue["value"]>;

const isScalar = (value: PropertyContent): value is ScalarValue =>
  typeof value !== "object" || value instanceof Uint8Array;

const isList = (value: PropertySet | readonly PropertySet[]): value is readonly PropertySet[] => Array.isArray(value);

function encodePropertySetList(writer: Writer, sets: readonly PropertySet[]): void {
  const mark = writer.open(PROPERTY_SET_LIST);
  for (const set of sets) encodePropertySet(writer, LIST_ITEM, set);
  writer.close(mark);
}
