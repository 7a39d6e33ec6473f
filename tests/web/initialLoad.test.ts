import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { beforeAll, expect, test } from "vitest";
import { buildPages } from "../../dashboard/build.ts";

const dist = new URL("../../dashboard/web/dist/", import.meta.url);
/** 150 KiB of script, compressed, before anything of the page is seen. */
const budget = 150 * 1024;

interface Chunk {
  readonly file: string;
  readonly imports?: readonly string[];
  readonly dynamicImports?: readonly string[];
}

let manifest: Readonly<Record<string, Chunk>>;
beforeAll(async () => {
  await buildPages(() => {});
  manifest = JSON.parse(await readFile(fileURLToPath(new URL(".vite/manifest.json", dist)), "utf8"));
}, 120_000);

/** What is loaded with `names` at once: they, and what they import by name. */
function withImports(names: readonly string[]): ReadonlySet<string> {
  const found = new Set<string>();
  const follow = (name: string): void => {
    if (found.has(name)) return;
    found.add(name);
    for (const next of manifest[name]?.imports ?? []) follow(next);
  };
  names.forEach(follow);
  return found;
}

test.each(["overview/OverviewPage.vue", "line/LinePage.vue"])(
  "the entry and pages/%s with all that they import fit the budget",
  async (page) => {
    const route = `pages/${page}`;
    expect(manifest["index.html"]?.dynamicImports).toContain(route);
    const chunks = [...withImports(["index.html", route])];
    const scripts = chunks.flatMap((name) => manifest[name]?.file ?? []).filter((file) => file.endsWith(".js"));
    const sizes = await Promise.all(
      scripts.map(async (file) => gzipSync(await readFile(fileURLToPath(new URL(file, dist)))).length),
    );
    const bytes = sizes.reduce((sum, size) => sum + size, 0);
    expect(bytes).toBeGreaterThan(50 * 1024);
    expect(bytes).toBeLessThanOrEqual(budget);
    // Charts and reports come when they are opened.
    expect(chunks.filter((name) => /uplot|TrendPage|AssessmentPage/i.test(name))).toEqual([]);
  },
);
