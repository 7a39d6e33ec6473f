import type { Node } from "yaml";
import { Conformer } from "../conform.ts";
import type { Environment } from "../environment.ts";
import { isProtocol, type ProtocolName } from "../protocols/registry.ts";
import type { ReadText } from "../templates/catalogue.ts";
import { expandTemplates, joined, type Use } from "../templates/expand.ts";
import { createReader, listed, type MapNode, type Reader } from "../templates/yamlMaps.ts";
import { readYaml, type YamlSource } from "../yamlSource.ts";
import type { Value } from "./cells.ts";
import { type Field, fieldsOf } from "./fields.ts";

/** Where a row stands: ids of line, equipment and tag. */
export interface Place {
  readonly line: string;
  readonly equipment: string;
  readonly id: string;
}

export const placeText = ({ line, equipment, id }: Place): string => `${line}/${equipment}/${id}`;

export type Values = ReadonlyMap<string, Value>;

/** A tag as the plant file writes it: no defaults, nothing of the environment put in. */
export interface TagRow extends Place {
  readonly device: string;
  /** Key path in the plant with its templates expanded. */
  readonly path: string;
  readonly values: Values;
  /** The tag's own node; undefined where a template brings it, or where it is an alias. */
  readonly node: MapNode | undefined;
  /** What brings it, and what the template itself says. */
  readonly use: (Required<Pick<Use, "tag" | "template">> & { readonly values: Values }) | undefined;
}

export interface EquipmentNode {
  readonly line: string;
  readonly id: string;
  readonly map: MapNode;
}

/** A plant file as rows. */
export interface PlantRows {
  readonly source: YamlSource;
  readonly reader: Reader;
  /** Protocol of each device, where it is known. */
  readonly devices: ReadonlyMap<string, ProtocolName>;
  readonly equipment: readonly EquipmentNode[];
  readonly rows: readonly TagRow[];
}

/** Reads a plant file as rows; it has passed the check, or what does not fit is left out. */
export function readPlantRows(text: string, file: string, env: Environment, readText: ReadText): PlantRows {
  const source = readYaml(text, file);
  const owners = new Map<Node, YamlSource>();
  const whole = joined(source, owners);
  const reader = createReader(whole, env);
  const none: PlantRows = { source, reader, devices: new Map(), equipment: [], rows: [] };
  if (!source.root || source.mistakes.length > 0) return none;
  const conformer = new Conformer({ source: whole, env, report: () => undefined });
  const input = { source, root: source.root, file, env, readText, owners, conformer, report: () => undefined };
  const { root, uses } = expandTemplates(input);

  const devices = new Map<string, ProtocolName>();
  for (const node of reader.items(reader.at(reader.map(root), "devices"))) {
    const map = reader.map(node);
    const [id, protocol] = [reader.text(reader.at(map, "id")), reader.text(reader.at(map, "protocol"))];
    if (id !== undefined && protocol !== undefined && isProtocol(protocol)) devices.set(id, protocol);
  }
  const fields = new Map([...new Set(devices.values())].map((protocol) => [protocol, fieldsOf(protocol)]));
  const rows: TagRow[] = [];
  const equipment: EquipmentNode[] = [];
  const written = equipmentIn(source.root);
  for (const [i, { line, id, map, path }] of equipmentIn(root).entries()) {
    equipment.push({ line, id, map: written[i]?.map ?? map });
    for (const [node, at] of listed(reader.items(reader.at(map, "tags")), `${path}.tags`)) {
      const tag = reader.map(node);
      const [tagId, device] = [reader.text(reader.at(tag, "id")), reader.text(reader.at(tag, "device"))];
      const protocol = device === undefined ? undefined : devices.get(device);
      if (!tag || tagId === undefined || device === undefined || protocol === undefined) continue;
      const known = fields.get(protocol) ?? [];
      const use = uses.get(at);
      rows.push({
        line,
        equipment: id,
        id: tagId,
        device,
        path: at,
        values: valuesIn(tag, known, reader),
        node: use || node !== tag ? undefined : tag,
        use:
          use?.tag && use.template
            ? { tag: use.tag, template: use.template, values: valuesIn(use.tag.node, known, reader) }
            : undefined,
      });
    }
  }
  return { source, reader, devices, equipment, rows };

  function equipmentIn(node: Node) {
    return listed(reader.items(reader.at(reader.map(node), "lines")), "lines").flatMap(([lineNode, path]) => {
      const line = reader.map(lineNode);
      const lineId = reader.text(reader.at(line, "id"));
      return listed(reader.items(reader.at(line, "equipment")), `${path}.equipment`).flatMap(([member, at]) => {
        const map = reader.map(member);
        const id = reader.text(reader.at(map, "id"));
        return map && lineId !== undefined && id !== undefined ? [{ line: lineId, id, map, path: at }] : [];
      });
    });
  }
}

function valuesIn(tag: MapNode, fields: readonly Field[], reader: Reader): Values {
  const values = new Map<string, Value>();
  for (const { key, path, shape, kind } of fields) {
    const [name = "", below] = path;
    const above = reader.at(tag, name);
    const node = below === undefined ? above : reader.at(reader.map(above), below);
    if (!node) continue;
    const items = kind === "band" || kind === "list" ? reader.items(node).map((item) => scalarOf(item)) : undefined;
    const value = items ?? scalarOf(node, shape.asWritten);
    if (value !== undefined) values.set(key, value as Value);
  }
  return values;

  function scalarOf(node: Node, asWritten = false): string | number | boolean | undefined {
    const found = reader.scalar(node);
    if (!found) return undefined;
    if (asWritten && typeof found.value === "number") return found.source ?? String(found.value);
    const { value } = found;
    return typeof value === "string" || typeof value === "number" || typeof value === "boolean" ? value : undefined;
  }
}
