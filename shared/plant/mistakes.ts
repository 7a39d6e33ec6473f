import type { Node } from "yaml";

/** A mistake at a node, with the key path at which it was met: in the plant with its templates expanded. */
export interface Mistake {
  readonly node: Node | undefined;
  readonly path: string;
  readonly what: string;
  readonly remedy: string;
}
