import { dirname, isAbsolute, join } from "node:path";
import { isNode, type Node, visit } from "yaml";
import { messageOf } from "#shared/model/errors.ts";
import { Conformer, child } from "../conform.ts";
import type { Environment } from "../environment.ts";
import type { Mistake } from "../mistakes.ts";
import type { Problem } from "../problem.ts";
import { shapeOf } from "../shape.ts";
import { readYaml, type YamlSource } from "../yamlSource.ts";
import { TemplateFileSchema } from "./templateSchema.ts";
import { createReader, listed, type MapNode, type Reader } from "./yamlMaps.ts";

/** Gives the text of a template file; throws where it cannot be read. */
export type ReadText = (path: string) => string;

export interface TemplateTag {
  readonly id: string;
  readonly node: MapNode;
}

/** A template as it is written: nothing of it is held against its schema yet. */
export interface Template {
  readonly id: string;
  readonly protocol: string | undefined;
  readonly map: MapNode;
  readonly tags: readonly TemplateTag[];
  /** Key path in the file that it is written in, and what knows the nodes of that file. */
  readonly path: string;
  readonly conformer: Conformer;
}

/** Every template that a plant can use. */
export interface Catalogue {
  readonly templates: ReadonlyMap<string, Template>;
  /** One per template file. */
  readonly conformers: readonly Conformer[];
  /** Files that cannot be read, or are no YAML: what they hold is not known. */
  readonly unreadable: readonly Problem[];
}

export interface CatalogueInput {
  readonly source: YamlSource;
  readonly file: string;
  readonly env: Environment;
  readonly readText: ReadText;
  /** Filled with the nodes of template files and where they stand; every other node is the plant file's. */
  readonly owners: Map<Node, YamlSource>;
  /** Of the plant file. */
  readonly conformer: Conformer;
  readonly report: (mistake: Mistake) => void;
}

/** The templates that a plant file holds itself, and those of the files that it names. */
export function readCatalogue(input: CatalogueInput): Catalogue {
  const { source, file, env, readText, owners, conformer, report } = input;
  const reader = createReader(source, env);
  const root = reader.map(source.root);
  const templates = new Map<string, Template>();
  const conformers: Conformer[] = [];
  const unreadable: Problem[] = [];
  const add = (found: readonly Template[], idOf: Reader) => {
    for (const template of found) {
      const other = templates.get(template.id);
      if (!other) templates.set(template.id, template);
      else {
        const node = idOf.at(template.map, "id") ?? template.map;
        const what = `another template has the id \`${template.id}\``;
        report({ node, path: child(template.path, "id"), what, remedy: "rename one of the two." });
      }
    }
  };

  add(templatesIn(root, reader, conformer), reader);
  for (const [node, path] of listed(reader.items(reader.at(root, "templateFiles")), "templateFiles")) {
    const name = reader.text(node);
    if (name === undefined || name === "") continue;
    const templateFile = isAbsolute(name) ? name : join(dirname(file), name);
    let text: string;
    try {
      text = readText(templateFile);
    } catch (error) {
      const what = `\`${templateFile}\` cannot be read: ${messageOf(error)}`;
      const remedy = "name a file, seen from the folder of the plant file.";
      unreadable.push({ ...source.placeOf(node), key: path, what, remedy });
      continue;
    }
    const own = readYaml(text, templateFile);
    unreadable.push(...own.mistakes.map((mistake) => ({ key: "templates", ...mistake })));
    if (own.mistakes.length > 0) continue;
    if (!own.root) {
      const place = { file: templateFile, line: 1, column: 1 };
      unreadable.push({ ...place, key: "templates", what: "the file is empty", remedy: "write `templates:` in it." });
      continue;
    }
    visit(own.root, (_, member) => void (isNode(member) && owners.set(member, own)));
    const fileConformer = new Conformer({
      source: own,
      env,
      report: (at, key, what, remedy) => report({ node: at, path: key, what, remedy }),
    });
    fileConformer.conform(shapeOf(TemplateFileSchema), own.root, "");
    conformers.push(fileConformer);
    const ownReader = createReader(own, env);
    add(templatesIn(ownReader.map(own.root), ownReader, fileConformer), ownReader);
  }
  return { templates, conformers, unreadable };
}

function templatesIn(root: MapNode | undefined, reader: Reader, conformer: Conformer): readonly Template[] {
  return listed(reader.items(reader.at(root, "templates")), "templates").flatMap(([node, path]): Template[] => {
    const map = reader.map(node);
    const id = reader.text(reader.at(map, "id"));
    if (!map || id === undefined) return [];
    const tags = reader.items(reader.at(map, "tags")).flatMap((item): TemplateTag[] => {
      const tag = reader.map(item);
      const tagId = reader.text(reader.at(tag, "id"));
      return tag && tagId !== undefined ? [{ id: tagId, node: tag }] : [];
    });
    return [{ id, protocol: reader.text(reader.at(map, "protocol")), map, tags, path, conformer }];
  });
}
