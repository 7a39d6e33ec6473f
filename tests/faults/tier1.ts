import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { type Experiment, isRun, seeded } from "./experiment.ts";

const root = new URL("../../", import.meta.url);
const limitMs = 240_000;

/** The short form of each experiment of tier 1; for one that another test shows, that this test stands. */
export function checkAll(experiments: readonly (readonly [string, Experiment])[]): void {
  for (const [id, experiment] of experiments) {
    if (!isRun(experiment)) {
      test.each(experiment.shownBy)(`${id} is shown by $file: $title`, ({ file, title }) => {
        expect(readFileSync(fileURLToPath(new URL(file, root)), "utf8")).toContain(title);
      });
      continue;
    }
    if (experiment.tier !== 1) continue;
    const missing = experiment.missing?.();
    test.skipIf(missing !== undefined)(
      `${id}: ${experiment.title}${missing ? ` (skipped: ${missing})` : ""}`,
      async () => {
        const seed = Math.floor(Math.random() * 2 ** 31);
        const outcome = await experiment.run({ size: "short", random: seeded(seed), say: () => {} });
        const { accepted, lost, duplicated, undeclared, wrong } = outcome;
        expect({ seed, lost, duplicated, undeclared, wrong }).toEqual({
          seed,
          lost: 0,
          duplicated: 0,
          undeclared: 0,
          wrong: 0,
        });
        expect(accepted).toBeGreaterThan(0);
      },
      limitMs,
    );
  }
}
