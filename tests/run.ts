// `npm test`: brings the real things that the tests talk to, checks the source, runs every test, gives a verdict.
import { spawnSync } from "node:child_process";
import { startVitest } from "vitest/node";
import { buildPages } from "../dashboard/build.ts";
import { preparePeers } from "./peers.ts";

const say = (line: string) => process.stdout.write(`${line}\n`);

const { environment, missing } = preparePeers(say);
Object.assign(process.env, environment);

await buildPages(say);
const checked = spawnSync(process.execPath, ["tests/check.ts"], { stdio: "inherit" });

const vitest = await startVitest("test", process.argv.slice(2), { run: true, watch: false, reporters: ["default"] });
const states = vitest.state
  .getTestModules()
  .flatMap((module) => [...module.children.allTests()])
  .map((test) => test.result().state);
const broken = vitest.state.getTestModules().filter((module) => module.state() === "failed").length;
const count = (state: string) => states.filter((other) => other === state).length;
const failedFiles = count("failed") === 0 ? broken : 0;
const failed = count("failed") + failedFiles + (checked.status === 0 ? 0 : 1);
await vitest.close();

for (const { name, why } of missing) say(`Not here, so its tests were skipped: ${name} (${why})`);
if (checked.status !== 0) say("`npm run check` failed; see above.");
say(`${count("passed")} passed, ${failed} failed, ${count("skipped")} skipped`);
process.exit(failed === 0 && states.length > 0 ? 0 : 1);
