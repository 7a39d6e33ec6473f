import type { Node } from "yaml";
import { child, keyOf } from "../conform.ts";
import type { Mistake } from "../mistakes.ts";
import { suggest } from "../nearest.ts";
import type { Catalogue, Template } from "./catalogue.ts";
import type { Use } from "./expand.ts";
import { merged } from "./merge.ts";
import { listed, type MapNode, mapNode, type Reader } from "./yamlMaps.ts";

export interface UsingDevice {
  readonly id: string;
  readonly path: string;
  readonly template?: Template | undefined;
}

export interface ExpandTools {
  readonly reader: Reader;
  readonly uses: Map<string, Use>;
  readonly stands: Map<Node, Node>;
  readonly report: (mistake: Mistake) => void;
}

/** Keys that a device takes from its template. */
const inherited = ["protocol", "connection", "polling"];

/** The devices of the plant, those with a template completed by its protocol, connection and polling. */
export function createDevices(
  plant: MapNode,
  { reader, uses, stands, report, catalogue }: ExpandTools & { readonly catalogue: Catalogue },
) {
  const incomplete = new Set<string>();
  const devices: UsingDevice[] = [];
  const nodes = listed(reader.items(reader.at(plant, "devices")), "devices").map(([node, path]): Node => {
    const map = reader.map(node);
    const id = reader.text(reader.at(map, "id"));
    if (!map || id === undefined) return node;
    const template = templateOf(map, path);
    devices.push({ id, path, template });
    if (!template) return node;
    uses.set(path, { noun: "device", name: id, template, node: reader.at(map, "template") ?? map });
    const base = template.map.items.filter((pair) => inherited.includes(keyOf(pair)));
    const own = map.items.filter((pair) => keyOf(pair) !== "template");
    return merged(mapNode(base, map), mapNode(own, map), { reader, stands });
  });
  return { devices, nodes, incomplete };

  function templateOf(map: MapNode, path: string): Template | undefined {
    const node = reader.at(map, "template");
    const name = reader.text(node);
    if (name === undefined) return undefined;
    const template = catalogue.templates.get(name);
    if (!template) {
      incomplete.add(path);
      const remedy = suggest(name, [...catalogue.templates.keys()], "templates");
      report({ node, path: child(path, "template"), what: `template \`${name}\` does not exist`, remedy });
      return undefined;
    }
    const own = reader.text(reader.at(map, "protocol"));
    if (own === undefined || template.protocol === undefined || own === template.protocol) return template;
    incomplete.add(path);
    const what = `template \`${name}\` is of devices that speak ${template.protocol}, not ${own}`;
    report({ node, path: child(path, "template"), what, remedy: "name another template, or remove `protocol`." });
    return undefined;
  }
}
