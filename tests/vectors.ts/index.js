// `node tests/vectors.ts FILE` runs a file of indicator vectors. A folder with an index.js, because every Node can start
// that: one before 22.18 cannot load a .ts file, and is replaced here by the Node that the project brings.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

const main = new URL("../vectors/main.ts", import.meta.url);
if (process.features.typescript) await import(main.href);
else {
  const bin = fileURLToPath(new URL("../../node_modules/node/bin/", import.meta.url));
  const node = [`${bin}node`, `${bin}node.exe`].find(existsSync);
  if (node)
    process.exitCode =
      spawnSync(node, [fileURLToPath(main), ...process.argv.slice(2)], { stdio: "inherit" }).status ?? 1;
  else {
    process.stderr.write(`Node ${process.version} cannot run TypeScript; run \`npm ci\`, which brings one that can.\n`);
    process.exitCode = 1;
  }
}
