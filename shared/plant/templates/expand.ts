import type { Node } from "yaml";
import { child } from "../conform.ts";
import { suggest } from "../nearest.ts";
import type { YamlSource } from "../yamlSource.ts";
import { createAlarmMaker } from "./alarms.ts";
import { type Catalogue, type CatalogueInput, readCatalogue, type Template } from "./catalogue.ts";
import { createDevices, type UsingDevice } from "./devices.ts";
import { createTagMaker } from "./tags.ts";
import { createReader, listed, listNode, type MapNode, type PairNode, pairNode, withPairs } from "./yamlMaps.ts";

/** What an expanded device, tag or alarm comes from. */
export interface Use {
  /** Who asks for it: a device, or an `alarmsFrom`, by its id. */
  readonly noun: "device" | "alarmsFrom";
  readonly name: string;
  readonly template?: Template;
  /** Where it is asked for: the device's `template`, the equipment's `tagsFrom`, the line's `alarmsFrom`. */
  readonly node: Node;
  /** Of a tag: its id in the template, the template's node, and the `tagsFrom` that brings it. */
  readonly tag?: { readonly id: string; readonly node: MapNode; readonly from: MapNode };
}

/** A plant file with its templates written out. */
export interface Expansion {
  readonly root: Node;
  /** By key path in `root`. */
  readonly uses: ReadonlyMap<string, Use>;
  /** Nodes that stand in no file, by what they stand for. */
  readonly stands: ReadonlyMap<Node, Node>;
  readonly catalogue: Catalogue;
  /** Devices whose template is not known: that they lack its keys is no mistake of its own. */
  readonly incomplete: ReadonlySet<string>;
}

/**
 * Writes templates out: devices get their template's protocol, connection and polling, equipment the tags that it takes
 * by `tagsFrom`. Works on YAML nodes, so that every value keeps the place where it is written. What has another form
 * than its schema asks for is left alone: it is found when the schema is held against it.
 */
export function expandTemplates(input: CatalogueInput & { readonly root: Node }): Expansion {
  const { source, env, owners, report, root } = input;
  const catalogue = readCatalogue(input);
  const reader = createReader(joined(source, owners), env);
  const uses = new Map<string, Use>();
  const stands = new Map<Node, Node>();
  const plant = reader.map(root);
  const none = { root, uses, stands, catalogue, incomplete: new Set<string>() };
  if (!plant || catalogue.unreadable.length > 0) return none;

  const { devices, incomplete, nodes } = createDevices(plant, { reader, catalogue, uses, stands, report });
  const alarmMaker = createAlarmMaker({ reader, catalogue, uses, stands, report, owners });
  const maker = createTagMaker({ reader, uses, stands, report, owners });
  const lines = listed(reader.items(reader.at(plant, "lines")), "lines").map(([node, path]) => lineOf(node, path));
  if (uses.size === 0) return { ...none, incomplete };
  return {
    ...none,
    incomplete,
    root: withPairs(plant, [...listPair(plant, "devices", nodes), ...listPair(plant, "lines", lines)]),
  };

  function listPair(map: MapNode, key: string, items: readonly Node[]): readonly PairNode[] {
    const like = reader.at(map, key);
    return like ? [pairNode(key, listNode(items, like))] : [];
  }

  function lineOf(node: Node, path: string): Node {
    const line = reader.map(node);
    const alarms = line && alarmMaker.alarmsOf(line, path);
    const withAlarms = line && alarms ? withPairs(line, [alarms]) : node;
    const list = reader.at(line, "equipment");
    if (!line || !list) return withAlarms;
    const written = listed(reader.items(list), child(path, "equipment"));
    const equipment = written.map(([member, at]) => equipmentOf(member, at));
    const changed = equipment.some((member, i) => member !== written[i]?.[0]);
    return changed ? withPairs(withAlarms as MapNode, listPair(line, "equipment", equipment)) : withAlarms;
  }

  function equipmentOf(node: Node, path: string): Node {
    const equipment = reader.map(node);
    const from = listed(reader.items(reader.at(equipment, "tagsFrom")), child(path, "tagsFrom"));
    if (!equipment || from.length === 0) return node;
    const written = reader.items(reader.at(equipment, "tags"));
    const tags = maker.tagsOf(
      from.flatMap(([item, at]) => {
        const map = reader.map(item);
        const device = map && deviceOf(map, at);
        return device ? [{ ...device, item: map, path: at }] : [];
      }),
      written,
      child(path, "tags"),
    );
    const like = reader.at(equipment, "tags") ?? (from[0]?.[0] as Node);
    return withPairs(equipment, [pairNode("tags", listNode(tags, like))]);
  }

  /** The device that a `tagsFrom` names, with its template. */
  function deviceOf(map: MapNode, path: string): Required<UsingDevice> | undefined {
    const node = reader.at(map, "device");
    const id = reader.text(node);
    if (id === undefined) return undefined;
    const device = devices.find((other) => other.id === id);
    const at = child(path, "device");
    if (!device) {
      const known = devices.filter(({ template }) => template).map((other) => other.id);
      const remedy = suggest(id, known, "devices with a template");
      report({ node, path: at, what: `device \`${id}\` does not exist`, remedy });
    } else if (!device.template && !incomplete.has(device.path)) {
      const remedy = "write `template:` at the device, or the tags out in the equipment.";
      report({ node, path: at, what: `device \`${id}\` has no template`, remedy });
    }
    return device?.template ? { ...device, template: device.template } : undefined;
  }
}

/** The plant file and its template files as one: each node is asked of the file that it stands in. */
export const joined = (source: YamlSource, owners: ReadonlyMap<Node, YamlSource>): YamlSource => ({
  ...source,
  placeOf: (node) => (owners.get(node) ?? source).placeOf(node),
  resolve: (node) => (owners.get(node) ?? source).resolve(node),
});
