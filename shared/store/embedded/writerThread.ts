import { setImmediate } from "node:timers/promises";
import { workerData } from "node:worker_threads";
import type { EpochMs } from "#shared/model/time.ts";
import { openSound } from "../sqlite/damage.ts";
import { isDamage, storeError } from "../sqlite/database.ts";
import { HistoryFile } from "./historyFile.ts";
import { type Answer, sendNotice, serveCalls } from "./threadServer.ts";
import type { WriterRequest, WriterSetup } from "./writerProtocol.ts";

const { file, policy } = workerData as WriterSetup;
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
      into.commit(request.group);
      return { value: { overfull: into.isOverfull } };
    }
    case "seal":
      await seal(request.now);
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
  const sound = openSound(file, now, () => new HistoryFile(file, policy, sendNotice));
  if (sound.damage) sendNotice(sound.damage);
  history = sound.opened;
  return history;
}

/** One at a time, by its caller. Commits run between two steps; closing ends it, and what is left is sealed after the next start. */
async function seal(now: EpochMs): Promise<void> {
  const sealed = opened(now);
  for (const _ of sealed.seal(now)) {
    await setImmediate();
    if (history !== sealed) return;
  }
}
