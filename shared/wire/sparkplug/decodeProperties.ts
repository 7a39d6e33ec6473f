import { fieldTag, propertyField, propertySetField, propertySetListField, wireType } from "./fields.ts";
import type { Reader } from "./reader.ts";
import type { PropertySet, PropertyValue, ScalarValue } from "./types.ts";
import { resolveValue } from "./values.ts";

const KEYS = fieldTag(propertySetField.keys, wireType.bytes);
const VALUES = fieldTag(propertySetField.values, wireType.bytes);
const TYPE = fieldTag(propertyField.type, wireType.varint);
const IS_NULL = fieldTag(propertyField.isNull, wireType.varint);
const PROPERTY_SET = fieldTag(propertyField.propertySet, wireType.bytes);
const PROPERTY_SET_LIST = fieldTag(propertyField.propertySetList, wireType.bytes);
const LIST_ITEM = fieldTag(propertySetListField.propertySet, wireType.bytes);

/** Keys and values of equal number (payloads-propertyset-keys-array-size). */
export function decodePropertySet(reader: Reader): PropertySet {
  const outer = reader.enter();
  const keys: string[] = [];
  const values: PropertyValue[] = [];
  while (reader.pos < reader.end) {
    const tag = reader.tag();
    if (tag === KEYS) {
      reader.count(1);
      keys.push(reader.string());
    } else if (tag === VALUES) values.push(decodeProperty(reader));
    else reader.skipUnknown(tag, propertySetField.values);
  }
  reader.leave(outer);
  if (keys.length !== values.length) reader.fail(`a property set of ${keys.length} keys and ${values.length} values`);
  // As entries, so that a key such as `__proto__` is a key like any other.
  return Object.fromEntries(values.map((value, i) => [keys[i] as string, value]));
}

function decodeProperty(reader: Reader): PropertyValue {
  reader.count(1);
  const outer = reader.enter();
  let type = 0;
  let isNull = false;
  let scalar: ScalarValue | undefined;
  let sets: PropertySet | readonly PropertySet[] | undefined;
  while (reader.pos < reader.end) {
    const tag = reader.tag();
    if (tag === TYPE) type = reader.uint32();
    else if (tag === IS_NULL) isNull = reader.boolean();
    else if (tag === PROPERTY_SET) sets = decodePropertySet(reader);
    else if (tag === PROPERTY_SET_LIST) sets = decodePropertySetList(reader);
    else if (tag >>> 3 >= propertyField.scalars && tag >>> 3 < propertyField.propertySet) {
      scalar = reader.scalar(tag, propertyField.scalars);
    } else if (tag >>> 3 === propertyField.extension) reader.skip(tag);
    else reader.skipUnknown(tag, propertyField.extension);
  }
  reader.leave(outer);
  if (isNull) return { type, value: null };
  if (scalar === undefined) return { type, value: sets ?? null };
  return { type, value: (resolveValue(scalar, type, 0) as ScalarValue | undefined) ?? scalar };
}

function decodePropertySetList(reader: Reader): readonly PropertySet[] {
  const outer = reader.enter();
  const sets: PropertySet[] = [];
  while (reader.pos < reader.end) {
    const tag = reader.tag();
    if (tag === LIST_ITEM) {
      reader.count(1);
      sets.push(decodePropertySet(reader));
    } else reader.skipUnknown(tag, propertySetListField.propertySet);
  }
  reader.leave(outer);
  return sets;
}
