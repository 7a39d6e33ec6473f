import { isMap, isScalar, isSeq, type Node, Pair } from "yaml";
import { child, keyOf } from "../conform.ts";
import { suggest } from "../nearest.ts";
import type { YamlSource } from "../yamlSource.ts";
import type { AlarmTemplate, Catalogue } from "./catalogue.ts";
import type { ExpandTools } from "./devices.ts";
import { merged } from "./merge.ts";
import {
  listed,
  listNode,
  type MapNode,
  mapNode,
  type PairNode,
  pairNode,
  type SeqNode,
  textNode,
  withPairs,
} from "./yamlMaps.ts";

type AlarmTools = ExpandTools & { readonly owners: Map<Node, YamlSource>; readonly catalogue: Catalogue };

const words = /\{([A-Za-z][A-Za-z0-9]*)\}/g;

/** Makes the alarm rules of a line: those written out, then those of the templates that it uses. */
export function createAlarmMaker({ reader, uses, stands, report, owners, catalogue }: AlarmTools) {
  return {
    /** The line's alarms where it uses templates, else undefined. `path` is the key path of the line. */
    alarmsOf(line: MapNode, path: string): PairNode | undefined {
      const from = reader.at(line, "alarmsFrom");
      if (!from) return undefined;
      const list = reader.at(line, "alarms");
      const alarms: Node[] = [...reader.items(list)];
      for (const [node, at] of listed(reader.items(from), child(path, "alarmsFrom"))) {
        const use = reader.map(node);
        const template = use && templateOf(use, at);
        const id = reader.text(reader.at(use, "id"));
        if (!use || !template || id === undefined) continue;
        if (!checkNames(use, template, at)) continue;
        const omitted = reader.items(reader.at(use, "omit")).map((item) => reader.text(item));
        for (const rule of template.rules) {
          if (omitted.includes(rule.id)) continue;
          const made = make(use, id, rule.node, rule.id);
          uses.set(child(child(path, "alarms"), alarms.length), { noun: "alarmsFrom", name: id, node: use });
          alarms.push(made);
        }
      }
      return pairNode("alarms", listNode(alarms, list ?? from));
    },
  };

  function templateOf(use: MapNode, path: string): AlarmTemplate | undefined {
    const node = reader.at(use, "template");
    const name = reader.text(node);
    const found = name === undefined ? undefined : catalogue.alarmTemplates.get(name);
    if (found || name === undefined) return found;
    const remedy = suggest(name, [...catalogue.alarmTemplates.keys()], "alarm templates");
    report({ node, path: child(path, "template"), what: `alarm template \`${name}\` does not exist`, remedy });
    return undefined;
  }

  /** Takes down names that the template does not have; false where something that it needs is missing. */
  function checkNames(use: MapNode, { id, needs, rules }: AlarmTemplate, path: string): boolean {
    const given = reader.map(reader.at(use, "with"));
    for (const [word, meaning] of needs) {
      if (reader.at(given, word)) continue;
      const what = `template \`${id}\` needs \`${word}\`: ${meaning}`;
      report({ node: given ?? use, path: child(path, "with"), what, remedy: `write \`with: { ${word}: … }\`.` });
    }
    for (const pair of given?.items ?? []) {
      const word = keyOf(pair);
      if (needs.has(word)) continue;
      const what = `template \`${id}\` does not ask for \`${word}\``;
      const at = child(child(path, "with"), word);
      report({ node: pair.key, path: at, what, remedy: suggest(word, [...needs.keys()], "what it needs") });
    }
    const known = rules.map((rule) => rule.id);
    const check = (name: string | undefined, node: Node, at: string) => {
      if (name === undefined || known.includes(name)) return;
      const what = `template \`${id}\` has no rule \`${name}\``;
      report({ node, path: at, what, remedy: suggest(name, known, "its rules") });
    };
    for (const [node, at] of listed(reader.items(reader.at(use, "omit")), child(path, "omit"))) {
      check(reader.text(node), node, at);
    }
    for (const pair of reader.map(reader.at(use, "override"))?.items ?? []) {
      check(keyOf(pair), pair.key, child(child(path, "override"), keyOf(pair)));
    }
    return [...needs.keys()].every((word) => reader.at(given, word));
  }

  /** The template's rule with what this use gives, and what differs here. */
  function make(use: MapNode, id: string, rule: MapNode, ruleId: string): MapNode {
    const given = reader.map(reader.at(use, "with"));
    const name = reader.map(reader.at(use, "name"));
    const nodeOf = (word: string, language: string): Node | undefined => {
      if (word === "id") return reader.at(use, "id");
      if (word === "name") return reader.at(name, language) ?? reader.at(name, "zh");
      return reader.at(given, word);
    };
    const textOf = (word: string, language: string): string | undefined => {
      const value = reader.scalar(nodeOf(word, language))?.value;
      return value === undefined || value === null ? undefined : String(value);
    };
    const fill = (node: Node, language: string): Node => {
      if (isMap(node)) {
        const map = node as MapNode;
        const pairs = map.items.map((pair): PairNode => {
          const value = pair.value && fill(pair.value, keyOf(pair));
          return value === pair.value ? pair : new Pair<Node, Node | null>(pair.key, value);
        });
        return pairs.every((pair, i) => pair === map.items[i]) ? node : standing(mapNode(pairs, node), node);
      }
      if (isSeq(node)) {
        const items = (node as SeqNode).items.map((item) => fill(item, language));
        return items.every((item, i) => item === node.items[i]) ? node : standing(listNode(items, node), node);
      }
      if (!isScalar(node) || typeof node.value !== "string") return node;
      const whole = /^\{([A-Za-z][A-Za-z0-9]*)\}$/.exec(node.value)?.[1];
      // Alone it stands for the value itself, which may be a number.
      const value = whole === undefined ? undefined : nodeOf(whole, language);
      if (value) return value;
      const text = node.value.replaceAll(words, (all, word: string) => textOf(word, language) ?? all);
      return text === node.value ? node : standing(textNode(text, node), node);
    };
    const filled = fill(rule, "zh") as MapNode;
    const override = reader.map(reader.at(reader.map(reader.at(use, "override")), ruleId));
    const differing = override?.items.filter((pair) => keyOf(pair) !== "id") ?? [];
    const base = override ? merged(filled, mapNode(differing, override), { reader, stands }) : filled;
    const written = rule.items.find((pair) => keyOf(pair) === "id");
    const idNode = standing(textNode(`${id}-${ruleId}`, written?.value ?? rule), written?.value ?? rule);
    return standing(withPairs(base, [new Pair<Node, Node | null>(written?.key ?? textNode("id", rule), idNode)]), rule);
  }

  /** A node made here is looked for where `like` is written. */
  function standing<T extends Node>(made: T, like: Node): T {
    stands.set(made, like);
    const owner = owners.get(like);
    if (owner) owners.set(made, owner);
    return made;
  }
}
