import {
  DataType,
  type OPCUAServer,
  type StatusCode,
  StatusCodes,
  type UAObject,
  type UAVariable,
  type VariantLike,
} from "node-opcua";
import { CodedError } from "#shared/model/errors.ts";
import type { LocalText } from "#shared/model/text.ts";
import { namespaceUri, nodeName, type Reading, type Signal } from "../../signal.ts";
import { engineeringUnit } from "./units.ts";

export interface ServedNode {
  readonly variable: UAVariable;
  readonly dataType: DataType;
  /** Index of its signal. */
  readonly index: number;
}

type OwnNamespace = ReturnType<NonNullable<OPCUAServer["engine"]["addressSpace"]>["getOwnNamespace"]>;

/** Where the nodes of a server lie. */
export interface Layout {
  /** Stands behind every node id. */
  readonly suffix: string;
  /** A stranger's namespace has the index that ours would have, with nodes of the same names. */
  readonly isShifted: boolean;
}

export const usualLayout: Layout = { suffix: "", isShifted: false };

/** The first namespace of a server is that of its application: a stranger's server takes ours from its index. */
export const strangerUri = "urn:pilotline:stranger";
/** What a stranger's node holds: a value that nobody measured. */
const strange = -999;

/** One folder per line, one object per equipment, one variable per signal that speaks OPC UA. */
export function addNodes(
  server: OPCUAServer,
  signals: readonly Signal[],
  { suffix, isShifted }: Layout,
): readonly ServedNode[] {
  const { addressSpace } = server.engine;
  if (!addressSpace) throw new CodedError("UNKNOWN", "The OPC UA server has no address space after its start.");
  if (isShifted) addStrangers(addressSpace.registerNamespace(strangerUri), signals);
  const namespace = addressSpace.registerNamespace(namespaceUri);
  const parents = new Map<string, UAObject>();
  const parentOf = ({ line, equipment }: Signal): UAObject => {
    const path = `${line}.${equipment}`;
    const known = parents.get(path);
    if (known) return known;
    const folder = parents.get(line) ?? namespace.addFolder("ObjectsFolder", { browseName: line, nodeId: `s=${line}` });
    const made = namespace.addObject({ componentOf: folder, browseName: equipment, nodeId: `s=${path}` });
    parents.set(line, folder);
    parents.set(path, made);
    return made;
  };
  return signals.flatMap((signal, index) => {
    if (signal.access.face !== "opcua") return [];
    return [{ ...addVariable(namespace, parentOf(signal), signal, suffix), index }];
  });
}

function addStrangers(namespace: OwnNamespace, signals: readonly Signal[]): void {
  for (const signal of signals) {
    if (signal.access.face !== "opcua") continue;
    const value: VariantLike =
      signal.type === "string"
        ? { dataType: DataType.String, value: String(strange) }
        : { dataType: DataType.Double, value: strange };
    namespace.addVariable({
      organizedBy: "ObjectsFolder",
      browseName: nodeName(signal),
      nodeId: `s=${nodeName(signal)}`,
      dataType: value.dataType ?? DataType.Double,
      accessLevel: "CurrentRead",
      userAccessLevel: "CurrentRead",
      value,
    });
  }
}

const localized = ({ zh, en }: LocalText) =>
  en === undefined ? { locale: "zh-CN", text: zh } : { locale: "en", text: en };

function addVariable(
  namespace: OwnNamespace,
  parent: UAObject,
  signal: Signal,
  suffix: string,
): Omit<ServedNode, "index"> {
  const common = {
    componentOf: parent,
    browseName: signal.id,
    nodeId: `s=${nodeName(signal)}${suffix}`,
    displayName: localized(signal.name),
    description: { locale: "zh-CN", text: signal.name.zh },
    // Reads only: a write service gets BadNotWritable.
    accessLevel: "CurrentRead",
    userAccessLevel: "CurrentRead",
    // 0: changes are reported when they happen, not sampled by a timer.
    minimumSamplingInterval: 0,
  } as const;
  if (signal.values) {
    return {
      variable: namespace.addMultiStateDiscrete({ ...common, enumStrings: [...signal.values], value: 0 }),
      dataType: DataType.UInt32,
    };
  }
  const dataType = dataTypes[signal.type];
  if (signal.type !== "float" || !signal.range) {
    return { variable: namespace.addVariable({ ...common, dataType }), dataType };
  }
  const { commonCode, symbol, name } = engineeringUnit(signal.unit);
  const [low, high] = signal.range;
  const variable = namespace.addAnalogDataItem({
    ...common,
    dataType,
    engineeringUnitsRange: { low, high },
    engineeringUnits: {
      namespaceUri: "http://www.opcfoundation.org/UA/units/un/cefact",
      // The common code's characters, packed (OPC UA Part 8, 5.6.3.3).
      unitId: Buffer.from(commonCode).reduce((packed, byte) => packed * 256 + byte, 0),
      displayName: { text: symbol },
      description: { text: name },
    },
  });
  return { variable, dataType };
}

const dataTypes = {
  float: DataType.Double,
  int: DataType.Int32,
  bool: DataType.Boolean,
  string: DataType.String,
} as const satisfies Record<Signal["type"], DataType>;

const statusCodes = {
  good: StatusCodes.Good,
  uncertain: StatusCodes.UncertainSensorNotAccurate,
  bad: StatusCodes.BadSensorFailure,
} as const satisfies Record<Reading["quality"], StatusCode>;

/** `status` stands in for that of the reading. */
export function setNode(
  { variable, dataType }: ServedNode,
  reading: Reading,
  at: Date,
  status: StatusCode = statusCodes[reading.quality],
): void {
  const variant: VariantLike =
    reading.value === null ? { dataType: DataType.Null } : { dataType, value: reading.value };
  const isRepeated = reading.value === null && variable.readValue().value.value === null;
  try {
    variable.setValueFromSource(variant, status, at);
  } catch (error) {
    // The stack cannot hold a second missing value in a row against a client's deadband: to that client it is no news.
    if (!isRepeated) throw error;
  }
}
