import { readdirSync, readFileSync } from "node:fs";

const folder = new URL("../cases/plant/", import.meta.url);

export interface PlantCase {
  readonly file: string;
  readonly text: string;
  /** The lines behind `# expect: `, in order: everything the check must say of the file, and nothing else. */
  readonly expected: readonly string[];
}

/** Case files of `tests/cases/plant` by how their names end. */
export function plantCases(ending: ".good.yaml" | ".bad.yaml"): readonly PlantCase[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith(ending))
    .sort()
    .map((file) => {
      const text = readFileSync(new URL(file, folder), "utf8");
      return { file, text, expected: [...text.matchAll(/^# expect: (.*)$/gm)].map(([, line = ""]) => line) };
    });
}

export const goodCase = (name: string): string => readFileSync(new URL(`${name}.good.yaml`, folder), "utf8");
