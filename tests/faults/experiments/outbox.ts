// Group A and B: the gateway's disk, operation by operation.
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { temporaryFolder } from "../../fakes/folder.ts";
import { nameOf, openBox, samplesIn, samplesOf } from "../../gateway/outboxRig.ts";
import type { Outcome, Run } from "../experiment.ts";

const child = fileURLToPath(new URL("../rig/outboxCycle.ts", import.meta.url));
const samplesPerBatch = 3;

interface Life {
  readonly accepted: ReadonlySet<number>;
  readonly acknowledged: ReadonlySet<number>;
  /** Disk operations of a life that was not cut off. */
  readonly operations: number | undefined;
}

const live = (folder: string, queueId: string, killAt: number): Promise<Life> =>
  new Promise((resolve, reject) => {
    execFile(process.execPath, [child, folder, queueId, String(killAt)], (error, stdout, stderr) => {
      if (error && error.signal !== "SIGKILL") return reject(new Error(stderr));
      const said = (word: string) =>
        [...stdout.matchAll(new RegExp(`^${word} (\\d+)$`, "gm"))].map((match) => Number(match[1]));
      resolve({
        accepted: new Set(said("accepted")),
        acknowledged: new Set(said("acknowledged")),
        operations: said("operations")[0],
      });
    });
  });

export const F02: Run = {
  title: "the outbox dies before each single disk operation of accept, send, acknowledge, delete",
  notCovered: "operations of other processes; that a power loss can undo what was not synced",
  tier: 1,
  run: async ({ size, random }): Promise<Outcome> => {
    await using first = await temporaryFolder();
    const { operations = 0 } = await live(first.path, "q", 0);
    const step = size === "full" ? 1 : 5;
    const outcome = { runs: 0, accepted: 0, lost: 0, duplicated: 0, wrong: 0, undeclared: 0 };
    for (let killAt = 1 + Math.floor(random() * step); killAt <= operations; killAt += step) {
      await using folder = await temporaryFolder();
      const { accepted, acknowledged } = await live(folder.path, "q", killAt);
      const { outbox } = await openBox(folder.path, "next");
      await using _ = outbox;
      const given = new Map<string, number>();
      for (let out = await outbox.takeBacklog(); out; out = await outbox.takeBacklog()) {
        const name = nameOf(out);
        given.set(name, (given.get(name) ?? 0) + 1);
        const same = JSON.stringify(samplesIn(out)) === JSON.stringify(samplesOf(out.name.number));
        if (!same) outcome.wrong += samplesPerBatch;
      }
      outcome.runs += 1;
      outcome.accepted += samplesPerBatch * accepted.size;
      const owed = [...accepted].filter((n) => !acknowledged.has(n));
      const lost = owed.filter((n) => !given.has(`q:${n}`)).length * samplesPerBatch;
      outcome.lost += lost;
      outcome.undeclared += outbox.depth().gaps > 0 ? 0 : lost;
      outcome.duplicated += [...given.values()].filter((times) => times > 1).length * samplesPerBatch;
    }
    return { ...outcome, recoveryMs: [], note: `${operations} operations in one life` };
  },
};
