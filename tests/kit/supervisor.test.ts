import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { type Clock, systemClock } from "#shared/kit/clock.ts";
import { silentLog } from "#shared/kit/log.ts";
import { createSupervisor } from "#shared/kit/supervisor.ts";
import { millis } from "#shared/model/time.ts";
import { temporaryFolder } from "../fakes/folder.ts";

const child = (body: string) => `${body}\nprocess.send({ ready: { pid: process.pid } });\nsetInterval(() => {}, 1000);`;

const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

test("a child that dies is started again, and stopping ends it", async () => {
  await using folder = await temporaryFolder();
  const script = join(folder.path, "child.mjs");
  await writeFile(script, child(""));
  const supervisor = createSupervisor(systemClock, () => 0, silentLog);
  const started = await supervisor.start({ name: "child", script, args: [] });
  const first = started.details.pid as number;
  const again = started.readyAgain();
  process.kill(first, "SIGKILL");
  await again;
  expect(started.details.pid).not.toBe(first);
  const second = started.details.pid as number;
  expect(isAlive(second)).toBe(true);
  await supervisor[Symbol.asyncDispose]();
  expect(isAlive(second)).toBe(false);
});

test("each restart waits longer, up to 10 s; after a steady minute the row begins anew", async () => {
  await using folder = await temporaryFolder();
  const script = join(folder.path, "child.mjs");
  await writeFile(script, child(""));
  const waits: number[] = [];
  let now = 0;
  const clock: Clock = {
    now: systemClock.now,
    monotonic: () => millis(now),
    sleep: async (wait) => void waits.push(wait),
  };
  await using supervisor = createSupervisor(clock, () => 1, silentLog);
  const started = await supervisor.start({ name: "child", script, args: [] });
  for (const ranFor of [1_000, 1_000, 1_000, 60_000, 1_000]) {
    const again = started.readyAgain();
    now += ranFor;
    process.kill(started.details.pid as number, "SIGKILL");
    await again;
  }
  expect(waits).toEqual([500, 1_000, 2_000, 500, 1_000]);
});

test("a child that ends before it is ready is an error that names it", async () => {
  await using folder = await temporaryFolder();
  const script = join(folder.path, "child.mjs");
  await writeFile(script, "process.exit(7)");
  await using supervisor = createSupervisor(systemClock, () => 0, silentLog);
  await expect(supervisor.start({ name: "ingest", script, args: [] })).rejects.toThrow(
    "ingest ended before it was ready (exit code 7)",
  );
});
