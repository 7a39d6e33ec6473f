// Everything on one machine: simulators or a recording, ingest with its broker, gateways, dashboard, as children of
// one supervisor. It only starts processes and prints where they are; it imports none of their code.
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { systemClock } from "#shared/kit/clock.ts";
import { type CommandSpec, numberOption, type ParsedCommand, runCommand } from "#shared/kit/command.ts";
import { createLog, type Log, logLevel, logOption } from "#shared/kit/log.ts";
import { portNear } from "#shared/kit/port.ts";
import { aborted, runProcess } from "#shared/kit/process.ts";
import { createSupervisor } from "#shared/kit/supervisor.ts";
import { messageOf } from "#shared/model/errors.ts";
import { recordKinds } from "#shared/model/recordKind.ts";
import { loadPlant } from "#shared/plant/load.ts";
import type { Plant } from "#shared/plant/plant.ts";
import { plantTags } from "#shared/plant/select.ts";
import { buildPages } from "./dashboard/build.ts";

const options = {
  plant: { type: "string", placeholder: "<plant.yaml>", default: "plant.example.yaml", help: "Plant model." },
  data: { type: "string", placeholder: "<folder>", default: "data", env: "PILOTLINE_DATA", help: "Where data lies." },
  port: {
    type: "string",
    placeholder: "<n>",
    default: "8080",
    help: "Port of the pages; the next free one where it is taken.",
  },
  "broker-port": {
    type: "string",
    placeholder: "<n>",
    default: "1883",
    help: "Port of the broker; the next free one where it is taken.",
  },
  replay: { type: "string", placeholder: "<csv>", help: "Show a recording instead of the simulated lines." },
  map: { type: "string", placeholder: "<yaml>", help: "How the recording's columns are named; see `simulate --help`." },
  speed: {
    type: "string",
    placeholder: "<factor>",
    help: "Time factor of the simulators (1) or of the recording (60).",
  },
  seed: {
    type: "string",
    placeholder: "<n>",
    default: "1",
    help: "Seed of the simulators: the same seed repeats a run.",
  },
  "no-simulators": { type: "boolean", help: "The plant's devices are real: start no simulators." },
  log: { ...logOption, default: "warn" },
} as const;

export const spec: CommandSpec<typeof options> = {
  name: "demo",
  summary: "Run everything on this machine, with simulated pilot lines or a recording.",
  options,
  examples: ["npm start", "npm run pilotline -- demo --replay bench.csv --speed 120"],
};

type Options = ParsedCommand<typeof options>["options"];

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** A recording gets a data folder and a plant model of its own; the demo's plant stays as it is. */
async function prepare(given: Options): Promise<{ plant: string; data: string; simulate: string[] | null }> {
  const speed = given.speed ? ["--speed", given.speed] : [];
  if (!given.replay) {
    const simulate = given["no-simulators"] ? null : ["all", "--seed", given.seed, ...speed];
    return { plant: given.plant, data: resolve(given.data), simulate };
  }
  const data = resolve(given.data, "replay", basename(given.replay, ".csv"));
  const plant = join(data, "plant.yaml");
  await mkdir(data, { recursive: true, mode: 0o700 });
  const source = ["replay", resolve(given.replay), ...(given.map ? ["--map", resolve(given.map)] : [])];
  await promisify(execFile)(process.execPath, [here("simulators/main.ts"), ...source, "--write-plant", plant]);
  return { plant, data, simulate: [...source, "--speed", given.speed ?? "60"] };
}

async function demo(given: Options, signal: AbortSignal): Promise<void> {
  const log = createLog("demo", logLevel(given.log));
  const say = (line: string) => process.stdout.write(`${line}\n`);
  await buildPages(say);

  const { plant: plantFile, data, simulate } = await prepare(given);
  const isFresh = !existsSync(join(data, "ingest", "records.db"));
  // Chosen here, not by the children: one that is started again must come back where the others look for it.
  const [pagePort, brokerPort, opcuaPort, modbusPort] = await Promise.all([
    portNear(numberOption("port", given.port, 1, 65_535)),
    portNear(numberOption("broker-port", given["broker-port"], 1, 65_535)),
    portNear(14_840),
    portNear(15_020),
  ]);
  const facePorts = ["--opcua-port", `${opcuaPort}`, "--modbus-port", `${modbusPort}`];
  await using supervisor = createSupervisor(systemClock, Math.random, log);
  say("Starting …");

  const common = { PILOTLINE_DATA: data, PILOTLINE_PLANT: plantFile, PILOTLINE_LOG: given.log };
  const simulators = simulate
    ? await supervisor.start({
        name: "simulators",
        script: here("simulators/main.ts"),
        args: [...simulate, ...facePorts],
        env: common,
      })
    : null;
  const env = { ...common, ...(simulators ? simulatorAddress(simulators.details) : {}) };
  const ingest = await supervisor.start({
    name: "ingest",
    script: here("ingest/main.ts"),
    args: ["--listen", `127.0.0.1:${brokerPort}`],
    env,
  });
  const broker = { PILOTLINE_BROKER: String(ingest.details.broker) };
  const plant = await loadPlant(plantFile, { ...process.env, ...env });
  const [dashboard, ...gateways] = await Promise.all([
    supervisor.start({
      name: "dashboard",
      script: here("dashboard/server/main.ts"),
      args: ["--listen", `127.0.0.1:${pagePort}`],
      env: { ...env, ...broker },
    }),
    ...plant.gateways.map(({ id }) =>
      supervisor.start({
        name: `gateway ${id}`,
        script: here("gateway/main.ts"),
        args: ["--id", id],
        env: { ...env, ...broker },
      }),
    ),
  ]);
  const running = {
    page: dashboard.details,
    broker: ingest.details,
    data,
    simulators: simulators?.details ?? null,
    gateways: gateways.map(({ details }) => details),
  };
  say(welcome({ ...running, recording: given.replay && simulators ? trendOf(plant, simulators.details) : null }));
  if (simulators && isFresh && !given.replay) await bringRecords(data, { ...process.env, ...env, ...broker }, log);
  await aborted(signal);
  say("Stopping …");
}

/** What the pages about use and assessment begin with, marked as simulated: by the commands that an operator has. */
async function bringRecords(data: string, env: NodeJS.ProcessEnv, log: Log): Promise<void> {
  const folder = join(data, "demo-records");
  const run = (script: string, ...args: string[]) =>
    promisify(execFile)(process.execPath, [here(script), ...args], { env });
  try {
    await run("simulators/main.ts", "all", "--write-records", folder);
    for (const kind of recordKinds) {
      const csv = join(folder, `${kind}.csv`);
      if (existsSync(csv))
        await run("ingest/records/main.ts", "import", kind, "--csv", csv, "--write", "--user", "demo");
    }
  } catch (error) {
    log.warn({ error: messageOf(error) }, "The demo goes on without its example records");
  }
}

function simulatorAddress(details: Readonly<Record<string, unknown>>): Record<string, string> {
  const opcua = new URL(String(details.opcua).replace("opc.tcp:", "http:"));
  return {
    PILOTLINE_SIM_HOST: opcua.hostname,
    PILOTLINE_SIM_OPCUA_PORT: opcua.port,
    PILOTLINE_SIM_MODBUS_PORT: String(details.modbus).split(":").at(-1) ?? "",
  };
}

interface Running {
  readonly page: Readonly<Record<string, unknown>>;
  readonly broker: Readonly<Record<string, unknown>>;
  readonly gateways: readonly Readonly<Record<string, unknown>>[];
  readonly data: string;
  readonly simulators: Readonly<Record<string, unknown>> | null;
  /** Path of the page that shows the recording at its own time. */
  readonly recording: string | null;
}

/** The key tags of the recording's line over its whole time, which lies years back. */
function trendOf(plant: Plant, { first, last }: Readonly<Record<string, unknown>>): string {
  const keys = plantTags(plant).filter(({ info }) => info.key);
  const tags = keys.slice(0, 4).map(({ id }) => id);
  return `/lines/${plant.lines[0]?.id}/trend?tags=${tags.join(",")}&from=${first}&to=${last}`;
}

function welcome({ page, broker, gateways, data, simulators, recording }: Running): string {
  const login = page.firstPassword
    ? [
        `  User       ${page.firstUser}`,
        `  Password   ${page.firstPassword}   (random, made just now; change it on the page)`,
      ]
    : [
        "  User       as at the first start; its password was printed then",
        `             and lies in ${join(data, "secrets", "first-user.json")} until it is changed`,
      ];
  return [
    "",
    "  Pilotline is running · 中试线监测已启动",
    "",
    `  Page       ${page.url}`,
    ...(recording ? [`  Recording  ${page.url}${recording}`] : []),
    ...login,
    `  Data       ${data}`,
    `  Broker     ${broker.broker}   (credentials in ${broker.credentials})`,
    ...gateways.map(
      ({ gateway, status }) => `  Gateway    ${status}   (${gateway}: each device, its last data and error)`,
    ),
    ...(simulators ? [`  Devices    ${simulators.opcua} and Modbus TCP ${simulators.modbus} (simulated)`] : []),
    "  Stop       Ctrl-C; the next start goes on with the same data",
    "",
  ].join("\n");
}

await runCommand(spec, async ({ options: given }) => {
  const log = createLog("demo", logLevel(given.log));
  await runProcess(log, (signal) => demo(given, signal));
});
