import { AttributeIds, type ClientSession, type DataValue, makeBrowsePath, type NodeId } from "node-opcua";
import type { Clock } from "#shared/kit/clock.ts";
import { CodedError } from "#shared/model/errors.ts";
import { millis, seconds } from "#shared/model/time.ts";
import type { PlantTag } from "#shared/plant/plant.ts";
import { within } from "../../deadline.ts";
import { describeDataTypes } from "./browse/dataTypes.ts";
import { type Asking, askGently } from "./browse/gently.ts";
import { type EngineeringUnit, rangeOf, textsOf, unitOf } from "./browse/properties.ts";
import { valueAttribute } from "./nodes.ts";
import type { OpenSession } from "./session.ts";
import { qualityOf } from "./status.ts";

const callLimit = seconds(15);
/** Most nodes and paths per call, also where the server would take more: 5000 analog items are 40 calls. */
const mostReads = 1_000;
const mostPaths = 500;

export interface AskedNode {
  readonly tag: PlantTag;
  readonly node: NodeId;
}

/** What a server says of a node; undefined where it says nothing. */
export interface ServerWords {
  readonly unit: EngineeringUnit | undefined;
  readonly range: readonly [low: number, high: number] | undefined;
  /** Texts of a state by value. */
  readonly texts: Readonly<Record<string, string>> | undefined;
  readonly displayName: string;
  readonly description: string;
}

/** The tag that decides the state of its equipment: its values have names. */
export const isStateTag = ({ equipment, config }: PlantTag): boolean => equipment.state?.tag === config.id;

/** Only what there is a word of the plant model to hold against. */
function propertiesOf(tag: PlantTag): readonly string[] {
  if (isStateTag(tag)) return ["EnumStrings", "EnumValues", "TrueState", "FalseState"];
  if (tag.config.type !== "float" && tag.config.type !== "int") return [];
  return tag.config.range ? ["EngineeringUnits", "EURange"] : ["EngineeringUnits"];
}

/**
 * Asks for many nodes per call, within the server's limits. One entry per node, same order; undefined for a node that
 * the server does not know. Rejects with `NOT_CONNECTED` or `TIMEOUT` where it does not answer.
 */
export async function readServerWords(
  { session, limits }: OpenSession,
  asked: readonly AskedNode[],
  clock: Clock,
  signal: AbortSignal,
): Promise<readonly (ServerWords | undefined)[]> {
  if (asked.length === 0) return [];
  const late = () => new CodedError("TIMEOUT", `no answer in ${callLimit} ms`);
  const timely = <T>(answer: Promise<T>) => within(answer, callLimit, clock, late, signal);
  const pace = { pause: millis(0), clock, signal };
  const reading = askGently({ ...pace, perCall: Math.min(limits.reads, mostReads) });
  const translating = askGently({ ...pace, perCall: Math.min(limits.paths, mostPaths) });
  const read = (items: readonly { readonly nodeId: NodeId; readonly attributeId: AttributeIds }[]) =>
    reading.each(items, (batch) => timely(session.read([...batch])));

  const names = await read(
    asked.flatMap(({ node }) =>
      [AttributeIds.DisplayName, AttributeIds.Description].map((attributeId) => ({ nodeId: node, attributeId })),
    ),
  );
  const paths = asked.flatMap(({ node, tag }, i) => propertiesOf(tag).map((name) => ({ i, name, node })));
  const found = await translating.each(paths, (batch) =>
    timely(session.translateBrowsePath(batch.map(({ node, name }) => makeBrowsePath(node, `.${name}`)))),
  );
  const properties = paths.flatMap(({ i, name }, at): Property[] => {
    const target = found[at]?.targets?.[0];
    return target ? [{ key: `${i} ${name}`, nodeId: target.targetId }] : [];
  });
  properties.push(...(await enumerationsOf(session, asked, new Set(properties.map(({ key }) => key)), read, reading)));
  const values = await read(properties.map(({ nodeId }) => valueAttribute(nodeId)));
  const property = new Map(properties.map(({ key }, at) => [key, goodValue(values[at])]));

  return asked.map((_, i) => {
    const [displayName, description] = [names[2 * i], names[2 * i + 1]];
    if (!displayName || qualityOf(displayName.statusCode.value) === "bad") return undefined;
    return {
      unit: unitOf(property.get(`${i} EngineeringUnits`)),
      range: rangeOf(property.get(`${i} EURange`)),
      texts: textsOf((name) => property.get(`${i} ${name}`)),
      displayName: textOf(displayName),
      description: textOf(description),
    };
  });
}

interface Property {
  /** Place of its node in the list, and its name. */
  readonly key: string;
  readonly nodeId: NodeId;
}

type Read = (
  items: readonly { readonly nodeId: NodeId; readonly attributeId: AttributeIds }[],
) => Promise<readonly DataValue[]>;

/** Of states that have no texts of their own: those of their data type, where that is an enumeration. */
async function enumerationsOf(
  session: ClientSession,
  asked: readonly AskedNode[],
  found: ReadonlySet<string>,
  read: Read,
  ask: Asking,
): Promise<readonly Property[]> {
  const own = (i: number) => ["EnumStrings", "EnumValues", "TrueState"].some((name) => found.has(`${i} ${name}`));
  const bare = asked.flatMap(({ tag, node }, i) => (isStateTag(tag) && !own(i) ? [{ i, node }] : []));
  const answers = await read(bare.map(({ node }) => ({ nodeId: node, attributeId: AttributeIds.DataType })));
  const types = answers.map((answer) => goodValue(answer) as NodeId | undefined);
  const facts = await describeDataTypes(
    session,
    ask,
    types.filter((type) => type !== undefined),
  );
  return bare.flatMap(({ i }, at) => {
    const nodeId = facts.get(String(types[at]))?.enumProperty;
    // The name by which `textsOf` asks for it.
    return nodeId ? [{ key: `${i} type`, nodeId }] : [];
  });
}

const goodValue = (value: DataValue | undefined): unknown =>
  value && qualityOf(value.statusCode.value) !== "bad" ? value.value?.value : undefined;

const textOf = (value: DataValue | undefined): string =>
  String((goodValue(value) as { readonly text?: unknown } | null | undefined)?.text ?? "").trim();
