import { CodedError } from "#shared/model/errors.ts";

/** Message types of Sparkplug B (tck-id topic-structure); those of a device carry its id in the topic. */
export const nodeMessageTypes = ["NBIRTH", "NDATA", "NDEATH", "NCMD"] as const;
export const deviceMessageTypes = ["DBIRTH", "DDATA", "DDEATH", "DCMD"] as const;
export type MessageType = (typeof nodeMessageTypes)[number] | (typeof deviceMessageTypes)[number];

export interface SparkplugTopic {
  readonly group: string;
  readonly type: MessageType;
  readonly edge: string;
  /** There for DBIRTH, DDATA, DDEATH and DCMD, absent for the others. */
  readonly device?: string;
}

/** Id of ingest as Sparkplug primary host: several platforms may share a broker (operational-behavior-host-application-host-id). */
export const hostIdOf = (platform: string): string => `pilotline-${platform}`;

const namespace = "spBv1.0";
const derivedRoot = "pilotline/v1";

/** Throws `CONFIG` for an id that the standard refuses (topic-structure-namespace-valid-group-id and its sisters). */
export function checkTopicId(id: string, what: string): string {
  if (id !== "" && !/[+/#\0]/.test(id)) return id;
  throw new CodedError("CONFIG", `\`${id}\` is no ${what}: it takes text without the characters + / #.`);
}

export function sparkplugTopic({ group, type, edge, device }: SparkplugTopic): string {
  const node = `${namespace}/${checkTopicId(group, "group id")}/${type}/${checkTopicId(edge, "edge node id")}`;
  const wantsDevice = isDeviceType(type);
  if (wantsDevice !== (device !== undefined)) {
    throw new CodedError("CONFIG", `A topic of type ${type} takes ${wantsDevice ? "a" : "no"} device id.`);
  }
  return device === undefined ? node : `${node}/${checkTopicId(device, "device id")}`;
}

/** The parts of a Sparkplug topic; undefined for anything else, STATE included. */
export function parseSparkplugTopic(topic: string): SparkplugTopic | undefined {
  const [root, group, type, edge, device, ...more] = topic.split("/");
  if (root !== namespace || !group || !edge || more.length > 0) return undefined;
  if (isDeviceType(type)) return device ? { group, type, edge, device } : undefined;
  return isNodeType(type) && device === undefined ? { group, type, edge } : undefined;
}

const isDeviceType = (type: string | undefined): type is (typeof deviceMessageTypes)[number] =>
  deviceMessageTypes.some((known) => known === type);
const isNodeType = (type: string | undefined): type is (typeof nodeMessageTypes)[number] =>
  nodeMessageTypes.some((known) => known === type);

/** `spBv1.0/STATE/<host>` (host-topic-phid-birth-topic). */
export const stateTopic = (host: string): string => `${namespace}/STATE/${checkTopicId(host, "host id")}`;

/** All Sparkplug messages of a group. */
export const groupFilter = (group: string): string => `${namespace}/${checkTopicId(group, "group id")}/#`;

/** The commands to an edge node and its devices. */
export const commandFilters = (group: string, edge: string): readonly string[] => [
  sparkplugTopic({ group, type: "NCMD", edge }),
  `${namespace}/${checkTopicId(group, "group id")}/DCMD/${checkTopicId(edge, "edge node id")}/+`,
];

/** `pilotline/v1/<platform>/<part>/…`: what ingest derives, and commands (D6). */
export const derivedTopic = (platform: string, ...parts: readonly string[]): string =>
  [derivedRoot, ...[platform, ...parts].map((part) => checkTopicId(part, "part of a topic"))].join("/");

/** As `derivedTopic`, for everything below it. */
export const derivedFilter = (platform: string, ...parts: readonly string[]): string =>
  `${derivedTopic(platform, ...parts)}/#`;

/** Platform and parts of a derived topic; undefined for anything else. */
export function parseDerivedTopic(
  topic: string,
): { readonly platform: string; readonly parts: readonly string[] } | undefined {
  if (!topic.startsWith(`${derivedRoot}/`)) return undefined;
  const [platform, ...parts] = topic.slice(derivedRoot.length + 1).split("/");
  return platform && parts.length > 0 && parts.every(Boolean) ? { platform, parts } : undefined;
}
