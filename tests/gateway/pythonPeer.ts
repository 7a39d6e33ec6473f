// The independent servers in Python, where an interpreter has their packages.
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

const python = process.env.PILOTLINE_PYTHON ?? "python3";

/** Why the peers cannot run; undefined where they can. */
export function missing(module: "pymodbus" | "asyncua"): string | undefined {
  const found = spawnSync(python, ["-c", `import ${module}`], { stdio: "ignore" }).status === 0;
  return found ? undefined : `${python} cannot import ${module}; name an interpreter with PILOTLINE_PYTHON`;
}

export interface Peer extends AsyncDisposable {
  readonly port: number;
  say(line: string): void;
}

/** Starts a peer; resolves when it has said its port. It ends with its standard input. */
export async function startPeer(script: "modbusPeer.py" | "opcuaPeer.py"): Promise<Peer> {
  const path = fileURLToPath(new URL(`peers/${script}`, import.meta.url));
  const child: ChildProcess = spawn(python, [path], { stdio: ["pipe", "pipe", "ignore"] });
  const [line] = child.stdout ? await once(child.stdout, "data") : [""];
  return {
    port: Number(String(line).trim()),
    say: (text) => void child.stdin?.write(`${text}\n`),
    [Symbol.asyncDispose]: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = once(child, "exit");
      child.kill("SIGKILL");
      await ended;
    },
  };
}
