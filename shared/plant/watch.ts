import { stat } from "node:fs/promises";
import { type Clock, ticks } from "#shared/kit/clock.ts";
import { seconds } from "#shared/model/time.ts";

const period = seconds(2);

/**
 * Yields when one of the `files` was written since the last look: asked for every two seconds, since a mounted folder
 * need not tell of changes. Which files these are is asked anew at each look. A file that is away for a moment, as some
 * editors leave it, is waited for.
 */
export async function* changesOf(
  files: () => readonly string[],
  clock: Clock,
  signal: AbortSignal,
): AsyncGenerator<void> {
  const seen = new Map<string, string | undefined>();
  /** Whether a file is other than it was at an earlier look. */
  const look = async (path: string) => {
    const found = await stat(path).catch(() => undefined);
    const now = found && `${found.mtimeMs}:${found.size}:${found.ino}`;
    const isChanged = now !== undefined && seen.has(path) && seen.get(path) !== now;
    if (now !== undefined || !seen.has(path)) seen.set(path, now);
    return isChanged;
  };
  const lookAtAll = async () => (await Promise.all(files().map(look))).includes(true);
  await lookAtAll();
  for await (const _ of ticks(clock, period, signal)) {
    if (!(await lookAtAll())) continue;
    yield;
    // What is named only now was read just now.
    await Promise.all(
      files()
        .filter((path) => !seen.has(path))
        .map(look),
    );
  }
}
