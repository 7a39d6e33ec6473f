import { readFile } from "node:fs/promises";
import { CodedError, messageOf } from "#shared/model/errors.ts";
import { checkPlant } from "./checks/plant.ts";
import { Conformer } from "./conform.ts";
import type { Environment } from "./environment.ts";
import type { Plant } from "./plant.ts";
import { formatProblem, type Problem } from "./problem.ts";
import { PlantSchema } from "./schema.ts";
import { shapeOf } from "./shape.ts";
import { readYaml } from "./yamlSource.ts";

export type { Problem } from "./problem.ts";

export type ParsedPlant =
  | { readonly plant: Plant; readonly problems: readonly [] }
  | { readonly plant: null; readonly problems: readonly Problem[] };

/**
 * The plant in `text`, with environment expanded, defaults filled in and every reference checked, or every mistake
 * in it. `file` only goes into the problems. References are checked once all keys have their types.
 */
export function parsePlant(text: string, file: string, env: Environment): ParsedPlant {
  const source = readYaml(text);
  if (source.mistakes.length > 0) {
    return { plant: null, problems: source.mistakes.map((mistake) => ({ file, key: "plant", ...mistake })) };
  }
  const problems: Problem[] = [];
  const conformer = new Conformer({
    source,
    env,
    report: (place, key, what, remedy) => problems.push({ file, ...place, key, what, remedy }),
  });
  if (!source.root) {
    const remedy = "start from plant.example.yaml.";
    return { plant: null, problems: [{ file, line: 1, column: 1, key: "plant", what: "the file is empty", remedy }] };
  }
  let plant = conformer.conform(shapeOf(PlantSchema), source.root, "") as Plant;
  if (conformer.usable) plant = checkPlant(plant, conformer, placedReport(problems, file, conformer, source));
  if (problems.length === 0) return { plant, problems: [] };
  return { plant: null, problems: problems.toSorted((a, b) => a.line - b.line || a.column - b.column) };
}

/** Reports at the place of a key path, or of the nearest key above it that is written in the file. */
const placedReport =
  (problems: Problem[], file: string, { nodes }: Conformer, source: ReturnType<typeof readYaml>) =>
  (path: string, what: string, remedy: string): void => {
    let at = path;
    while (at !== "" && !nodes.has(at)) at = at.replace(/(\.[^.[\]]*|\[\d+\]|^[^.[\]]*)$/, "");
    const node = nodes.get(at);
    problems.push({ file, ...(node ? source.placeOf(node) : { line: 1, column: 1 }), key: path, what, remedy });
  };

/** Reads and checks a plant file; throws `CONFIG` with every problem on a line of its own. */
export async function loadPlant(file: string, env: Environment): Promise<Plant> {
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch (error) {
    throw new CodedError("CONFIG", `the plant file cannot be read: ${messageOf(error)}. Name it with --plant.`);
  }
  const { plant, problems } = parsePlant(text, file, env);
  if (plant) return plant;
  const count = problems.length === 1 ? "one mistake" : `${problems.length} mistakes`;
  throw new CodedError("CONFIG", `${file} has ${count}:\n${problems.map(formatProblem).join("\n")}`);
}
