import {
  AttributeIds,
  type ClientSession,
  DataType,
  type DataValue,
  type NodeId,
  type Variant,
  VariantArrayType,
} from "node-opcua";
import type { EpochMs } from "#shared/model/time.ts";
import type { Reading } from "../../../driver.ts";
import { valueAttribute } from "../nodes.ts";
import { qualityOf } from "../status.ts";
import { readingOf } from "../value.ts";
import { type DataTypeFacts, describeDataTypes } from "./dataTypes.ts";
import type { Asking } from "./gently.ts";
import { type EngineeringUnit, meaningProperties, precisionOf, rangeOf, textsOf, unitOf } from "./properties.ts";
import { findProperties, type WalkedNode } from "./walk.ts";

/** What a server says of a variable besides its place in the tree. */
export interface VariableFacts {
  /** Its data type by the server's name for it, and the built-in type below that. */
  readonly dataType: string;
  readonly builtIn: string;
  readonly isArray: boolean;
  /** By the rights of this user. */
  readonly readable: boolean;
  /** The server keeps a history of it. */
  readonly historised: boolean;
  readonly unit: EngineeringUnit | undefined;
  /** EURange, where it is a range. */
  readonly range: readonly [low: number, high: number] | undefined;
  /** Digits behind the point that the server vouches for (ValuePrecision). */
  readonly precision: number | undefined;
  /** Texts of an enumeration or of a two-state variable, by value. */
  readonly texts: Readonly<Record<string, string>> | undefined;
  readonly reading: Reading | undefined;
}

const asked = [
  AttributeIds.DataType,
  AttributeIds.ValueRank,
  AttributeIds.AccessLevel,
  AttributeIds.UserAccessLevel,
] as const;
const currentRead = 1;
const historyRead = 4;
/** The facts of each variable, same order; values are read of scalars only, for an array may be as long as it likes. */
export async function describeVariables(
  session: ClientSession,
  ask: Asking,
  variables: readonly WalkedNode[],
  now: EpochMs,
): Promise<readonly VariableFacts[]> {
  const read = (batch: readonly { readonly nodeId: NodeId; readonly attributeId: AttributeIds }[]) =>
    session.read([...batch]);
  const attributes = await ask.each(
    variables.flatMap(({ nodeId }) => asked.map((attributeId) => ({ nodeId, attributeId }))),
    read,
  );
  const attribute = (variable: number, which: number) => good(attributes[variable * asked.length + which]);
  const typeOf = (variable: number): NodeId | undefined => attribute(variable, 0)?.value;
  const types = await describeDataTypes(
    session,
    ask,
    variables.flatMap((_, i) => typeOf(i) ?? []),
  );
  const facts = variables.map((_, i) => types.get(String(typeOf(i))));

  await findProperties(session, ask, variables);
  const properties = variables.flatMap(({ properties }, i) => [
    ...meaningProperties.flatMap((name) => [[i, name, properties?.get(name)] as const]),
    [i, "type", facts[i]?.enumProperty] as const,
  ]);
  const known = properties.flatMap(([i, name, nodeId]) => (nodeId ? [{ key: `${i} ${name}`, nodeId }] : []));
  const values = await ask.each(
    known.map(({ nodeId }) => valueAttribute(nodeId)),
    read,
  );
  const property = new Map(known.map(({ key }, at) => [key, good(values[at])?.value as unknown]));

  const ranks = variables.map((_, i) => Number(attribute(i, 1)?.value ?? -1));
  const scalars = [...variables.keys()].filter((i) => (ranks[i] ?? -1) < 0);
  const readings = await ask.each(
    scalars.map((i) => valueAttribute((variables[i] as WalkedNode).nodeId)),
    read,
  );
  const readingAt = new Map(scalars.map((i, at) => [i, readings[at]]));

  return variables.map((_, i): VariableFacts => {
    const value = readingAt.get(i);
    const level = Number(attribute(i, 3)?.value ?? attribute(i, 2)?.value ?? currentRead);
    return {
      ...typeNames(facts[i], value),
      isArray: (ranks[i] ?? -1) >= 0 || (value !== undefined && isArrayValue(value)),
      readable: (level & currentRead) !== 0,
      historised: (level & historyRead) !== 0,
      unit: unitOf(property.get(`${i} EngineeringUnits`)),
      range: rangeOf(property.get(`${i} EURange`)),
      precision: precisionOf(property.get(`${i} ValuePrecision`)),
      texts: textsOf((name) => property.get(`${i} ${name}`)),
      reading: value && readingOf(value, now),
    };
  });
}

const good = (value: DataValue | undefined): Variant | undefined =>
  value && qualityOf(value.statusCode.value) !== "bad" ? value.value : undefined;

const isArrayValue = ({ value }: DataValue): boolean =>
  value !== undefined && value.dataType !== DataType.Null && value.arrayType !== VariantArrayType.Scalar;

/** Where the data type leaves it open, what the value is now tells more. */
function typeNames(
  facts: DataTypeFacts | undefined,
  value: DataValue | undefined,
): Pick<VariableFacts, "dataType" | "builtIn"> {
  const { name = "", builtIn = "" } = facts ?? {};
  const now = good(value)?.dataType;
  const isOpen = ["", "BaseDataType", "Number"].includes(builtIn);
  const found = isOpen && now !== undefined && now !== DataType.Null ? DataType[now] : builtIn;
  return { dataType: name || found || "unknown", builtIn: found };
}
