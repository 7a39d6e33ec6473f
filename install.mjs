// Brings node_modules to what package-lock.json says, where it is not so already. Plain JavaScript without imports
// from the project: it runs on whatever Node (20 or later) the machine has, before the project's own Node is there.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";

const [major] = process.versions.node.split(".").map(Number);
if (major < 20) {
  process.stderr.write(`Pilotline needs Node 20 or later to install itself; this is ${process.version}.\n`);
  process.exit(2);
}

const stamp = "node_modules/.pilotline-lock";
const wanted = createHash("sha256").update(readFileSync("package-lock.json")).update(process.arch).digest("hex");
const present = existsSync(stamp) ? readFileSync(stamp, "utf8") : "";

if (present !== wanted) {
  process.stdout.write("Installing packages (once, about 20 s) …\n");
  const npm = process.env.npm_execpath;
  const args = ["ci", "--no-audit", "--no-fund", "--no-progress", "--loglevel=error"];
  const done = npm
    ? spawnSync(process.execPath, [npm, ...args], { stdio: "inherit" })
    : spawnSync("npm", args, { stdio: "inherit", shell: process.platform === "win32" });
  if (done.status !== 0) {
    process.stderr.write("`npm ci` failed; see its message above. Check the connection to the npm registry.\n");
    process.exit(3);
  }
  writeFileSync(stamp, wanted);
}
