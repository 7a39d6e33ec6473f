import { type Node, Pair } from "yaml";
import { child, keyOf } from "../conform.ts";
import { suggest } from "../nearest.ts";
import type { YamlSource } from "../yamlSource.ts";
import type { Template, TemplateTag } from "./catalogue.ts";
import type { ExpandTools } from "./devices.ts";
import { merged } from "./merge.ts";
import { type MapNode, mapNode, pairNode, placed, textNode, withPairs } from "./yamlMaps.ts";

/** A `tagsFrom` whose device is known. */
export interface TagsFrom {
  readonly item: MapNode;
  /** Key path of the item. */
  readonly path: string;
  readonly id: string;
  readonly template: Template;
}

type TagTools = ExpandTools & { readonly owners: Map<Node, YamlSource> };

/** Makes the tags of an equipment: those written out, then those of its devices' templates. */
export function createTagMaker({ reader, uses, stands, report, owners }: TagTools) {
  const textsOf = (node: Node | undefined) => reader.items(node).map((item) => reader.text(item));

  return {
    tagsOf(from: readonly TagsFrom[], written: readonly Node[], path: string): readonly Node[] {
      const tags: Node[] = [...written];
      /** By id in small letters, since Sparkplug hosts may not tell capitals apart. */
      const taken = new Map<string, string>();
      for (const [t, node] of written.entries()) {
        const id = reader.text(reader.at(reader.map(node), "id"));
        if (id !== undefined) taken.set(id.toLowerCase(), child(path, t));
      }
      for (const use of from) {
        checkNames(use);
        for (const tag of wanted(use)) {
          const id = prefixOf(use) + tag.id;
          const other = taken.get(id.toLowerCase());
          if (other !== undefined) {
            const what = `tag \`${tag.id}\` of template \`${use.template.id}\` would have the id of ${other}`;
            const remedy = `give it a \`prefix\`, or \`omit: [${tag.id}]\` where the other one is meant.`;
            report({ node: use.item, path: use.path, what, remedy });
            continue;
          }
          const at = child(path, tags.length);
          taken.set(id.toLowerCase(), at);
          tags.push(make(use, tag, id));
          uses.set(at, {
            noun: "device",
            name: use.id,
            template: use.template,
            node: use.item,
            tag: { id: tag.id, node: tag.node, from: use.item },
          });
        }
      }
      return tags;
    },
  };

  /** A prefix that its schema refuses still makes ids: one mistake is enough. */
  function prefixOf({ item }: TagsFrom): string {
    return (reader.text(reader.at(item, "prefix")) ?? "").replace(/[^A-Za-z0-9_-]/g, "_");
  }

  function wanted({ item, template }: TagsFrom): readonly TemplateTag[] {
    const only = reader.at(item, "only");
    const [chosen, omitted] = [textsOf(only), textsOf(reader.at(item, "omit"))];
    return template.tags.filter(({ id }) => (!only || chosen.includes(id)) && !omitted.includes(id));
  }

  /** The template's tag with what differs here, as a tag of the device. */
  function make({ item, id: device }: TagsFrom, tag: TemplateTag, id: string): MapNode {
    const override = reader.map(reader.at(reader.map(reader.at(item, "override")), tag.id));
    // The key names the tag: an id or a device in it is a mistake of the override alone.
    const differing = override?.items.filter((pair) => !["id", "device"].includes(keyOf(pair))) ?? [];
    const base = override ? merged(tag.node, mapNode(differing, override), { reader, stands }) : tag.node;
    const written = tag.node.items.find((pair) => keyOf(pair) === "id");
    const idNode = textNode(id, written?.value ?? tag.node);
    const whole = withPairs(base, [
      new Pair<Node, Node | null>(written?.key ?? textNode("id", tag.node), idNode),
      pairNode("device", textNode(device, reader.at(item, "device") ?? item)),
    ]);
    placed(whole, tag.node);
    for (const [made, like] of [
      [whole, tag.node],
      [idNode, written?.value ?? tag.node],
    ] as const) {
      stands.set(made, like);
      const owner = owners.get(like);
      if (owner) owners.set(made, owner);
    }
    return whole;
  }

  function checkNames({ item, path, template }: TagsFrom): void {
    const known = template.tags.map(({ id }) => id);
    const check = (name: string | undefined, node: Node | undefined, at: string) => {
      if (name === undefined || known.includes(name)) return;
      const remedy = suggest(name, known, "its tags");
      report({ node, path: at, what: `template \`${template.id}\` has no tag \`${name}\``, remedy });
    };
    for (const key of ["only", "omit"]) {
      for (const [i, node] of reader.items(reader.at(item, key)).entries()) {
        check(reader.text(node), node, child(child(path, key), i));
      }
    }
    for (const pair of reader.map(reader.at(item, "override"))?.items ?? []) {
      check(keyOf(pair), pair.key, child(child(path, "override"), keyOf(pair)));
    }
  }
}
