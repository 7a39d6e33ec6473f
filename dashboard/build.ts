import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { readIfThere } from "#shared/kit/files.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const stamp = join(root, "dashboard/web/dist/.sources");

/** Digest of everything that the built pages come from. */
async function sourcesDigest(): Promise<string> {
  const folders = ["dashboard/web", "shared/model"];
  const names = await Promise.all(
    folders.map(async (folder) => {
      const found = await readdir(join(root, folder), { recursive: true, withFileTypes: true });
      return found.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
    }),
  );
  const files = [
    ...names.flat().filter((name) => !name.startsWith(join(root, "dashboard/web/dist"))),
    join(root, "package-lock.json"),
    join(root, "dashboard/build.ts"),
  ].sort();
  const hash = createHash("sha256");
  for (const file of files) hash.update(file.slice(root.length)).update(await readFile(file));
  return hash.digest("hex");
}

/** Builds the pages where their sources have changed since the last build; some seconds, else none. */
export async function buildPages(say: (line: string) => void): Promise<void> {
  const digest = await sourcesDigest();
  if ((await readIfThere(stamp)) === digest) return;
  say("Building the pages …");
  // A test runner says NODE_ENV=test, and would get Vue's development build.
  const env = { ...process.env, NODE_ENV: "production" };
  const vite = join(root, "node_modules/vite/bin/vite.js");
  await promisify(execFile)(process.execPath, [vite, "build", "dashboard/web", "--logLevel", "warn"], {
    cwd: root,
    env,
  });
  await writeFile(stamp, digest);
}
