import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { cpuMsOf } from "./processUse.ts";
import type { RawTask } from "./rawDriver.ts";

export const warmUpMs = 5_000;
export const measuredMs = 10_000;

const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** CPU ms per 1,000 of what `done` counts, of a process that runs already. */
export async function cpuPerThousand(pid: number, done: () => Promise<number>): Promise<number> {
  await wait(warmUpMs);
  const [cpu, before] = [cpuMsOf(pid), await done()];
  await wait(measuredMs);
  const [used, after] = [cpuMsOf(pid) - cpu, await done()];
  if (after <= before) throw new Error("Nothing was read while it was measured.");
  return (used / (after - before)) * 1_000;
}

/** The same reading by the bare client library. */
export async function rawCpuPerThousand(task: RawTask, unit: "notifications" | "registers"): Promise<number> {
  const child = fork(fileURLToPath(new URL("./rawDriver.ts", import.meta.url)), [JSON.stringify(task)]);
  try {
    await once(child, "message");
    const done = async (): Promise<number> => {
      const answer = once(child, "message");
      child.send("count");
      const [counts] = (await answer) as [Record<string, number>];
      return counts[unit] ?? 0;
    };
    return await cpuPerThousand(child.pid ?? 0, done);
  } finally {
    child.kill("SIGKILL");
  }
}
