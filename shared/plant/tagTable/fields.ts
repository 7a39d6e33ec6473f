import { type ProtocolName, protocols } from "../protocols/registry.ts";
import { type Shape, shapeOf } from "../shape.ts";
import { TagSchema } from "../tagSchema.ts";

/** How a key's value is written in cells: `band` is [low, high] in two cells, `list` several numbers in one. */
export type FieldKind = "text" | "number" | "boolean" | "band" | "list";

/** A key of a tag with the columns that hold it. */
export interface Field {
  /** Key path below the tag, for example `address.table`. */
  readonly key: string;
  readonly path: readonly string[];
  readonly kind: FieldKind;
  readonly shape: Shape;
  readonly titles: readonly string[];
}

/** Keys that a row tells otherwise: its equipment has the tag, its table is one device's. */
const elsewhere = new Set(["id", "device"]);

/** Every key of a tag of a device that speaks the protocol, from the schemas themselves. */
export function fieldsOf(protocol: ProtocolName): readonly Field[] {
  const properties = shapeOf(TagSchema).properties ?? {};
  return Object.entries(properties).flatMap(([key, shape]) => {
    if (elsewhere.has(key)) return [];
    return fieldsBelow(key === "address" ? shapeOf(protocols[protocol].address) : shape, [key]);
  });
}

function fieldsBelow(shape: Shape, path: readonly string[]): readonly Field[] {
  if (shape.properties)
    return Object.entries(shape.properties).flatMap(([key, part]) => fieldsBelow(part, [...path, key]));
  const key = path.join(".");
  const kind = kindOf(shape, key);
  const titles = kind === "band" ? [`${key}.low`, `${key}.high`] : [key];
  return [{ key, path, kind, shape, titles }];
}

function kindOf({ type, minItems, maxItems, items }: Shape, key: string): FieldKind {
  if (type === "array" && items?.type === "number") return minItems === 2 && maxItems === 2 ? "band" : "list";
  if (type === "number" || type === "integer") return "number";
  if (type === "boolean") return "boolean";
  if (type === "array" || type === "object")
    throw new Error(`a table has no column for \`${key}\`: teach tagTable its form`);
  return "text";
}
