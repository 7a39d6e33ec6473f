import { fork } from "node:child_process";
import { once } from "node:events";
import { chmod, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { lockFolder } from "#shared/kit/folderLock.ts";
import { temporaryFolder } from "../fakes/folder.ts";

const holder = fileURLToPath(new URL("./lockHolder.ts", import.meta.url));
const inUse = (cause: unknown) => new Error("somebody has it", { cause });
const lockIn = (folder: string) => lockFolder({ folder, file: "lock", inUse });

test("a second process gets the caller's error, and a kill of the first frees the folder", async () => {
  await using folder = await temporaryFolder();
  const place = join(folder.path, "made", "by it");
  const child = fork(holder, [place, "lock"], { stdio: ["ignore", "ignore", "inherit", "ipc"] });
  await once(child, "message");
  expect(() => lockIn(place)).toThrow("somebody has it");
  const gone = once(child, "exit");
  child.kill("SIGKILL");
  await gone;
  // The file of the one that was killed still lies there.
  const lock = lockIn(place);
  expect(() => lockIn(place)).toThrow("somebody has it");
  lock[Symbol.dispose]();
  lockIn(place)[Symbol.dispose]();
}, 30_000);

test("what cannot be a lock is said in its own words, not as somebody's", async () => {
  await using folder = await temporaryFolder();
  await mkdir(join(folder.path, "lock"));
  expect(() => lockIn(folder.path)).toThrow(/^DISK: .*unable to open database file/);
  await writeFile(join(folder.path, "other"), "no database, but a text of more than a hundred bytes ".repeat(40));
  await chmod(join(folder.path, "other"), 0o600);
  expect(() => lockFolder({ folder: folder.path, file: "other", inUse })).toThrow(/^DISK: .*not a database/);
});
