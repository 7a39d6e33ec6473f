import { readdir, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { CodedError } from "#shared/model/errors.ts";
import { openRecordsWriter } from "#shared/store/records/sqlite.ts";
import { historyFile, recordsFile } from "../../ingest/core.ts";
import { createDamages } from "../../ingest/damages.ts";
import { systemClock } from "../../shared/kit/clock.ts";
import { silentLog } from "../../shared/kit/log.ts";
import { temporaryFolder } from "../fakes/folder.ts";
import { eventually } from "./eventually.ts";
import { startRig } from "./rig.ts";
import { watch } from "./watcher.ts";

test("damaged history and records make the health of ingest degraded, until somebody takes the copies away", async () => {
  await using folder = await temporaryFolder();
  await using rig = await startRig(folder.path);
  await using watcher = await watch(rig);
  const health = () => watcher.newest("health", "/ingest");
  await eventually(() => health()?.state === "ok", "health");
  expect(health()?.details).toMatchObject({ damages: 0, damage: null });

  await rig.restart(undefined, async () => {
    for (const file of [historyFile(rig.data), recordsFile(rig.data)]) {
      for (const ending of ["-wal", "-shm"]) await rm(`${file}${ending}`, { force: true });
      await writeFile(file, "this is no database ".repeat(500));
    }
  });
  await eventually(() => health()?.details.damages === 2, "damage in the health");
  expect(health()).toMatchObject({ state: "degraded", details: { damage: expect.stringContaining("fresh file") } });

  // A new start does not forget it.
  await rig.restart();
  const again = health()?.at ?? 0;
  await eventually(() => (health()?.at ?? 0) > again && health()?.details.damages === 2, "damage after a new start");
  const inner = join(rig.data, "ingest");
  for (const name of await readdir(inner)) {
    if (name.includes(".damaged-")) await rename(join(inner, name), join(folder.path, name));
  }
  await eventually(() => health()?.state === "ok", "health without damaged copies");
}, 60_000);

test("what a call meets later is told too, and the same only once", async () => {
  await using folder = await temporaryFolder();
  const damages = createDamages(folder.path);
  damages.note(new CodedError("DAMAGED", "hot 7: no block."));
  damages.note(new CodedError("DAMAGED", "hot 7: no block."));
  expect(damages.list()).toEqual(["hot 7: no block."]);
  const file = join(folder.path, "records.db");
  await writeFile(file, "this is no database ".repeat(500));
  await using _ = await openRecordsWriter(file, { clock: systemClock, log: silentLog, onDamage: damages.note });
  // The one that was moved aside is named by its note, and not counted again as a file that lies there.
  expect(damages.list()).toEqual(["hot 7: no block.", expect.stringContaining("fresh file")]);
  expect(createDamages(folder.path).list()).toEqual([expect.stringContaining("take it away")]);
  const [copy = ""] = (await readdir(folder.path)).filter((name) => name.includes(".damaged-"));
  await rm(join(folder.path, copy));
  expect([damages.list(), createDamages(folder.path).list()]).toEqual([["hot 7: no block."], []]);
});
