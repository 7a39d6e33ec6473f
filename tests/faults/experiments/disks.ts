// Group B: real file systems under the gateway's outbox.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { temporaryFolder } from "../../fakes/folder.ts";
import { drain, lostIn, numbersOf, openBox, samplesIn, samplesOf } from "../../gateway/outboxRig.ts";
import { type Outcome, type Run, wait } from "../experiment.ts";
import { mountExt4, mountsMissing, mountTmpfs } from "../rig/mounts.ts";

const writer = fileURLToPath(new URL("../rig/outboxWriter.ts", import.meta.url));
const samplesPerBatch = 3;

export const F15: Run = {
  title: "the power goes (ext4 whose journal is not written any more) at random moments while the outbox is written",
  also: ["F16"],
  notCovered: "the moment of the cut itself; disks that lie about their cache; torn sectors, which F13 mutates",
  tier: 2,
  missing: mountsMissing,
  run: async ({ size, random, say }): Promise<Outcome> => {
    await using folder = await temporaryFolder();
    using disk = mountExt4(folder.path);
    const outcome = { runs: 0, accepted: 0, lost: 0, duplicated: 0, wrong: 0, undeclared: 0 };
    const rounds = size === "full" ? 300 : 10;
    for (let round = 0; round < rounds; round++) {
      const queueId = `q${round}`;
      const child = spawn(process.execPath, [writer, disk.path, queueId], { stdio: ["ignore", "pipe", "ignore"] });
      const ended = once(child, "exit");
      let accepted = 0;
      const first = Promise.withResolvers<void>();
      createInterface({ input: child.stdout }).on("line", (line) => {
        accepted = Number(line.split(" ")[1]);
        first.resolve();
      });
      await first.promise;
      // Sometimes in the first moments of an empty folder, sometimes among rotations and deletions.
      await wait(random() ** 2 * 400);
      // What is accepted in the very moment of the cut may or may not be there.
      const acceptedBefore = accepted;
      disk.cutPower();
      child.kill("SIGKILL");
      await ended;
      disk.restorePower();
      const { outbox } = await openBox(disk.path, "next");
      const all = await drain(outbox);
      await outbox[Symbol.asyncDispose]();
      rmSync(join(disk.path, "outbox"), { recursive: true });
      // The child acknowledges up to 20 below a multiple of 40, and may have been about to.
      const owedFrom = Math.floor((accepted + 1) / 40) * 40 - 19;
      const given = all.filter(({ name }) => name.queueId === queueId).map(({ name }) => name.number);
      const lost = Array.from({ length: acceptedBefore }, (_, i) => i + 1).filter(
        (number) => number >= owedFrom && !given.includes(number),
      );
      if (lost.length > 0) say(`round ${round}: ${lost.length} lost of ${acceptedBefore}`);
      outcome.runs += 1;
      outcome.accepted += acceptedBefore * samplesPerBatch;
      outcome.lost += lost.length * samplesPerBatch;
      outcome.undeclared += lost.length * samplesPerBatch;
      outcome.duplicated += (given.length - new Set(given).size) * samplesPerBatch;
      outcome.wrong +=
        samplesPerBatch *
        all.filter((out) => JSON.stringify(samplesIn(out)) !== JSON.stringify(samplesOf(out.name.number))).length;
    }
    return { ...outcome, recoveryMs: [], note: "" };
  },
};

export const F17m: Run = {
  title: "the outbox on a real file system of 4 MiB, which is full long before its quota is",
  notCovered: "a full disk under records and history of ingest",
  tier: 2,
  missing: mountsMissing,
  run: async ({ size }): Promise<Outcome> => {
    await using folder = await temporaryFolder();
    using disk = mountTmpfs(folder.path, 4);
    const { outbox } = await openBox(disk.path, "q", { quotaBytes: 64 << 20, segmentBytes: 64 << 10 });
    await using _ = outbox;
    const samples = 200;
    const batches = size === "full" ? 4_000 : 1_200;
    for (let n = 1; n <= batches; n++) {
      outbox.push("d", samplesOf(n, samples));
      outbox.takeLive();
      if (n % 20 === 0) for (let i = 0; i < 50 && outbox.durableNumber() < n; i++) await wait(10);
    }
    disk.resize(64);
    for (let i = 0; i < 1_000 && outbox.durableNumber() < batches; i++) await wait(10);
    const all = await drain(outbox);
    const given = new Set(all.filter(({ name }) => name.queueId === "q").map(({ name }) => name.number));
    const declared = new Set(
      lostIn(all).flatMap(({ batches }) =>
        batches.flatMap(({ queueId, ranges }) => (queueId === "q" ? numbersOf(ranges) : [])),
      ),
    );
    const numbers = Array.from({ length: batches }, (_number, i) => i + 1);
    // What was taken for sending is the sender's, and is not given again by this start.
    const lost = numbers.filter((number) => declared.has(number));
    const undeclared = numbers.filter((number) => !declared.has(number) && !outbox.owes({ queueId: "q", number }));
    return {
      runs: 1,
      accepted: batches * samples,
      lost: (lost.length + undeclared.length) * samples,
      undeclared: undeclared.length * samples,
      duplicated: 0,
      wrong: [...given].filter((number) => declared.has(number)).length * samples,
      recoveryMs: [],
      note: `${lost.length} of ${batches} batches given up, each of them in a gap record`,
    };
  },
};
