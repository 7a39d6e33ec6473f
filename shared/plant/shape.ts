import type { TSchema } from "typebox";

/** What the loader reads of a JSON Schema: the subset that the plant schema is written in. */
export interface Shape {
  readonly type?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly pattern?: string;
  readonly minLength?: number;
  /** A plain number is taken as the text in which it is written. */
  readonly asWritten?: boolean;
  readonly minimum?: number;
  readonly exclusiveMinimum?: number;
  readonly maximum?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly items?: Shape;
  readonly properties?: Readonly<Record<string, Shape>>;
  readonly required?: readonly string[];
  readonly patternProperties?: Readonly<Record<string, Shape>>;
  readonly anyOf?: readonly Shape[];
}

/** A schema as the loader reads it: TypeBox schemas are JSON Schema. */
export const shapeOf = (schema: TSchema): Shape => schema as Shape;

const listed = (values: readonly unknown[]) => values.map((value) => `\`${value}\``).join(", ");

/** What a value of the shape looks like, as the end of "must be …". */
export function expectationOf(shape: Shape): string {
  if (shape.enum) return `one of ${listed(shape.enum)}`;
  if (shape.const !== undefined) return `\`${shape.const}\``;
  switch (shape.type) {
    case "integer":
    case "number": {
      const noun = shape.type === "integer" ? "a whole number" : "a number";
      const { minimum, maximum } = shape;
      if (minimum !== undefined && maximum !== undefined) return `${noun} from ${minimum} to ${maximum}`;
      if (minimum !== undefined) return `${noun} of at least ${minimum}`;
      return maximum === undefined ? noun : `${noun} of at most ${maximum}`;
    }
    case "boolean":
      return "true or false";
    case "string":
      return shape.minLength ? "text that is not empty" : "text";
    case "array": {
      const { minItems, maxItems } = shape;
      if (minItems !== undefined && minItems === maxItems) return `a list of ${minItems}`;
      return minItems ? `a list of at least ${minItems}` : "a list";
    }
    default:
      return "an object with keys";
  }
}

/** The property that tells the variants of a union apart: a constant in each of them. */
export function discriminatorOf(variants: readonly Shape[]): string | undefined {
  const names = Object.keys(variants[0]?.properties ?? {});
  return names.find((name) => variants.every((variant) => variant.properties?.[name]?.const !== undefined));
}
