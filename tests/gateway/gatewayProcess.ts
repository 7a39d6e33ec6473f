import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const main = fileURLToPath(new URL("../../gateway/main.ts", import.meta.url));

/** The gateway `g` as a process of its own, for the `plant.yaml` in `folder`; resolves when it is ready. */
export async function startGateway(folder: string, brokerUrl: string): Promise<ChildProcess> {
  const credential = join(folder, "credential.json");
  await writeFile(credential, JSON.stringify({ username: "g", password: "not checked here" }));
  const args = ["--plant", join(folder, "plant.yaml"), "--broker", brokerUrl, "--credential", credential];
  const child = fork(main, [...args, "--data", folder, "--log", "silent", "--status-port", "0"], {
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
  const [message] = await once(child, "message");
  if (message?.ready?.gateway !== "g") throw new Error(`The gateway said ${JSON.stringify(message)}.`);
  return child;
}

export async function endGateway(child: ChildProcess, signal: "SIGKILL" | "SIGTERM"): Promise<void> {
  const ended = once(child, "exit");
  child.kill(signal);
  await ended;
}
