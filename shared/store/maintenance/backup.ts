import { createHash } from "node:crypto";
import { createReadStream, existsSync } from "node:fs";
import { mkdir, readFile, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { writeFileAtomic } from "#shared/kit/files.ts";
import { CodedError, messageOf } from "#shared/model/errors.ts";
import type { EpochMs } from "#shared/model/time.ts";
import { copyOnline } from "../sqlite/onlineCopy.ts";
import { keptFile, keptFiles, placeOf } from "./files.ts";

/** What a backup holds; written last, so a folder without it is no backup. */
export interface Manifest {
  readonly format: 1;
  readonly takenAt: EpochMs;
  readonly files: readonly ManifestFile[];
}
export interface ManifestFile {
  readonly name: string;
  readonly bytes: number;
  /** SHA-256, hexadecimal. */
  readonly sha256: string;
}

const manifestName = "backup.json";

/** Copies what a platform keeps into a new folder under `to`, while everything runs or not, and returns that folder. */
export async function takeBackup(data: string, to: string, now: EpochMs, say: (line: string) => void): Promise<string> {
  const there = keptFiles.filter((kept) => existsSync(placeOf(data, kept)));
  if (there.length === 0) {
    throw new CodedError("NOT_FOUND", `${data} holds no history, no records and no accounts: see --data.`);
  }
  const folder = join(to, `pilotline-${new Date(now).toISOString().replaceAll(/[-:.]/g, "")}`);
  if (existsSync(folder)) throw new CodedError("CONFLICT", `${folder} exists already.`);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  try {
    const files: ManifestFile[] = [];
    for (const kept of there) {
      const { name, without } = kept;
      let said = 0;
      await copyOnline(placeOf(data, kept), join(folder, name), without, (pages, all) => {
        const percent = Math.floor((pages / Math.max(1, all)) * 100);
        if (percent < said + 10) return;
        said = percent;
        say(`${name}: ${percent} %`);
      });
      files.push(await describe(folder, name));
    }
    const manifest: Manifest = { format: 1, takenAt: now, files };
    await writeFileAtomic(join(folder, manifestName), `${JSON.stringify(manifest, null, 2)}\n`);
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
  return folder;
}

async function describe(folder: string, name: string): Promise<ManifestFile> {
  const path = join(folder, name);
  const hash = createHash("sha256");
  await pipeline(createReadStream(path), hash);
  return { name, bytes: (await stat(path)).size, sha256: hash.digest("hex") };
}

/** The manifest of a backup whose files are as they were written; throws `NOT_FOUND` or `DAMAGED`. */
export async function readBackup(folder: string): Promise<Manifest> {
  let manifest: Manifest;
  try {
    manifest = JSON.parse(await readFile(join(folder, manifestName), "utf8")) as Manifest;
  } catch (error) {
    throw new CodedError("NOT_FOUND", `${folder} is no backup: ${messageOf(error)}.`, { cause: error });
  }
  if (manifest.format !== 1) {
    throw new CodedError(
      "CONFIG",
      `${folder} is a backup of another format, ${manifest.format}: use the newer software.`,
    );
  }
  for (const { name, bytes, sha256 } of manifest.files) {
    if (!keptFile(name)) throw new CodedError("DAMAGED", `${folder} names a file ${name}.`);
    const found = await describe(folder, name).catch((error: unknown) => {
      throw new CodedError("DAMAGED", `${join(folder, name)}: ${messageOf(error)}.`, { cause: error });
    });
    if (found.bytes === bytes && found.sha256 === sha256) continue;
    throw new CodedError("DAMAGED", `${join(folder, name)} is not what was backed up: its SHA-256 differs.`);
  }
  return manifest;
}
