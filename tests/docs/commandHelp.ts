import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { commands } from "../../pilotline.ts";
import { root } from "./pages.ts";

export interface CommandHelp {
  readonly name: string;
  readonly summary: string;
  readonly help: string;
  readonly options: readonly string[];
  /** Environment variables that stand in for options. */
  readonly environment: readonly string[];
}

const matches = (text: string, pattern: RegExp): readonly string[] => [
  ...new Set([...text.matchAll(pattern)].map((match) => match[1] ?? "")),
];

/** What each command says of itself by `--help`. */
export const commandHelps = (): Promise<readonly CommandHelp[]> =>
  Promise.all(
    Object.entries(commands)
      .filter(([, { script }]) => existsSync(join(root, script)))
      .map(async ([name, { script, summary }]) => {
        const { stdout } = await promisify(execFile)(process.execPath, [join(root, script), "--help"], { cwd: root });
        return {
          name,
          summary,
          help: stdout.trimEnd(),
          options: matches(stdout, /^ {2}--([a-z][a-z-]*)/gm),
          environment: matches(stdout, /environment ([A-Z_]+)/g),
        };
      }),
  );
