import { type ChildProcess, execFile, fork } from "node:child_process";
import { mkdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test, vi } from "vitest";
import { parseCommand } from "#shared/kit/command.ts";
import { command } from "../../dashboard/server/command.ts";
import { readListening } from "../../dashboard/server/listening.ts";
import { temporaryFolder } from "../fakes/folder.ts";
import { testPlantText } from "./plant.ts";

const script = fileURLToPath(new URL("../../dashboard/server/main.ts", import.meta.url));
/** Real processes with real password hashes take seconds, more where the machine is busy. */
vi.setConfig({ testTimeout: 120_000 });

const nobody = ["--broker", "mqtt://127.0.0.1:1"];

interface Ready {
  readonly url: string;
  readonly firstUser: string | null;
  readonly firstPassword: string | null;
}

async function dataFolder(): Promise<AsyncDisposable & { readonly path: string }> {
  const folder = await temporaryFolder();
  await writeFile(join(folder.path, "plant.yaml"), testPlantText);
  await mkdir(join(folder.path, "secrets/broker"), { recursive: true });
  await writeFile(join(folder.path, "secrets/broker/dashboard.json"), '{"username": "dashboard", "password": "x"}');
  return folder;
}

const args = (data: string, more: readonly string[]) => [
  ...["--plant", join(data, "plant.yaml"), "--data", data, "--log", "error", "--listen", "127.0.0.1:0"],
  ...nobody,
  ...more,
];

/** The process itself, as the supervisor starts it. */
async function start(data: string, more: readonly string[] = []) {
  const child = fork(script, args(data, more), { stdio: ["ignore", "ignore", "inherit", "ipc"] });
  const ready = await new Promise<Ready>((resolve, reject) => {
    child.once("message", (message: { ready: Ready }) => resolve(message.ready));
    child.once("exit", (code) => reject(new Error(`exit code ${code}`)));
  });
  return { child, ready, [Symbol.asyncDispose]: () => stop(child).then(() => {}) };
}

const stop = (child: ChildProcess): Promise<number | null> =>
  new Promise((resolve) => {
    if (child.exitCode !== null) return resolve(child.exitCode);
    child.once("exit", resolve);
    child.kill("SIGTERM");
  });

test("the first start tells the first user once; the next knows it; both end cleanly", async () => {
  await using folder = await dataFolder();
  const first = await start(folder.path);
  const { url, firstUser, firstPassword } = first.ready;
  expect(firstUser).toBe("admin");
  const headers = { "content-type": "application/json", origin: url, "x-pilotline": "1" };
  const body = JSON.stringify({ user: firstUser, password: firstPassword });
  const login = await fetch(`${url}/api/login`, { method: "POST", headers, body });
  expect(login.status).toBe(200);
  const cookie = login.headers.get("set-cookie")?.split(";")[0] ?? "";
  expect(cookie).toMatch(/^pilotline=/);
  expect(await (await fetch(`${url}/api/plant`, { headers: { cookie } })).json()).toMatchObject({
    platform: { id: "demo" },
  });
  const token = (await readFile(join(folder.path, "secrets/metrics-token"), "utf8")).trim();
  const metrics = await fetch(`${url}/metrics`, { headers: { authorization: `Bearer ${token}` } });
  expect(await metrics.text()).toContain("dashboard_upstream 0");
  expect((await stat(join(folder.path, "secrets/metrics-token"))).mode & 0o777).toBe(0o600);
  expect(await stop(first.child)).toBe(0);

  await using second = await start(folder.path);
  expect(second.ready).toMatchObject({ firstUser: null, firstPassword: null });
  const again = await fetch(`${second.ready.url}/api/session`, { headers: { cookie } });
  expect(again.status).toBe(200);
});

const refusal = (data: string, more: readonly string[]) =>
  promisify(execFile)(process.execPath, [script, ...args(data, more)]).then(
    () => ({ code: 0, stderr: "" }),
    (error: { code: number; stderr: string }) => error,
  );

test("a wrong command line ends the process before it listens", async () => {
  await using folder = await dataFolder();
  const { code, stderr } = await refusal(folder.path, ["--listen", "0.0.0.0:0"]);
  expect(code).toBe(1);
  expect(stderr).toMatch(/without TLS/);
});

test.each([
  [["--listen", "[::]:0"], /without TLS/],
  [["--listen", "192.0.2.1:443"], /without TLS/],
  [["--listen", "nowhere"], /host:port/],
  [["--tls-cert", "x.pem"], /give both/],
  [["--tls-cert", "x.pem", "--tls-key", "x.pem"], /x\.pem cannot be read/],
  [["--public-origin", "pilot.example.cn"], /--public-origin takes/],
  [["--public-origin", "https://pilot.example.cn/path"], /--public-origin takes/],
])("%j is refused and says why", async (given, why) => {
  const parsed = parseCommand(command, given, {});
  if (parsed === "help") throw new Error("asked for help");
  await expect(readListening(parsed.options)).rejects.toThrow(why);
});

test("beyond loopback it serves TLS only, for its public origin", async ({ skip }) => {
  await using folder = await dataFolder();
  const [cert, key] = [join(folder.path, "cert.pem"), join(folder.path, "key.pem")];
  const subject = ["-subj", "/CN=localhost", "-days", "1", "-addext", "subjectAltName=IP:127.0.0.1"];
  const made = await promisify(execFile)("openssl", [
    ...["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"],
    ...["-keyout", key, "-out", cert, ...subject],
  ]).catch(() => null);
  if (!made) skip("openssl is not installed: no certificate to test with");
  const tls = ["--tls-cert", cert, "--tls-key", key, "--listen", "0.0.0.0:0"];
  expect((await refusal(folder.path, tls)).stderr).toMatch(/needs --public-origin/);

  await using server = await start(folder.path, [...tls, "--public-origin", "https://pilot.example"]);
  expect(server.ready.url).toBe("https://pilot.example");
});
