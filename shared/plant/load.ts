import { readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import type { Node } from "yaml";
import { CodedError, messageOf } from "#shared/model/errors.ts";
import { warnOfSilence } from "./checks/notification.ts";
import { checkPlant } from "./checks/plant.ts";
import { warnOfMissingGuidance } from "./checks/rationalisation.ts";
import { Conformer, child } from "./conform.ts";
import type { Environment } from "./environment.ts";
import type { Mistake } from "./mistakes.ts";
import type { Plant } from "./plant.ts";
import { formatProblem, type Problem } from "./problem.ts";
import { isProtocol, protocols } from "./protocols/registry.ts";
import { type PlantFile, PlantSchema } from "./schema.ts";
import { shapeOf } from "./shape.ts";
import type { ReadText } from "./templates/catalogue.ts";
import { type Expansion, expandTemplates, joined } from "./templates/expand.ts";
import { problemsOf } from "./templates/written.ts";
import { readYaml, type YamlSource } from "./yamlSource.ts";

export type { Problem } from "./problem.ts";

export type ParsedPlant =
  /** Warnings are no mistakes: the plant runs. */
  | { readonly plant: Plant; readonly problems: readonly []; readonly warnings: readonly Problem[] }
  | { readonly plant: null; readonly problems: readonly Problem[] };

const readNow: ReadText = (path) => readFileSync(path, "utf8");

/**
 * The plant in `text`, with templates and environment expanded, defaults filled in and every reference checked, or every
 * mistake in it. `file` goes into the problems, and template files are looked for beside it. References are checked once
 * all keys have their types.
 */
export function parsePlant(text: string, file: string, env: Environment, readText: ReadText = readNow): ParsedPlant {
  const source = readYaml(text, file);
  if (source.mistakes.length > 0) {
    return { plant: null, problems: source.mistakes.map((mistake) => ({ key: "plant", ...mistake })) };
  }
  if (!source.root) {
    const remedy = "start from plant.example.yaml.";
    return { plant: null, problems: [{ file, line: 1, column: 1, key: "plant", what: "the file is empty", remedy }] };
  }
  const mistakes: Mistake[] = [];
  const report = (mistake: Mistake) => void mistakes.push(mistake);
  const owners = new Map<Node, YamlSource>();
  const whole = joined(source, owners);
  const conformer = new Conformer({
    source: whole,
    env,
    report: (node, path, what, remedy) => report({ node, path, what, remedy }),
  });
  const expansion = expandTemplates({ source, root: source.root, file, env, readText, owners, conformer, report });
  if (expansion.catalogue.unreadable.length > 0) return { plant: null, problems: expansion.catalogue.unreadable };
  const conformed = conformer.conform(shapeOf(PlantSchema), expansion.root, "");
  const { usable } = conformer;
  checkTemplates(expansion);
  let plant: Plant | undefined;
  if (usable) {
    const at = (path: string, what: string, remedy: string) => report({ node: undefined, path, what, remedy });
    plant = checkPlant(withoutTemplates(conformed as PlantFile), conformer, at);
  }
  const inOrder = (a: Problem, b: Problem) =>
    Number(b.file === file) - Number(a.file === file) ||
    a.file.localeCompare(b.file) ||
    a.line - b.line ||
    a.column - b.column;
  const written = (found: readonly Mistake[]) => problemsOf(found, conformer, expansion, whole).toSorted(inOrder);
  const problems = written(
    mistakes.filter(({ path, what }) => !(expansion.incomplete.has(path) && what === "key `protocol` is missing")),
  );
  if (!plant || problems.length > 0) return { plant: null, problems };
  const doubts: Mistake[] = [];
  const doubt = (path: string, what: string, remedy: string) =>
    void doubts.push({ node: undefined, path, what, remedy });
  warnOfMissingGuidance(plant, doubt);
  warnOfSilence(plant, doubt);
  return { plant, problems: [], warnings: written(doubts) };
}

/** Addresses of templates, also of those that no device uses. */
function checkTemplates({ catalogue }: Expansion): void {
  for (const { protocol, path, tags, conformer } of catalogue.templates.values()) {
    if (protocol === undefined || !isProtocol(protocol)) continue;
    for (const i of tags.keys()) {
      const at = `${child(child(path, "tags"), i)}.address`;
      conformer.again(shapeOf(protocols[protocol].address), at);
    }
  }
}

/** A checked plant knows tags only: where they come from is told by the file. */
const withoutTemplates = ({
  templateFiles: _files,
  templates: _templates,
  alarmTemplates: _alarms,
  ...plant
}: PlantFile): Plant => ({
  ...plant,
  lines: plant.lines.map(({ alarmsFrom: _alarmsFrom, ...line }) => ({
    ...line,
    equipment: line.equipment.map(({ tagsFrom: _from, ...equipment }) => equipment),
  })),
});

/**
 * Reads and checks a plant file; throws `CONFIG` with every problem on a line of its own. `reads` hears of each template
 * file before it is read, whether it can be or not.
 */
export async function loadPlant(
  file: string,
  env: Environment,
  reads?: (templateFile: string) => void,
): Promise<Plant> {
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch (error) {
    throw new CodedError("CONFIG", `the plant file cannot be read: ${messageOf(error)}. Name it with --plant.`);
  }
  const readText: ReadText = (path) => {
    reads?.(path);
    return readNow(path);
  };
  const { plant, problems } = parsePlant(text, file, env, readText);
  if (plant) return plant;
  const count = problems.length === 1 ? "one mistake" : `${problems.length} mistakes`;
  throw new CodedError("CONFIG", `${file} has ${count}:\n${problems.map(formatProblem).join("\n")}`);
}
