import { AttributeIds, type NodeId, resolveNodeId } from "node-opcua";
import type { OpcuaAddress } from "#shared/plant/protocols/opcua.ts";

/** The node of an address in this server's numbering of namespaces; undefined where it has no such namespace. */
export function nodeOf({ node }: OpcuaAddress, namespaces: readonly string[]): NodeId | undefined {
  if (node === undefined) return undefined;
  try {
    return resolveNodeId(node, { namespaceArray: [...namespaces] });
  } catch {
    return undefined;
  }
}

export const valueAttribute = (nodeId: NodeId): { nodeId: NodeId; attributeId: AttributeIds } => ({
  nodeId,
  attributeId: AttributeIds.Value,
});

/** `items` in pieces of at most `size`. */
export const inBatches = <T>(items: readonly T[], size: number): readonly (readonly T[])[] =>
  Array.from({ length: Math.ceil(items.length / size) }, (_, i) => items.slice(i * size, (i + 1) * size));
