// `npm run faults -- [id …] [--seed N] [--short]`: runs experiments in full and puts their results on the page.
import { spawnSync } from "node:child_process";
import { parseArgs } from "node:util";
import { type Experiment, isRun, seeded } from "./experiment.ts";
import { experiments } from "./registry.ts";
import { keepResult, resultOf } from "./results.ts";

const say = (line: string) => process.stdout.write(`${line}\n`);
const known: Readonly<Record<string, Experiment>> = experiments;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { seed: { type: "string" }, short: { type: "boolean" }, help: { type: "boolean" } },
});
const unknown = positionals.filter((id) => !Object.hasOwn(known, id));
if (values.help || unknown.length > 0) {
  if (unknown.length > 0) say(`There is no experiment ${unknown.join(", ")}.\n`);
  say("Usage: npm run faults -- [id …] [--seed N] [--short]\n");
  say("Runs all experiments, or the named ones, in full; --short as npm test does, without keeping the result.\n");
  for (const [id, { title }] of Object.entries(known)) say(`  ${id.padEnd(5)} ${title}`);
  process.exit(values.help ? 0 : 2);
}

let failed = 0;
for (const id of positionals.length > 0 ? positionals : Object.keys(known)) {
  const experiment = known[id];
  if (!experiment || !isRun(experiment)) continue;
  say(`${id}: ${experiment.title}`);
  const missing = experiment.missing?.();
  if (missing) {
    say(`  skipped: ${missing}`);
    continue;
  }
  const seed = values.seed === undefined ? Math.floor(Math.random() * 2 ** 31) : Number(values.seed);
  const size = values.short ? "short" : "full";
  try {
    const outcome = await experiment.run({ size, random: seeded(seed), say: (line) => say(`  ${line}`) });
    const result = resultOf(outcome, seed);
    say(`  ${JSON.stringify(result)}`);
    if (outcome.lost - outcome.undeclared < 0 || outcome.undeclared + outcome.duplicated + outcome.wrong > 0)
      failed += 1;
    if (!values.short) keepResult(id, result);
  } catch (error) {
    failed += 1;
    say(`  FAILED (seed ${seed}): ${error instanceof Error ? error.stack : error}`);
  }
}
if (!values.short) spawnSync(process.execPath, ["tests/generate.ts"], { stdio: "inherit" });
say(failed === 0 ? "All experiments held." : `${failed} experiments did not hold.`);
process.exit(failed === 0 ? 0 : 1);
