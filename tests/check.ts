// `npm run check`: everything about the source that needs no running system, part by part, with one verdict.
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

interface Part {
  readonly name: string;
  readonly tool: string;
  readonly args: readonly string[];
}

const root = fileURLToPath(new URL("..", import.meta.url));
const pages = "dashboard/web/tsconfig.json";
/** What the compiler found out the last time: a check after a small change takes a fifth. */
const typesSeen = ".cache/types.tsbuildinfo";

const parts: readonly Part[] = [
  { name: "types", tool: "typescript/bin/tsc", args: ["-p", ".", "--incremental", "--tsBuildInfoFile", typesSeen] },
  ...(existsSync(`${root}${pages}`)
    ? [{ name: "types of the pages", tool: "vue-tsc/bin/vue-tsc.js", args: ["-p", pages, "--noEmit"] }]
    : []),
  { name: "format and lint", tool: "@biomejs/biome/bin/biome", args: ["ci", ".", "--error-on-warnings"] },
  { name: "architecture and docs", tool: "vitest/vitest.mjs", args: ["run", "tests/architecture", "tests/docs"] },
];

interface Outcome {
  readonly code: number | null;
  readonly output: string;
}

const run = ({ tool, args }: Part): Promise<Outcome> =>
  new Promise((resolve) => {
    const child = spawn(process.execPath, [`node_modules/${tool}`, ...args], { cwd: root });
    const output: Buffer[] = [];
    child.stdout.on("data", (data: Buffer) => output.push(data));
    child.stderr.on("data", (data: Buffer) => output.push(data));
    child.once("close", (code) => resolve({ code, output: Buffer.concat(output).toString() }));
  });

const say = (line: string) => process.stdout.write(`${line}\n`);

const failed: string[] = [];
for (const part of parts) {
  const started = performance.now();
  const { code, output } = await run(part);
  const seconds = ((performance.now() - started) / 1_000).toFixed(1);
  say(`${code === 0 ? "ok    " : "FAILED"} ${part.name} (${seconds} s)`);
  if (code === 0) continue;
  failed.push(part.name);
  say(output.trimEnd());
}
say(failed.length === 0 ? "Check: all parts are in order." : `Check failed: ${failed.join(", ")}.`);
process.exitCode = failed.length === 0 ? 0 : 1;
