import { CodedError, messageOf } from "#shared/model/errors.ts";
import type { Log } from "./log.ts";

/** Exit codes of every command, for scripts. */
export const exitCodes = {
  ok: 0,
  /** The input is wrong: a configuration, a file. */
  refused: 1,
  /** The command line is wrong. */
  usage: 2,
  /** It failed while running. */
  failed: 3,
} as const;

/** What a child process tells its supervisor: that it serves, and where. */
export interface ReadyMessage {
  readonly ready: Readonly<Record<string, string | number | boolean | null>>;
}

/** Says to the supervisor, if there is one, that this process serves now. */
export function announceReady(details: ReadyMessage["ready"]): void {
  process.send?.({ ready: details } satisfies ReadyMessage);
}

/**
 * Runs a process body until it returns or the process is asked to stop (SIGINT, SIGTERM, or its supervisor is gone).
 * A second signal ends at once. Sets the exit code; the body closes what it opened.
 */
export async function runProcess(log: Log, body: (signal: AbortSignal) => Promise<void>): Promise<void> {
  const abort = new AbortController();
  const stop = (cause: string) => {
    if (abort.signal.aborted) process.exit(exitCodes.failed);
    log.info({ cause }, "Stopping");
    abort.abort();
  };
  const onInterrupt = () => stop("SIGINT");
  const onTerminate = () => stop("SIGTERM");
  const onDisconnect = () => stop("supervisor gone");
  process.on("SIGINT", onInterrupt);
  process.on("SIGTERM", onTerminate);
  process.on("disconnect", onDisconnect);
  try {
    await body(abort.signal);
    process.exitCode = exitCodes.ok;
  } catch (error) {
    if (error instanceof CodedError && error.code === "CONFIG") {
      // For the person who wrote the file: many lines of their own, not one of a log.
      process.stderr.write(`${error.detail}\n`);
      process.exitCode = exitCodes.refused;
    } else {
      log.error({ error: messageOf(error) }, "Stopped by an error");
      process.exitCode = exitCodes.failed;
    }
  } finally {
    process.off("SIGINT", onInterrupt);
    process.off("SIGTERM", onTerminate);
    process.off("disconnect", onDisconnect);
    if (process.connected) process.disconnect();
  }
}

/** Resolves when `signal` aborts. */
export const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });
