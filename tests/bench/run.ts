// `npm run bench -- [name …] [--json FILE]`: measures, prints a table, writes JSON.
import { writeFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import type { Benchmark, Figure } from "./figure.ts";
import { benchmarks } from "./registry.ts";

const say = (line: string) => process.stdout.write(`${line}\n`);

function usage(): string {
  const names = Object.entries(benchmarks).map(([name, { summary }]) => `  ${name.padEnd(14)} ${summary}`);
  return ["Usage: npm run bench -- [name …] [--json FILE]", "", ...names].join("\n");
}

const short = (n: number): string =>
  Math.abs(n) >= 1_000 ? Math.round(n).toLocaleString("en") : n.toPrecision(3).replace(/\.0+$/, "");

function table(figures: readonly Figure[]): string {
  const rows = figures.map(({ name, value, unit, reference, ratio }) => [
    name,
    `${short(value)} ${unit}`,
    reference ? `${reference.name}: ${short(reference.value)} ${unit}` : "–",
    ratio === null ? "–" : ratio.toFixed(2),
  ]);
  return [["figure", "value", "reference in the same run", "ratio"], ["---", "---", "---", "---"], ...rows]
    .map((cells) => `| ${cells.join(" | ")} |`)
    .join("\n");
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { json: { type: "string" }, help: { type: "boolean" } },
});
const known: Readonly<Record<string, Benchmark>> = benchmarks;
const unknown = positionals.filter((name) => !Object.hasOwn(known, name));
if (values.help || unknown.length > 0) {
  if (unknown.length > 0) say(`There is no benchmark ${unknown.join(", ")}.\n`);
  say(usage());
  process.exit(values.help ? 0 : 2);
}

const figures: Figure[] = [];
const always = Object.keys(known).filter((name) => !known[name]?.onDemand);
for (const name of positionals.length > 0 ? positionals : always) {
  const benchmark = known[name];
  if (!benchmark) continue;
  say(`${name}: ${benchmark.summary}`);
  figures.push(...(await benchmark.run((line) => say(`  ${line}`))));
}
say(`\n${table(figures)}`);
if (values.json) await writeFile(values.json, `${JSON.stringify(figures, null, 2)}\n`);
process.exit(0);
