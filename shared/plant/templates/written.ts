import type { Node } from "yaml";
import type { Conformer } from "../conform.ts";
import type { Mistake } from "../mistakes.ts";
import type { Problem } from "../problem.ts";
import type { Place, YamlSource } from "../yamlSource.ts";
import type { Expansion, Use } from "./expand.ts";

const madePath = /^(?:lines\[\d+\]\.equipment\[\d+\]\.tags\[\d+\]|lines\[\d+\]\.alarms\[\d+\]|devices\[\d+\])/;
const tagPaths = /lines\[\d+\]\.equipment\[\d+\]\.tags\[\d+\]/g;
/** Key paths at which what a template brings is written. */
const isTemplates = (path: string): boolean =>
  /^(templates|alarmTemplates)\b/.test(path) || /\.(tagsFrom|alarmsFrom)\[/.test(path);

/** The key path above; "" is the whole file. */
export const above = (path: string): string => path.replace(/(\.[^.[\]]*|\[\d+\]|^[^.[\]]*)$/, "");

interface Found extends Place {
  readonly key: string;
  readonly what: string;
  readonly remedy: string;
  readonly at: string;
  /** The devices by whose use of a template it shows; empty where it is wrong by itself. */
  readonly users: Map<string, Place> | null;
}

/**
 * Mistakes as problems at the places where they are written. What is wrong with a template is said once, at the
 * template, with the first device that shows it.
 */
export function problemsOf(
  mistakes: readonly Mistake[],
  { nodes }: Conformer,
  { uses, stands, catalogue }: Expansion,
  source: YamlSource,
): readonly Problem[] {
  const file = source.root ? source.placeOf(source.root).file : "";
  const keys = new Map<Node, string>();
  for (const { nodes: members } of [{ nodes }, ...catalogue.conformers]) {
    for (const [path, node] of members) if (isTemplates(path) && !keys.has(node)) keys.set(node, path);
  }

  const found = new Map<string, Found>();
  for (const mistake of mistakes) {
    const base = madePath.exec(mistake.path)?.[0];
    const use = base === undefined ? undefined : uses.get(base);
    const { key, node } = written(mistake.path, use);
    const at = mistake.node ?? node;
    const place = at ? source.placeOf(stands.get(at) ?? at) : { file, line: 1, column: 1 };
    const [what, remedy] = [withKeys(mistake.what), withKeys(mistake.remedy)];
    const same = `${place.file}:${place.line}:${place.column}:${what}`;
    const byTemplate = use && key !== mistake.path && !/\.(tagsFrom|alarmsFrom)\[/.test(key);
    const earlier = found.get(same);
    if (!earlier) {
      const users = byTemplate ? new Map([[nameOf(use), source.placeOf(use.node)]]) : null;
      found.set(same, { ...place, key, what, remedy, at: mistake.path, users });
    } else if (!byTemplate) found.set(same, { ...earlier, users: null });
    else earlier.users?.set(nameOf(use), source.placeOf(use.node));
  }
  return [...found.values()].map(({ users, what, ...problem }) => ({ ...problem, what: what + usersText(users) }));

  /** The key under which a path of the expanded plant is written, and the node there or next above. */
  function written(path: string, use: Use | undefined): { key: string; node: Node | undefined } {
    let at = path;
    while (at !== "" && !nodes.has(at)) at = above(at);
    const node = nodes.get(at);
    if (!use || !node) return { key: path, node };
    const key = keys.get(stands.get(node) ?? node);
    return { key: key === undefined ? path : key + path.slice(at.length), node };
  }

  /** Tags that other tags are compared with, by the keys at which they are written. */
  function withKeys(text: string): string {
    return text.replaceAll(tagPaths, (path) => written(path, uses.get(path)).key);
  }
}

const nameOf = ({ noun, name }: Use): string => `${noun} \`${name}\``;

function usersText(users: ReadonlyMap<string, Place> | null): string {
  const [first, ...more] = users ?? [];
  if (!first) return "";
  const [user, { file, line, column }] = first;
  const others = more.length === 0 ? "" : ` and ${more.length} more`;
  return ` (in ${user}, ${file}:${line}:${column}${others})`;
}
