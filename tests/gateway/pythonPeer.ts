// The independent servers in Python, where an interpreter has their packages.
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const python = process.env.PILOTLINE_PYTHON ?? "python3";

/** Why the peers cannot run; undefined where they can. */
export function missing(module: "pymodbus" | "asyncua" | "serial" | "o6" | "pysparkplug"): string | undefined {
  const found = spawnSync(python, ["-c", `import ${module}`], { stdio: "ignore" }).status === 0;
  return found ? undefined : `${python} cannot import ${module}; name an interpreter with PILOTLINE_PYTHON`;
}

export type PeerScript =
  | "modbusPeer.py"
  | "modbusSerialPeer.py"
  | "opcuaPeer.py"
  | "opcuaHistoryPeer.py"
  | "opcuaAlarmPeer.py"
  | "opcuaSecurePeer.py"
  | "open62541Peer.py"
  | "sparkplugPeer.py";

export interface Peer extends AsyncDisposable {
  readonly port: number;
  say(line: string): void;
  /** Says a line; resolves when the peer has answered it, rejects when it ends instead. */
  ask(line: string): Promise<void>;
  /** As `ask`, with the answer. */
  answerTo(line: string): Promise<string>;
}

/** Starts a peer, at the port where one is named; resolves when it has said its port. It ends with its standard input. */
export async function startPeer(script: PeerScript, port = 0, more: readonly string[] = []): Promise<Peer> {
  const path = fileURLToPath(new URL(`peers/${script}`, import.meta.url));
  const child: ChildProcess = spawn(python, [path, String(port), ...more], { stdio: ["pipe", "pipe", "ignore"] });
  const ended = once(child, "exit");
  const over = ended.then(([code]) => Promise.reject(new Error(`${script} ended with exit code ${code}`)));
  over.catch(() => {});
  const heard: ((line: string) => void)[] = [];
  if (child.stdout) createInterface({ input: child.stdout }).on("line", (line) => heard.shift()?.(line));
  const line = () => Promise.race([new Promise<string>((resolve) => heard.push(resolve)), over]);
  const portOf = async (): Promise<number> => {
    // A library may introduce itself first.
    for (;;) {
      const said = await line();
      if (/^\d+$/.test(said.trim())) return Number(said);
    }
  };
  const answerTo = (text: string): Promise<string> => {
    const answer = line();
    child.stdin?.write(`${text}\n`);
    return answer;
  };
  return {
    port: await portOf(),
    say: (text) => void child.stdin?.write(`${text}\n`),
    ask: async (text) => void (await answerTo(text)),
    answerTo,
    [Symbol.asyncDispose]: async () => {
      if (child.exitCode === null && child.signalCode === null) child.kill("SIGKILL");
      await ended;
    },
  };
}
