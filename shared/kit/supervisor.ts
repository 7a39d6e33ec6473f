import { type ChildProcess, fork } from "node:child_process";
import { CodedError } from "#shared/model/errors.ts";
import { type DurationMs, seconds } from "#shared/model/time.ts";
import { backoff } from "./backoff.ts";
import type { Clock } from "./clock.ts";
import type { Log } from "./log.ts";
import type { ReadyMessage } from "./process.ts";

export interface ChildSpec {
  readonly name: string;
  /** Path of the script. */
  readonly script: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

export interface Child {
  readonly name: string;
  /** What it said when it became ready the last time. */
  readonly details: ReadyMessage["ready"];
  readonly pid: number | undefined;
  /** Resolves when the child says again that it is ready: after it died and was started anew. */
  readyAgain(): Promise<void>;
}

/** Starts child processes, restarts one that dies, and stops all in reverse order. */
export interface Supervisor extends AsyncDisposable {
  /** Resolves when the child says that it is ready; rejects when it ends before that for the first time. */
  start(spec: ChildSpec): Promise<Child>;
}

/** A child that was ready for this long ran steadily: its next end is the first of a new row. */
const steadyAfter: DurationMs = seconds(60);
/** A child that does not end in this time after SIGTERM is killed. */
const graceToStop: DurationMs = seconds(10);

export function createSupervisor(clock: Clock, random: () => number, log: Log): Supervisor {
  const stopping = new AbortController();
  const running: { stop: () => Promise<void> }[] = [];

  return {
    start: (spec) =>
      new Promise((resolve, reject) => {
        const fromTheFirst = () => backoff({ cap: seconds(10) }, random);
        let waits = fromTheFirst();
        const state: { process: ChildProcess | undefined; wasReady: boolean; details: ReadyMessage["ready"] } = {
          process: undefined,
          wasReady: false,
          details: {},
        };
        let waiting: (() => void)[] = [];
        const child: Child = {
          name: spec.name,
          get details() {
            return state.details;
          },
          get pid() {
            return state.process?.pid;
          },
          readyAgain: () => new Promise((again) => waiting.push(again)),
        };
        const launch = () => {
          const made = fork(spec.script, [...spec.args], {
            env: { ...process.env, ...spec.env },
            stdio: ["ignore", "inherit", "inherit", "ipc"],
            // Ctrl-C reaches the whole process group: a group of its own lets the supervisor decide the order.
            detached: process.platform !== "win32",
          });
          state.process = made;
          let readyAt: DurationMs | null = null;
          made.on("message", (message: Partial<ReadyMessage>) => {
            if (!message.ready) return;
            state.details = message.ready;
            state.wasReady = true;
            readyAt = clock.monotonic();
            resolve(child);
            for (const again of waiting) again();
            waiting = [];
          });
          made.once("exit", async (code, signal) => {
            state.process = undefined;
            if (stopping.signal.aborted) return;
            if (!state.wasReady) {
              reject(
                new CodedError("UNKNOWN", `${spec.name} ended before it was ready (exit code ${code ?? signal}).`),
              );
              return;
            }
            log.warn({ child: spec.name, code, signal }, "A process ended and is started again");
            if (readyAt !== null && clock.monotonic() - readyAt >= steadyAfter) waits = fromTheFirst();
            await clock.sleep(waits.next().value, stopping.signal);
            if (!stopping.signal.aborted) launch();
          });
        };
        running.push({ stop: () => stopChild(state.process, clock) });
        launch();
      }),
    [Symbol.asyncDispose]: async () => {
      stopping.abort();
      for (const { stop } of running.toReversed()) await stop();
    },
  };
}

async function stopChild(child: ChildProcess | undefined, clock: Clock): Promise<void> {
  if (!child || child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  const patience = new AbortController();
  child.kill("SIGTERM");
  const killer = clock.sleep(graceToStop, patience.signal).then(() => {
    if (!patience.signal.aborted) child.kill("SIGKILL");
  });
  await ended;
  patience.abort();
  await killer;
}
