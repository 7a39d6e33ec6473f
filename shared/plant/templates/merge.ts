import { type Node, Pair } from "yaml";
import { keyOf } from "../conform.ts";
import { type MapNode, type PairNode, type Reader, withPairs } from "./yamlMaps.ts";

interface MergeTools {
  readonly reader: Reader;
  /** Takes down what the maps made here stand for. */
  readonly stands: Map<Node, Node>;
}

/** `base` with the keys of `over` in place of its own: values that are objects in both are merged key by key, once. */
export function merged(base: MapNode, over: MapNode, { reader, stands }: MergeTools): MapNode {
  const pairs = over.items.map((pair): PairNode => {
    const [below, above] = [reader.map(reader.at(base, keyOf(pair))), reader.map(pair.value)];
    if (!below || !above) return pair;
    const both = withPairs(below, above.items);
    both.range = above.range;
    stands.set(both, above);
    return new Pair<Node, Node | null>(pair.key, both);
  });
  return withPairs(base, pairs);
}
