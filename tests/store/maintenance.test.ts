import { execFile } from "node:child_process";
import { cp, mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { systemClock } from "#shared/kit/clock.ts";
import { silentLog } from "#shared/kit/log.ts";
import { inRanges, noRanges } from "#shared/model/ranges.ts";
import { hours, instant, millis, minutes } from "#shared/model/time.ts";
import { openEmbeddedReader, openEmbeddedWriter } from "#shared/store/embedded/open.ts";
import { takeBackup } from "#shared/store/maintenance/backup.ts";
import { checkFiles } from "#shared/store/maintenance/check.ts";
import { type KeptFile, lockIngestFolder, placeOf } from "#shared/store/maintenance/files.ts";
import { restoreBackup } from "#shared/store/maintenance/restore.ts";
import { openRecordsWriter } from "#shared/store/records/sqlite.ts";
import { openAccounts } from "../../dashboard/server/accounts/accounts.ts";
import { temporaryFolder } from "../fakes/folder.ts";
import { batch, good, tag } from "./samples.ts";
import { samplesPerBatch, startChild } from "./writingChild.ts";

const start = Math.ceil(Date.UTC(2026, 5, 1) / hours(1)) * hours(1);
const always = instant(Date.UTC(2100, 0, 1));
const now = (n: number) => instant(Date.UTC(2026, 6, 1) + n);
const quiet = () => {};
const verdictOn = (pathOf: (kept: KeptFile) => string) => {
  const lines: string[] = [];
  return { sound: checkFiles(pathOf, (line) => lines.push(line)), said: lines.join("\n") };
};
const checked = (data: string) => verdictOn((kept) => placeOf(data, kept));
const checkedBackup = (folder: string) => verdictOn(({ name }) => join(folder, name));

/** A data folder with some hours of history, all of it in chunks, and a record. */
async function filled(data: string, value = 1): Promise<void> {
  const options = { file: join(data, "ingest", "history.db"), clock: systemClock, log: silentLog };
  await using writer = await openEmbeddedWriter(options, { groupWait: millis(1), maxHotPoints: 0 });
  await using reader = await openEmbeddedReader(options);
  const samples = Array.from({ length: 300 }, (_, i) => good(tag("a"), start + i * minutes(1), value));
  await writer.write([batch(samples, { queueId: "q", number: value })]);
  await using records = await openRecordsWriter(join(data, "ingest", "records.db"));
  records.appendDeadLetters([
    { receivedAt: instant(value), topic: `t${value}`, reason: "r", payload: Buffer.of(value) },
  ]);
  // Sealed: a chunk of each quarter of an hour is there.
  using database = new DatabaseSync(options.file, { readOnly: true });
  const left = database.prepare("SELECT count(*) AS n FROM hot");
  while (left.get()?.n !== 0) await new Promise((resolve) => setImmediate(resolve));
  expect(await reader.count(tag("a"), instant(0), always)).toBe(300);
}

test("backups taken while a process writes and seals are sound, and hold all that was acknowledged before", async () => {
  await using folder = await temporaryFolder();
  const data = join(folder.path, "data");
  await mkdir(join(data, "ingest"), { recursive: true });
  const child = startChild(join(data, "ingest", "history.db"), 1, 3_000);
  try {
    for (let round = 1; round <= 4; round++) {
      await child.reached(round * 20);
      const before = [...child.acknowledged];
      const backup = await takeBackup(data, join(folder.path, "backups"), now(round), quiet);
      expect(checkedBackup(backup)).toMatchObject({ sound: true });
      await using writer = await openEmbeddedWriter({
        ...{ file: join(backup, "history.db"), clock: systemClock, log: silentLog },
      });
      const stored = (await writer.storedBatches()).get("q") ?? noRanges;
      expect(before.filter((number) => !inRanges(stored, number))).toEqual([]);
      await using reader = await openEmbeddedReader({
        ...{ file: join(backup, "history.db"), clock: systemClock, log: silentLog },
      });
      const tags = Array.from({ length: 20 }, (_, i) => tag(`t${i}`));
      const counts = await Promise.all(tags.map((of) => reader.count(of, instant(0), always)));
      const batches = stored.reduce((sum, [first, last]) => sum + last - first + 1, 0);
      expect(counts.reduce((a, b) => a + b)).toBe(batches * samplesPerBatch);
    }
  } finally {
    await child.kill();
  }
}, 60_000);

test("a restore puts the backup in place, keeps what was there, and an open reader follows", async () => {
  await using folder = await temporaryFolder();
  const data = join(folder.path, "data");
  await filled(data, 1);
  const backup = await takeBackup(data, folder.path, now(0), quiet);
  await filled(data, 2);
  await using reader = await openEmbeddedReader({
    ...{ file: join(data, "ingest", "history.db"), clock: systemClock, log: silentLog },
  });
  const valueNow = async () => (await reader.last([tag("a")], always)).get(tag("a"))?.value;
  expect(await valueNow()).toBe(2);
  const restored = await restoreBackup(backup, data, now(1));
  expect(await valueNow()).toBe(1);
  expect(restored.map(({ name }) => name)).toEqual(["history.db", "records.db"]);
  for (const { name, aside } of restored) {
    using before = new DatabaseSync(aside ?? "");
    const [sql, expected] =
      name === "history.db"
        ? ["SELECT ranges AS x FROM stored_batch", "1-2"]
        : ["SELECT count(*) AS x FROM dead_letter", 2];
    expect(before.prepare(String(sql)).get()?.x).toBe(expected);
  }
  await using records = await openRecordsWriter(join(data, "ingest", "records.db"));
  expect(records.deadLetters(9).map(({ topic }) => topic)).toEqual(["t1"]);
  expect(checked(data)).toMatchObject({ sound: true });
  expect((await readdir(join(data, "ingest"))).filter((name) => name.includes("restoring"))).toEqual([]);
});

test("users and their audit log are in it, sessions are not; a running dashboard's file is not replaced", async () => {
  await using folder = await temporaryFolder();
  const data = join(folder.path, "data");
  const file = join(data, "dashboard", "accounts.db");
  const token = await (async () => {
    using accounts = openAccounts(file, systemClock);
    const password = await accounts.createUser("ops", "engineer");
    const login = await accounts.login("ops", password, "here");
    expect(login.kind).toBe("in");
    return login.kind === "in" ? login.token : "";
  })();
  let backup: string;
  {
    using running = openAccounts(file, systemClock);
    expect(running.sessionOf(token)?.user).toBe("ops");
    running.audit.append({ at: now(0), user: "ops", address: "here", action: "export", outcome: "done" });
    backup = await takeBackup(data, folder.path, now(0), quiet);
    expect(checkedBackup(backup)).toMatchObject({ sound: true, said: expect.stringContaining("accounts.db: sound") });
    await running.createUser("late", "engineer");
    await expect(restoreBackup(backup, data, now(1))).rejects.toThrow(/A dashboard works with .*accounts\.db/);
    expect(running.users()).toHaveLength(2);
  }
  expect(await restoreBackup(backup, data, now(1))).toMatchObject([{ name: "accounts.db" }]);
  {
    using restored = openAccounts(file, systemClock);
    expect(restored.users().map(({ name }) => name)).toEqual(["ops"]);
    expect(restored.sessionOf(token)).toBeNull();
  }
  using database = new DatabaseSync(file, { readOnly: true });
  expect(database.prepare("SELECT action FROM audit").all()).toContainEqual({ action: "export" });
  database.close();
  // A file that is damaged is no reason to refuse.
  await writeFile(file, "no database ".repeat(1_000));
  expect(await restoreBackup(backup, data, now(2))).toHaveLength(1);
  expect(checked(data)).toMatchObject({ sound: true });
});

test("a damaged backup, or none, is refused, and nothing has changed", async () => {
  await using folder = await temporaryFolder();
  const data = join(folder.path, "data");
  await filled(data);
  const backup = await takeBackup(data, folder.path, now(0), quiet);
  const before = await readdir(join(data, "ingest"));
  const changed = join(folder.path, "changed");
  await cp(backup, changed, { recursive: true });
  const bytes = await readFile(join(changed, "history.db"));
  bytes[bytes.length - 2_000] = (bytes[bytes.length - 2_000] ?? 0) ^ 1;
  await writeFile(join(changed, "history.db"), bytes);
  await expect(restoreBackup(changed, data, now(1))).rejects.toThrow(/DAMAGED.*SHA-256/);
  await expect(restoreBackup(folder.path, data, now(1))).rejects.toThrow("NOT_FOUND");
  const foreign = { format: 1, takenAt: 0, files: [{ name: "../../x", bytes: 0, sha256: "" }] };
  await writeFile(join(changed, "backup.json"), JSON.stringify(foreign));
  await expect(restoreBackup(changed, data, now(1))).rejects.toThrow("DAMAGED");
  expect((await readdir(join(data, "ingest"))).filter((name) => name !== "writer.lock")).toEqual(before);
  await expect(takeBackup(join(folder.path, "nowhere"), folder.path, now(2), quiet)).rejects.toThrow("NOT_FOUND");
});

test.each([
  [
    "a chunk's bytes",
    "UPDATE chunk SET body = substr(body, 1, length(body) - 9) WHERE id = (SELECT min(id) FROM chunk)",
    /chunk \d+ \(2026-06-01.*cannot be unpacked/,
  ],
  [
    "a chunk's roll-up",
    "UPDATE chunk SET v_max = 7 WHERE id = (SELECT max(id) FROM chunk)",
    /its roll-up is not that of its samples/,
  ],
  [
    "an hour's roll-up",
    "UPDATE hour SET good_ms = good_ms + 1 WHERE id = (SELECT max(id) FROM hour)",
    /not that of its quarters/,
  ],
  ["an hour that is missing", "DELETE FROM hour WHERE id = (SELECT max(id) FROM hour)", /hour \d+ is missing/],
  [
    "an hour that has no samples",
    "UPDATE hour SET id = id + 2097152 * 90 WHERE id = (SELECT max(id) FROM hour)",
    /not that of its quarters/,
  ],
])("the check finds %s", async (_, damage, said) => {
  await using folder = await temporaryFolder();
  await filled(folder.path);
  expect(checked(folder.path)).toEqual({
    sound: true,
    said: "history.db: sound, 300 samples in 20 chunks and 5 hours\nrecords.db: sound\naccounts.db: not there",
  });
  {
    using database = new DatabaseSync(join(folder.path, "ingest", "history.db"));
    database.exec(damage);
  }
  const { sound, said: lines } = checked(folder.path);
  expect(sound).toBe(false);
  expect(lines).toMatch(said);
});

test("the command backs up, checks and restores, and refuses to restore under a running writer", async () => {
  await using folder = await temporaryFolder();
  const data = join(folder.path, "data");
  await filled(data);
  const script = fileURLToPath(new URL("../../pilotline.ts", import.meta.url));
  const run = (...args: string[]) =>
    new Promise<{ code: unknown; out: string }>((resolve) => {
      execFile(process.execPath, [script, "store", ...args, "--data", data], (error, stdout, stderr) =>
        resolve({ code: error?.code ?? 0, out: `${stdout}${stderr}` }),
      );
    });
  const made = await run("backup", "--to", join(folder.path, "backups"));
  expect(made.code).toBe(0);
  const backup = /^.*pilotline-\d{8}T\d{9}Z$/m.exec(made.out)?.[0] ?? "";
  expect(await run("check", "--from", backup)).toMatchObject({ code: 0 });
  {
    using _running = lockIngestFolder(data);
    expect(await run("check")).toMatchObject({ code: 0 });
    const refused = await run("restore", "--from", backup);
    expect(refused).toMatchObject({ code: 1, out: expect.stringContaining("Another process writes") });
  }
  const restored = await run("restore", "--from", backup);
  expect(restored).toMatchObject({ code: 0, out: expect.stringContaining("history.db: restored; the earlier one is") });
  expect((await run("restore")).code).toBe(2);
  expect((await run("mend")).code).toBe(2);
}, 60_000);
