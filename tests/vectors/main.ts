// Runs a file of indicator vectors against the project's calculations; see tests/vectors.ts.
import { readFileSync } from "node:fs";
import { messageOf } from "#shared/model/errors.ts";
import { hasPassed, runVectors, type VectorOutcome } from "./run.ts";

const say = (line: string) => process.stdout.write(`${line}\n`);
const shown = (value: unknown): string => JSON.stringify(value) ?? "nothing";

function report({ id, differences, error }: VectorOutcome): void {
  if (error !== null) say(`${id}: ${error}`);
  for (const { path, expected, got } of differences)
    say(`${id} ${path}: expected ${shown(expected)}, got ${shown(got)}`);
}

function main([file, ...rest]: readonly string[]): number {
  if (file === undefined || rest.length > 0) {
    process.stderr.write("Usage: node tests/vectors.ts FILE\n");
    return 2;
  }
  let outcomes: readonly VectorOutcome[];
  try {
    outcomes = runVectors(JSON.parse(readFileSync(file, "utf8")));
  } catch (error) {
    process.stderr.write(`${file} cannot be run: ${messageOf(error)}\n`);
    return 2;
  }
  const failed = outcomes.filter((outcome) => !hasPassed(outcome));
  failed.forEach(report);
  say(`${outcomes.length - failed.length} passed, ${failed.length} failed`);
  return failed.length === 0 ? 0 : 1;
}

process.exitCode = main(process.argv.slice(2));
