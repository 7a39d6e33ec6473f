import {
  AttributeIds,
  BrowseDirection,
  type ClientSession,
  DataType,
  makeResultMask,
  type NodeId,
  type ReferenceDescription,
} from "node-opcua";
import type { Asking } from "./gently.ts";
import { browseAll } from "./walk.ts";

/** What a data type is made of (IEC 62541-6, 5.1.2), and the property that names an enumeration's values. */
export interface DataTypeFacts {
  readonly name: string;
  /** Name of the built-in type below it; `Number`, `Integer`, `UInteger`, `Enumeration` where only so much is said. */
  readonly builtIn: string;
  readonly enumProperty: NodeId | undefined;
}

/** Data types of namespace 0 up to here are built in or the abstract ones next to them (IEC 62541-5, annex A). */
const lastBuiltIn = 29;
const abstractTypes: Readonly<Record<number, string>> = {
  24: "BaseDataType",
  26: "Number",
  27: "Integer",
  28: "UInteger",
  29: "Enumeration",
};
const hasSubtype = "i=45";
const hasProperty = "i=46";
/** Deeper than any type tree: a server whose types refer in a circle ends here. */
const mostLevels = 20;

export const isBuiltIn = ({ namespace, value }: NodeId): boolean =>
  namespace === 0 && typeof value === "number" && value > 0 && value <= lastBuiltIn;

const builtInName = ({ value }: NodeId): string => abstractTypes[Number(value)] ?? DataType[Number(value)] ?? "";

/** The facts of each data type by its node id as text; each is asked for once. */
export async function describeDataTypes(
  session: ClientSession,
  ask: Asking,
  types: readonly NodeId[],
): Promise<ReadonlyMap<string, DataTypeFacts>> {
  const distinct = [...new Map(types.map((type): [string, NodeId] => [type.toString(), type])).values()];
  const own = distinct.filter((type) => !isBuiltIn(type));
  const bases = await basesOf(session, ask, own);
  const names = await ask.each(own, (batch) =>
    session.read(batch.map((nodeId) => ({ nodeId, attributeId: AttributeIds.BrowseName }))),
  );
  const properties = await browseAll(session, ask, own, related(hasProperty, BrowseDirection.Forward));
  return new Map(
    distinct.map((type): [string, DataTypeFacts] => {
      const at = own.indexOf(type);
      if (at < 0)
        return [type.toString(), { name: builtInName(type), builtIn: builtInName(type), enumProperty: undefined }];
      const base = bases[at];
      const builtIn = base ? builtInName(base) : "";
      const enumProperty = properties[at]?.find(({ browseName }) =>
        /^Enum(Strings|Values)$/.test(browseName.name ?? ""),
      );
      return [
        type.toString(),
        { name: names[at]?.value.value?.name ?? type.toString(), builtIn, enumProperty: enumProperty?.nodeId },
      ];
    }),
  );
}

/** The nearest built-in type above each type; undefined where a server does not say. */
async function basesOf(
  session: ClientSession,
  ask: Asking,
  types: readonly NodeId[],
): Promise<readonly (NodeId | undefined)[]> {
  const bases: (NodeId | undefined)[] = [...types];
  for (let level = 0; level < mostLevels; level++) {
    const open = [...bases.entries()].filter((entry): entry is [number, NodeId] => !!entry[1] && !isBuiltIn(entry[1]));
    if (open.length === 0) return bases;
    const above = await browseAll(
      session,
      ask,
      open.map(([, node]) => node),
      related(hasSubtype, BrowseDirection.Inverse),
    );
    for (const [i, [index]] of open.entries()) bases[index] = nodeIn(above[i]);
  }
  return bases.map((base) => (base && isBuiltIn(base) ? base : undefined));
}

const nodeIn = (references: readonly ReferenceDescription[] | undefined): NodeId | undefined => references?.[0]?.nodeId;

const related = (referenceTypeId: string, browseDirection: BrowseDirection) => (nodeId: NodeId) => ({
  nodeId,
  referenceTypeId,
  includeSubtypes: true,
  browseDirection,
  nodeClassMask: 0,
  resultMask: makeResultMask("ReferenceType | IsForward | NodeClass | BrowseName | DisplayName | TypeDefinition"),
});
