// Processes that an experiment starts, kills, freezes and starts again, each when it says so.
import { type ChildProcess, fork, spawn } from "node:child_process";
import { once } from "node:events";
import { connect } from "node:net";
import { fileURLToPath } from "node:url";
import { systemClock } from "#shared/kit/clock.ts";
import type { ReadyMessage } from "#shared/kit/process.ts";
import { seconds } from "#shared/model/time.ts";

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** A process that can be started again and again; disposing kills it. */
export interface Program extends AsyncDisposable {
  readonly name: string;
  readonly isRunning: boolean;
  readonly pid: number;
  /** Resolves when it serves; rejects when it ends before. */
  start(env?: Readonly<Record<string, string>>): Promise<void>;
  signal(signal: NodeJS.Signals): void;
  /** Resolves when the running process has ended, however; at once where none runs. */
  ended(): Promise<Ended>;
  /** kill -9, and waits for its end. */
  kill(): Promise<void>;
}

const longestStart = seconds(60);

interface Launch {
  readonly child: ChildProcess;
  readonly ready: Promise<void>;
}

function program(name: string, launch: (env: Readonly<Record<string, string>>) => Launch): Program {
  let child: ChildProcess | undefined;
  let end: Promise<Ended> = Promise.resolve({ code: null, signal: null });
  const isRunning = () => child !== undefined && child.exitCode === null && child.signalCode === null;
  const self: Program = {
    name,
    get isRunning() {
      return isRunning();
    },
    get pid() {
      if (child?.pid === undefined) throw new Error(`${name} does not run`);
      return child.pid;
    },
    start: async (env = {}) => {
      const made = launch(env);
      child = made.child;
      end = once(made.child, "exit").then(([code, signal]) => ({ code, signal }));
      const early = end.then(({ code, signal }) => {
        throw new Error(`${name} ended before it served (${code ?? signal})`);
      });
      const patience = new AbortController();
      const late = systemClock.sleep(longestStart, patience.signal).then(() => {
        if (!patience.signal.aborted) throw new Error(`${name} did not serve within ${longestStart} ms`);
      });
      await Promise.race([made.ready, early, late]).finally(() => patience.abort());
      early.catch(() => {});
    },
    signal: (signal) => {
      child?.kill(signal);
    },
    ended: () => end,
    kill: async () => {
      if (isRunning()) child?.kill("SIGKILL");
      await end;
    },
    [Symbol.asyncDispose]: () => self.kill(),
  };
  return self;
}

/** A process of ours; it serves when it says so. */
export function ownProcess(
  script: "gateway/main.ts" | "ingest/main.ts" | "dashboard/server/main.ts",
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Program {
  const path = fileURLToPath(new URL(`../../../${script}`, import.meta.url));
  return program(script, (more) => {
    const child = fork(path, [...args], {
      env: { ...process.env, ...env, ...more },
      stdio: ["ignore", "ignore", "inherit", "ipc"],
    });
    const ready = new Promise<void>((resolve) => {
      child.on("message", (message: Partial<ReadyMessage>) => {
        if (message.ready) resolve();
      });
    });
    return { child, ready };
  });
}

/** A server of another maker; it serves when its port takes connections. */
export function foreignServer(path: string, args: readonly string[], port: number): Program {
  return program(path, () => {
    const child = spawn(path, [...args], { stdio: "ignore" });
    return { child, ready: untilOpen(port, child) };
  });
}

async function untilOpen(port: number, child: ChildProcess): Promise<void> {
  while (child.exitCode === null && child.signalCode === null) {
    const socket = connect(port, "127.0.0.1");
    const isOpen = await once(socket, "connect").then(
      () => true,
      () => false,
    );
    socket.destroy();
    if (isOpen) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
