import { dirname, isAbsolute, join } from "node:path";
import { isNode, type Node, visit } from "yaml";
import { messageOf } from "#shared/model/errors.ts";
import { Conformer, child, keyOf } from "../conform.ts";
import type { Environment } from "../environment.ts";
import type { Mistake } from "../mistakes.ts";
import type { Problem } from "../problem.ts";
import { shapeOf } from "../shape.ts";
import { readYaml, type YamlSource } from "../yamlSource.ts";
import { TemplateFileSchema } from "./templateSchema.ts";
import { createReader, listed, type MapNode, type Reader } from "./yamlMaps.ts";

/** Gives the text of a template file; throws where it cannot be read. */
export type ReadText = (path: string) => string;

/** A tag, or an alarm rule, of a template. */
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

/** Alarm rules of an equipment kind, as they are written. */
export interface AlarmTemplate {
  readonly id: string;
  readonly map: MapNode;
  /** What a use gives: a word, and what it stands for. */
  readonly needs: ReadonlyMap<string, string>;
  readonly rules: readonly TemplateTag[];
  /** Key path in the file that it is written in. */
  readonly path: string;
}

/** Every template that a plant can use. */
export interface Catalogue {
  readonly templates: ReadonlyMap<string, Template>;
  readonly alarmTemplates: ReadonlyMap<string, AlarmTemplate>;
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
  const alarmTemplates = new Map<string, AlarmTemplate>();
  const add = <T extends Pick<Template, "id" | "map" | "path">>(
    into: Map<string, T>,
    found: readonly T[],
    idOf: Reader,
  ) => {
    for (const template of found) {
      const other = into.get(template.id);
      if (!other) into.set(template.id, template);
      else {
        const node = idOf.at(template.map, "id") ?? template.map;
        const what = `another template has the id \`${template.id}\``;
        report({ node, path: child(template.path, "id"), what, remedy: "rename one of the two." });
      }
    }
  };

  add(templates, templatesIn(root, reader, conformer), reader);
  add(alarmTemplates, alarmTemplatesIn(root, reader), reader);
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
    const ownRoot = ownReader.map(own.root);
    add(templates, templatesIn(ownRoot, ownReader, fileConformer), ownReader);
    add(alarmTemplates, alarmTemplatesIn(ownRoot, ownReader), ownReader);
  }
  return { templates, alarmTemplates, conformers, unreadable };
}

function alarmTemplatesIn(root: MapNode | undefined, reader: Reader): readonly AlarmTemplate[] {
  const all = listed(reader.items(reader.at(root, "alarmTemplates")), "alarmTemplates");
  return all.flatMap(([node, path]): AlarmTemplate[] => {
    const map = reader.map(node);
    const id = reader.text(reader.at(map, "id"));
    if (!map || id === undefined) return [];
    const needs = reader.map(reader.at(map, "needs"))?.items ?? [];
    return [
      {
        id,
        map,
        path,
        needs: new Map(needs.map((pair) => [keyOf(pair), reader.text(pair.value) ?? ""])),
        rules: namedIn(reader.at(map, "rules"), reader),
      },
    ];
  });
}

/** The members of a list that have an id. */
const namedIn = (list: Node | undefined, reader: Reader): readonly TemplateTag[] =>
  reader.items(list).flatMap((item): TemplateTag[] => {
    const map = reader.map(item);
    const id = reader.text(reader.at(map, "id"));
    return map && id !== undefined ? [{ id, node: map }] : [];
  });

function templatesIn(root: MapNode | undefined, reader: Reader, conformer: Conformer): readonly Template[] {
  return listed(reader.items(reader.at(root, "templates")), "templates").flatMap(([node, path]): Template[] => {
    const map = reader.map(node);
    const id = reader.text(reader.at(map, "id"));
    if (!map || id === undefined) return [];
    const tags = namedIn(reader.at(map, "tags"), reader);
    return [{ id, protocol: reader.text(reader.at(map, "protocol")), map, tags, path, conformer }];
  });
}
