import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { freePort } from "../pipeline/chain.ts";

export const influxd = "/usr/bin/influxd";
export const influxMissing: string | undefined = existsSync(influxd) ? undefined : `${influxd} is not installed`;

/** A real InfluxDB 1.x with a folder and ports of its own; with `auth` it asks for user and password. */
export async function startInflux(
  folder: string,
  { binary = influxd, auth = false } = {},
): Promise<AsyncDisposable & { readonly url: string; readonly pid: number }> {
  const [http, rpc] = [await freePort(), await freePort()];
  const config = join(folder, "influxdb.conf");
  await writeFile(
    config,
    `reporting-disabled = true
bind-address = "127.0.0.1:${rpc}"
[meta]
  dir = "${join(folder, "meta")}"
[data]
  dir = "${join(folder, "data")}"
  wal-dir = "${join(folder, "wal")}"
[http]
  bind-address = "127.0.0.1:${http}"
  log-enabled = false
  auth-enabled = ${auth}
`,
  );
  const server = spawn(binary, ["-config", config], { stdio: "ignore" });
  const url = `http://127.0.0.1:${http}`;
  await untilAnswering(`${url}/ping`, server);
  return {
    url,
    pid: server.pid ?? 0,
    [Symbol.asyncDispose]: async () => {
      const ended = new Promise((resolve) => server.once("exit", resolve));
      server.kill("SIGTERM");
      await ended;
    },
  };
}

async function untilAnswering(url: string, server: ChildProcess): Promise<void> {
  while (server.exitCode === null) {
    if (
      await fetch(url).then(
        (answer) => answer.ok,
        () => false,
      )
    )
      return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`influxd ended with code ${server.exitCode}`);
}
