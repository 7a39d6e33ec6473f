import {
  BrowseDirection,
  type BrowseResult,
  type ClientSession,
  makeNodeClassMask,
  makeResultMask,
  NodeClass,
  type NodeId,
  type ReferenceDescription,
  StatusCodes,
} from "node-opcua";
import type { Asking } from "./gently.ts";

/** A node of the address space as its parent refers to it. */
export interface WalkedNode {
  readonly nodeId: NodeId;
  /** With its namespace by URI, as plant.yaml writes it; undefined where it cannot be written so. */
  readonly id: string | undefined;
  readonly kind: "object" | "variable" | "property";
  readonly browseName: string;
  readonly displayName: { readonly text: string; readonly locale: string };
  /** Browse names below the root, joined by `/`. */
  readonly path: string;
  readonly children: WalkedNode[];
  /** Properties of it by browse name; undefined where it was not browsed. */
  properties: ReadonlyMap<string, NodeId> | undefined;
}

export interface Walk {
  readonly root: NodeId;
  /** Levels below the root. */
  readonly depth: number;
  /** Most nodes that are taken; the walk stops there and says so. */
  readonly most: number;
  /** Properties as nodes of their own; they are never descended into. */
  readonly withProperties: boolean;
  readonly idOf: (nodeId: NodeId) => string | undefined;
}

export interface Walked {
  /** Depth first, in the server's own order. */
  readonly nodes: readonly WalkedNode[];
  readonly complete: boolean;
}

const hierarchical = "i=33";
const hasProperty = "i=46";
/** The server's own state: thousands of nodes of diagnostics, and no measurement. */
const serverObject = "ns=0;i=2253";
/** Leads to how the history of a variable is kept. */
const hasHistoricalConfiguration = "ns=0;i=56";

const isNoMeasurement = ({ nodeId, referenceTypeId }: ReferenceDescription): boolean =>
  nodeId.toString() === serverObject || referenceTypeId.toString() === hasHistoricalConfiguration;

const hierarchicalChildren = (nodeId: NodeId) => ({
  nodeId,
  referenceTypeId: hierarchical,
  includeSubtypes: true,
  browseDirection: BrowseDirection.Forward,
  nodeClassMask: makeNodeClassMask("Object | Variable"),
  resultMask: makeResultMask("ReferenceType | IsForward | NodeClass | BrowseName | DisplayName | TypeDefinition"),
});

/**
 * The tree below `root`, level by level with many nodes per call (IEC 62541-4, 5.9.2). Each node is taken once,
 * whatever loops the references make; methods are left out.
 */
export async function walk(
  session: ClientSession,
  ask: Asking,
  { root, depth, most, withProperties, idOf }: Walk,
): Promise<Walked> {
  const top: WalkedNode[] = [];
  const seen = new Set([root.toString()]);
  let level: { readonly nodeId: NodeId; readonly parent?: WalkedNode }[] = [{ nodeId: root }];
  let taken = 0;
  for (let below = 0; below < depth && level.length > 0; below++) {
    const results = await browseAll(
      session,
      ask,
      level.map(({ nodeId }) => nodeId),
    );
    const next: typeof level = [];
    for (const [i, { parent }] of level.entries()) {
      const references = results[i] ?? [];
      if (parent) parent.properties = propertiesIn(references);
      for (const reference of references) {
        const id = reference.nodeId.toString();
        const kind = kindOf(reference);
        if (seen.has(id) || isNoMeasurement(reference) || (kind === "property" && !withProperties)) continue;
        if (taken >= most) return { nodes: flattened(top), complete: false };
        seen.add(id);
        taken += 1;
        const node = walkedNode(reference, kind, parent, idOf);
        (parent?.children ?? top).push(node);
        if (kind !== "property") next.push({ nodeId: node.nodeId, parent: node });
      }
    }
    level = next;
  }
  return { nodes: flattened(top), complete: true };
}

/** Finds the properties of those nodes that the walk did not come to. */
export async function findProperties(session: ClientSession, ask: Asking, nodes: readonly WalkedNode[]): Promise<void> {
  const unknown = nodes.filter(({ kind, properties }) => kind !== "property" && properties === undefined);
  const results = await browseAll(
    session,
    ask,
    unknown.map(({ nodeId }) => nodeId),
  );
  for (const [i, node] of unknown.entries()) node.properties = propertiesIn(results[i] ?? []);
}

/** References of each node, all pages of them; a node that may not be browsed has none. */
export async function browseAll(
  session: ClientSession,
  ask: Asking,
  nodes: readonly NodeId[],
  describe: (nodeId: NodeId) => object = hierarchicalChildren,
): Promise<readonly (readonly ReferenceDescription[])[]> {
  const browse = (batch: readonly NodeId[]) => session.browse(batch.map(describe));
  const results = await ask.each(nodes, browse);
  const all: ReferenceDescription[][] = [];
  for (const [i, node] of nodes.entries()) {
    let result: BrowseResult | undefined = results[i];
    // A server has few continuation points at once: alone in a call the node gets one.
    if (result?.statusCode.equals(StatusCodes.BadNoContinuationPoints)) [result] = await ask.each([node], browse);
    const references = [...(result?.references ?? [])];
    while (result?.continuationPoint?.length) {
      [result] = await ask.each([result.continuationPoint], ([point]) => session.browseNext([point as Buffer], false));
      references.push(...(result?.references ?? []));
    }
    all.push(references);
  }
  return all;
}

const kindOf = ({ nodeClass, referenceTypeId }: ReferenceDescription): WalkedNode["kind"] => {
  if (nodeClass !== NodeClass.Variable) return "object";
  return referenceTypeId.toString() === `ns=0;${hasProperty}` ? "property" : "variable";
};

const propertiesIn = (references: readonly ReferenceDescription[]): ReadonlyMap<string, NodeId> =>
  new Map(
    references
      .filter((reference) => kindOf(reference) === "property")
      .map(({ browseName, nodeId }): [string, NodeId] => [browseName.name ?? "", nodeId]),
  );

function walkedNode(
  { nodeId, browseName, displayName }: ReferenceDescription,
  kind: WalkedNode["kind"],
  parent: WalkedNode | undefined,
  idOf: Walk["idOf"],
): WalkedNode {
  const name = browseName.name ?? "";
  return {
    nodeId,
    id: idOf(nodeId),
    kind,
    browseName: name,
    displayName: { text: displayName.text ?? "", locale: displayName.locale ?? "" },
    path: parent ? `${parent.path}/${name}` : name,
    children: [],
    properties: undefined,
  };
}

function flattened(top: readonly WalkedNode[]): readonly WalkedNode[] {
  const nodes: WalkedNode[] = [];
  // By a list instead of recursion: a server may nest as deep as it likes.
  const rest = top.toReversed();
  for (let node = rest.pop(); node; node = rest.pop()) {
    nodes.push(node);
    rest.push(...node.children.toReversed());
  }
  return nodes;
}
