// The real processes, as an operator would run them, with a data folder of their own.
import { execFile } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { systemClock } from "#shared/kit/clock.ts";
import { silentLog } from "#shared/kit/log.ts";
import { type Child, createSupervisor } from "#shared/kit/supervisor.ts";

const script = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url));

/** A port on which nothing listens just now. */
export const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once("error", reject);
    probe.listen(0, "127.0.0.1", () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === "object" && address ? address.port : 0));
    });
  });

export interface Chain extends AsyncDisposable {
  readonly data: string;
  readonly historyFile: string;
  readonly recordsFile: string;
  readonly broker: string;
  readonly ingest: Child;
  readonly gateway: Child;
  readonly dashboard: Child;
  /** User name and password of a broker user. */
  credential(user: string): Promise<{ username: string; password: string }>;
  /** First-run user of the pages. */
  readonly login: { readonly url: string; readonly user: string; readonly password: string };
}

/** Ends a child with SIGKILL; the supervisor starts it again. Resolves when the new one is ready. */
export async function killAndWait(child: Child): Promise<void> {
  const again = child.readyAgain();
  if (child.pid === undefined) throw new Error(`${child.name} does not run`);
  process.kill(child.pid, "SIGKILL");
  await again;
}

/** Starts ingest, one gateway and the dashboard for a plant model. */
export async function startChain(options: {
  readonly folder: string;
  readonly plantYaml: string;
  readonly gateway?: string;
  readonly ingestArgs?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}): Promise<Chain> {
  const data = join(options.folder, "data");
  const plant = join(options.folder, "plant.yaml");
  await writeFile(plant, options.plantYaml);
  const [brokerPort, pagePort] = [await freePort(), await freePort()];
  const env = {
    PILOTLINE_DATA: data,
    PILOTLINE_PLANT: plant,
    PILOTLINE_LOG: process.env.PILOTLINE_LOG ?? "error",
    PILOTLINE_BROKER: `mqtt://127.0.0.1:${brokerPort}`,
    ...options.env,
  };
  const supervisor = createSupervisor(systemClock, () => 0, silentLog);
  try {
    const ingest = await supervisor.start({
      name: "ingest",
      script: script("ingest/main.ts"),
      args: ["--listen", `127.0.0.1:${brokerPort}`, ...(options.ingestArgs ?? [])],
      env,
    });
    const [gateway, dashboard] = await Promise.all([
      supervisor.start({
        name: "gateway",
        script: script("gateway/main.ts"),
        args: options.gateway ? ["--id", options.gateway] : [],
        env,
      }),
      supervisor.start({
        name: "dashboard",
        script: script("dashboard/server/main.ts"),
        args: ["--listen", `127.0.0.1:${pagePort}`],
        env,
      }),
    ]);
    const { url, firstUser, firstPassword } = dashboard.details;
    return {
      data,
      historyFile: join(data, "ingest/history.db"),
      recordsFile: join(data, "ingest/records.db"),
      broker: env.PILOTLINE_BROKER,
      ingest,
      gateway,
      dashboard,
      login: { url: String(url), user: String(firstUser), password: String(firstPassword) },
      credential: async (user) => JSON.parse(await readFile(join(data, "secrets/broker", `${user}.json`), "utf8")),
      [Symbol.asyncDispose]: () => supervisor[Symbol.asyncDispose](),
    };
  } catch (error) {
    await supervisor[Symbol.asyncDispose]();
    throw error;
  }
}

/** Where plant.example.yaml and the models of recordings find the simulators. */
export interface Simulators extends AsyncDisposable {
  readonly child: Child;
  readonly env: Readonly<Record<string, string>>;
}

/** Starts `simulate` with the given arguments on ports of the system's choice. */
export async function startSimulators(args: readonly string[]): Promise<Simulators> {
  const supervisor = createSupervisor(systemClock, () => 0, silentLog);
  const child = await supervisor.start({
    name: "simulators",
    script: script("simulators/main.ts"),
    args: ["--log", process.env.PILOTLINE_LOG ?? "error", ...args],
  });
  const opcua = new URL(String(child.details.opcua).replace("opc.tcp:", "http:"));
  return {
    child,
    env: {
      PILOTLINE_SIM_HOST: opcua.hostname,
      PILOTLINE_SIM_OPCUA_PORT: opcua.port,
      PILOTLINE_SIM_MODBUS_PORT: String(child.details.modbus).split(":").at(-1) ?? "",
    },
    [Symbol.asyncDispose]: () => supervisor[Symbol.asyncDispose](),
  };
}

export const startReplay = (csv: string, args: readonly string[]): Promise<Simulators> =>
  startSimulators(["replay", csv, ...args]);

/** The plant model of a recording, written by the command that an operator uses. */
export async function writeReplayPlant(csv: string, file: string): Promise<void> {
  await promisify(execFile)(process.execPath, [script("simulators/main.ts"), "replay", csv, "--write-plant", file]);
}
