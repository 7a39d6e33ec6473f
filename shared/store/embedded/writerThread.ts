import { setImmediate } from "node:timers/promises";
import { workerData } from "node:worker_threads";
import type { EpochMs } from "#shared/model/time.ts";
import { openSound } from "../sqlite/damage.ts";
import { isDamage, storeError } from "../sqlite/database.ts";
import { HistoryFile } from "./historyFile.ts";
import { type Answer, sendNotice, serveCalls } from "./threadServer.ts";
import type { Committed, WriterRequest, WriterSetup } from "./writerProtocol.ts";

const { file, policy, retention } = workerData as WriterSetup;
let history: HistoryFile | undefined;

serveCalls<WriterRequest>(async (request): Promise<Answer> => {
  try {
    return await answer(request);
  } catch (error) {
    if (isDamage(error)) {
      history?.[Symbol.dispose]();
      history = undefined; // the next request opens the file, finds the damage and moves it aside
    }
    throw storeError(error, file);
  }
});

async function answer(request: WriterRequest): Promise<Answer> {
  switch (request.kind) {
    case "open":
      opened(request.now);
      return { value: undefined };
    case "commit": {
      const into = opened(request.now);
      const { isDurable, refused } = into.commit(request.group, request.kept);
      return { value: { isDurable, refused, overfull: into.isOverfull, flooded: into.isFlooded } satisfies Committed };
    }
    case "seal":
      await inSteps(opened(request.now), (file) => file.seal(request.now));
      return { value: undefined };
    case "retain":
      await inSteps(opened(request.now), (file) => file.retain(request.now));
      return { value: undefined };
    case "storedBatches":
      return { value: opened(request.now).storedBatches() };
    case "close":
      history?.[Symbol.dispose]();
      history = undefined;
      return { value: undefined };
  }
}

function opened(now: EpochMs): HistoryFile {
  if (history) return history;
  const sound = openSound(file, now, () => new HistoryFile(file, policy, retention, sendNotice));
  if (sound.damage) sendNotice(sound.damage);
  history = sound.opened;
  return history;
}

/** One at a time, by its caller. Commits run between two steps; closing ends it, and the next start begins it again. */
async function inSteps(worked: HistoryFile, work: (file: HistoryFile) => Generator<void>): Promise<void> {
  for (const _ of work(worked)) {
    await setImmediate();
    if (history !== worked) return;
  }
}
