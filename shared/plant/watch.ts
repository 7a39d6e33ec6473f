import { stat } from "node:fs/promises";
import { type Clock, ticks } from "#shared/kit/clock.ts";
import { seconds } from "#shared/model/time.ts";

const period = seconds(2);

/**
 * Yields when the file at `path` was written since the last look: asked for every two seconds, since a mounted folder
 * need not tell of changes. A file that is away for a moment, as some editors leave it, is waited for.
 */
export async function* changesOf(path: string, clock: Clock, signal: AbortSignal): AsyncGenerator<void> {
  const look = async () => {
    const found = await stat(path).catch(() => undefined);
    return found && `${found.mtimeMs}:${found.size}:${found.ino}`;
  };
  let seen = await look();
  for await (const _ of ticks(clock, period, signal)) {
    const now = await look();
    if (now === undefined || now === seen) continue;
    seen = now;
    yield;
  }
}
