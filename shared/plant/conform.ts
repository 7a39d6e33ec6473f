import { Value } from "typebox/value";
import { isMap, isScalar, isSeq, type Node, type Pair, type Scalar, type YAMLMap, type YAMLSeq } from "yaml";
import { type Environment, expand } from "./environment.ts";
import { suggest } from "./nearest.ts";
import { discriminatorOf, expectationOf, type Shape } from "./shape.ts";
import type { YamlSource } from "./yamlSource.ts";

export interface ConformEnvironment {
  readonly source: Pick<YamlSource, "resolve">;
  readonly env: Environment;
  readonly report: (node: Node, path: string, what: string, remedy: string) => void;
}

/** A value whose shape is too wrong to look at any further. */
const unusable = Symbol("unusable");

export const child = (path: string, key: string | number): string => {
  if (typeof key === "number") return `${path}[${key}]`;
  return path === "" ? key : `${path}.${key}`;
};

/**
 * Holds YAML nodes against a schema: expands the environment, fills defaults in, and takes down every mistake at its
 * place. Keeps the node of each key path, so that later checks can name places too.
 */
export class Conformer {
  readonly nodes = new Map<string, Node>();
  readonly #given: ConformEnvironment;
  #usable = true;

  constructor(given: ConformEnvironment) {
    this.#given = given;
  }

  /** False once a key was missing or of the wrong type: values are then not what their schema says. */
  get usable(): boolean {
    return this.#usable;
  }

  /** The node's value with defaults. Where `usable` is true, it has the type of `schema`. */
  conform(schema: Shape, node: Node, path: string): unknown {
    const value = this.#walk(schema, node, path);
    return value === unusable ? undefined : value;
  }

  /** Holds what stands at a key path against a narrower schema; undefined where it does not have its types. */
  again(schema: Shape, path: string): unknown {
    const node = this.nodes.get(path);
    if (!node) return undefined;
    this.#usable = true;
    const value = this.conform(schema, node, path);
    return this.#usable ? value : undefined;
  }

  #report(node: Node, path: string, what: string, remedy: string): void {
    this.#given.report(node, path === "" ? "plant" : path, what, remedy);
  }

  #refuse(node: Node, path: string, what: string, remedy: string): typeof unusable {
    this.#usable = false;
    this.#report(node, path, what, remedy);
    return unusable;
  }

  #walk(schema: Shape, written: Node, path: string): unknown {
    const node = this.#given.source.resolve(written);
    if (!node) return this.#refuse(written, path, "the alias has no anchor", "define the anchor above it.");
    this.nodes.set(path, written);
    if (schema.anyOf) return this.#variant(schema.anyOf, node, path);
    if (schema.type === "object") {
      return isMap(node)
        ? this.#object(schema, node as YAMLMap<Node, Node | null>, path)
        : this.#mismatch(schema, node, path);
    }
    if (schema.type === "array") {
      return isSeq(node) ? this.#array(schema, node as YAMLSeq<Node>, path) : this.#mismatch(schema, node, path);
    }
    if (schema.type === undefined && !schema.enum && schema.const === undefined) return this.#untyped(node, path);
    return isScalar(node) ? this.#scalar(schema, node, path) : this.#mismatch(schema, node, path);
  }

  #mismatch(schema: Shape, node: Node, path: string): typeof unusable {
    const got = isMap(node) ? "an object" : isSeq(node) ? "a list" : describe(isScalar(node) ? node.value : undefined);
    return this.#refuse(node, path, `must be ${expectationOf(schema)}, is ${got}`, expected(schema));
  }

  #variant(variants: readonly Shape[], node: Node, path: string): unknown {
    const name = discriminatorOf(variants);
    if (name === undefined || !isMap(node)) return this.#mismatch({}, node, path);
    const choice = node.get(name, true);
    const known = variants.map((variant) => String(variant.properties?.[name]?.const));
    const usual = variants.find((variant) => variant.properties?.[name]?.default !== undefined);
    if (choice === undefined && usual) return this.#walk(usual, node, path);
    if (choice === undefined) {
      return this.#refuse(node, path, `key \`${name}\` is missing`, `it is one of ${known.join(", ")}.`);
    }
    const named = isScalar(choice) ? String(choice.value) : "";
    const index = known.indexOf(expand(named, this.#given.env).text);
    const variant = variants[index];
    if (variant) return this.#walk(variant, node, path);
    return this.#refuse(
      choice as Node,
      child(path, name),
      `unknown ${name} \`${named}\``,
      suggest(named, known, `known ${name}`),
    );
  }

  #object(schema: Shape, map: YAMLMap<Node, Node | null>, path: string): unknown {
    const properties = schema.properties ?? {};
    const others = Object.values(schema.patternProperties ?? {})[0];
    const value: Record<string, unknown> = {};
    for (const pair of map.items) {
      const key = keyOf(pair);
      const at = child(path, key);
      const shape = Object.hasOwn(properties, key) ? properties[key] : others;
      if (!shape) {
        const unused = Object.keys(properties).filter((name) => !map.has(name));
        const remedy = unused.length === 0 ? "remove it." : suggest(key, unused, "keys that can stand here");
        this.#report(pair.key, at, `unknown key \`${key}\``, remedy);
        continue;
      }
      if (!pair.value) {
        value[key] = this.#refuse(pair.key, at, "has no value", expected(shape));
      } else value[key] = this.#walk(shape, pair.value, at);
    }
    for (const [key, shape] of Object.entries(properties)) {
      if (Object.hasOwn(value, key)) continue;
      if (shape.default !== undefined) value[key] = withDefaults(shape);
      else if (schema.required?.includes(key)) {
        this.#refuse(map, path, `key \`${key}\` is missing`, `add it: ${shape.description}`);
      }
    }
    return value;
  }

  #array(schema: Shape, list: YAMLSeq<Node>, path: string): unknown {
    const { minItems = 0, maxItems = Infinity, items = {} } = schema;
    if (list.items.length < minItems || list.items.length > maxItems) {
      const remedy = expected(schema);
      return this.#refuse(list, path, `must be ${expectationOf(schema)}, has ${list.items.length}`, remedy);
    }
    return list.items.map((item, i) => this.#walk(items, item, child(path, i)));
  }

  #scalar(schema: Shape, node: Scalar, path: string): unknown {
    const value = this.#expanded(node, path, schema);
    if (value === unusable) return unusable;
    if (Value.Check(schema, value)) return value;
    const text = typeof value === "string" && value !== "" ? value : undefined;
    if (schema.enum && text !== undefined) {
      const remedy = suggest(text, schema.enum.map(String), "it is one of");
      return this.#refuse(node, path, `unknown value \`${text}\``, remedy);
    }
    if (schema.type === "string" && text === undefined && value !== "" && value !== null) {
      return this.#refuse(
        node,
        path,
        `must be text, is ${describe(value)}`,
        `write it in quotes: "${node.source ?? value}".`,
      );
    }
    const remedy = expected(schema);
    // Still text, or a number: whatever refers to it can be checked all the same.
    if (schema.pattern && text !== undefined) {
      this.#report(node, path, `\`${text}\` does not have the form that is asked for`, remedy);
      return value;
    }
    if (typeof value === "number" && schema.type === "number" && Number.isFinite(value)) {
      this.#report(node, path, `must be ${expectationOf(schema)}, is ${value}`, remedy);
      return value;
    }
    return this.#refuse(node, path, `must be ${expectationOf(schema)}, is ${describe(value)}`, remedy);
  }

  /** The scalar with the environment put in; a whole `${NAME:default}` takes the type that the schema asks for. */
  #expanded(node: Scalar, path: string, schema: Shape): unknown {
    if (typeof node.value === "number" && schema.asWritten && node.source !== undefined) return node.source;
    if (typeof node.value !== "string") return node.value;
    const { text, whole, missing } = expand(node.value, this.#given.env);
    if (missing.length > 0) {
      const names = missing.join(", ");
      return this.#refuse(
        node,
        path,
        `environment variable ${names} is not set`,
        `set it, or give a default: \${${missing[0]}:default}.`,
      );
    }
    if (!whole) return text;
    if ((schema.type === "number" || schema.type === "integer") && text.trim() !== "") {
      return Number.isNaN(Number(text)) ? text : Number(text);
    }
    return schema.type === "boolean" && (text === "true" || text === "false") ? text === "true" : text;
  }

  /** What no schema describes yet (a tag's address, until its device is known): left as it is written. */
  #untyped(node: Node, path: string): unknown {
    if (isScalar(node)) return this.#expanded(node, path, {});
    if (isSeq(node)) return node.items.map((item, i) => this.#untyped(item as Node, child(path, i)));
    return undefined;
  }
}

/** The key as text: numbers and true/false are written plainly in a state map. */
export const keyOf = ({ key }: Pair<Node, Node | null>): string => (isScalar(key) ? String(key.value) : String(key));

const expected = ({ description = "see docs/plant-reference.md." }: Shape): string => `expected: ${description}`;

const describe = (value: unknown): string => (value === null || value === undefined ? "empty" : `\`${value}\``);

/** The default of a shape, with the defaults of its own properties below it. */
function withDefaults(shape: Shape): unknown {
  if (shape.type !== "object") return shape.default;
  const below = Object.entries(shape.properties ?? {}).filter(([, property]) => property.default !== undefined);
  return {
    ...Object.fromEntries(below.map(([key, property]) => [key, withDefaults(property)])),
    ...(shape.default as object),
  };
}
