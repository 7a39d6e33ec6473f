import { isMap, isScalar, isSeq, type Node, Pair, Scalar, YAMLMap, YAMLSeq } from "yaml";
import { child, keyOf } from "../conform.ts";
import { type Environment, expand } from "../environment.ts";
import type { YamlSource } from "../yamlSource.ts";

export type MapNode = YAMLMap<Node, Node | null>;
export type PairNode = Pair<Node, Node | null>;
export type SeqNode = YAMLSeq<Node>;

/** Reads a tree that no schema has been held against yet: what is not there, or is something else, is undefined. */
export interface Reader {
  map(node: Node | null | undefined): MapNode | undefined;
  items(node: Node | null | undefined): readonly Node[];
  at(map: MapNode | undefined, key: string): Node | undefined;
  scalar(node: Node | null | undefined): Scalar | undefined;
  text(node: Node | null | undefined): string | undefined;
}

export function createReader(source: Pick<YamlSource, "resolve">, env: Environment): Reader {
  const resolved = (node: Node | null | undefined) => (node ? source.resolve(node) : undefined);
  const scalar = (node: Node | null | undefined) => {
    const found = resolved(node);
    return isScalar(found) ? found : undefined;
  };
  return {
    scalar,
    map: (node) => {
      const found = resolved(node);
      return isMap(found) ? (found as MapNode) : undefined;
    },
    items: (node) => {
      const found = resolved(node);
      return isSeq(found) ? (found as SeqNode).items : [];
    },
    at: (map, key) => map?.items.find((pair) => keyOf(pair) === key)?.value ?? undefined,
    text: (node) => {
      const found = scalar(node);
      return typeof found?.value === "string" ? expand(found.value, env).text : undefined;
    },
  };
}

/** Members of a list with their key paths. */
export const listed = (nodes: readonly Node[], path: string): readonly (readonly [Node, string])[] =>
  nodes.map((node, i) => [node, child(path, i)]);

/** A node that stands at the place of another one. */
export function placed<T extends Node>(node: T, like: Node): T {
  node.range = like.range;
  return node;
}

export const textNode = (text: string, like: Node): Scalar<string> => placed(new Scalar(text), like);

export function listNode(items: readonly Node[], like: Node): SeqNode {
  const list = new YAMLSeq<Node>();
  list.items.push(...items);
  return placed(list, like);
}

export function mapNode(pairs: readonly PairNode[], like: Node): MapNode {
  const map = new YAMLMap<Node, Node | null>();
  map.items.push(...pairs);
  return placed(map, like);
}

export const pairNode = (key: string, value: Node): PairNode =>
  new Pair<Node, Node | null>(textNode(key, value), value);

/** A copy of the map with these pairs in place of its own of the same keys, and those of new keys behind. */
export function withPairs(map: MapNode, pairs: readonly PairNode[]): MapNode {
  const left = new Map(pairs.map((pair) => [keyOf(pair), pair]));
  const own = map.items.map((pair) => {
    const name = keyOf(pair);
    const other = left.get(name);
    left.delete(name);
    return other ?? pair;
  });
  return mapNode([...own, ...left.values()], map);
}
