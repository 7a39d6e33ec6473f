import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { systemClock } from "#shared/kit/clock.ts";
import { runCommand } from "#shared/kit/command.ts";
import { createLog, type Log, logLevel } from "#shared/kit/log.ts";
import { aborted, announceReady, runProcess } from "#shared/kit/process.ts";
import { command, type Wanted, wantedOf } from "./command.ts";
import { createPlayer, type Player } from "./faults/player.ts";
import { readScenario } from "./faults/scenario.ts";
import { seeded } from "./physics/random.ts";
import { demoPlantFile, demoPlatform } from "./plantFile/demo.ts";
import { demoRecords } from "./plantFile/records.ts";
import { atPace, catchUp } from "./plants/pace.ts";
import type { RunningPlant } from "./plants/plant.ts";
import { startPlants } from "./plants/registry.ts";
import { onModbus } from "./replay/recording.ts";
import { replay } from "./replay/replay.ts";
import { readRecording, recordingPlantFile } from "./replay/source.ts";
import { serve } from "./serve.ts";
import { showReadings, simulate } from "./simulation.ts";
import { openTruthFile } from "./truth/file.ts";

const clock = systemClock;

/** The scenario begins when it is read. */
const playerOf = async ({ scenario, seed }: Wanted): Promise<Player | undefined> =>
  scenario === undefined ? undefined : createPlayer(await readScenario(scenario), clock, seeded(seed));

async function runSimulation(wanted: Wanted & { kind: "simulate" }, log: Log, signal: AbortSignal): Promise<void> {
  const running = startPlants(wanted.plants, wanted.seed, wanted.leastTags).map((line) => atPace(line, wanted.speed));
  if (wanted.writePlant !== undefined) return writeFile(wanted.writePlant, demoPlantFile(running));
  if (wanted.writeRecords !== undefined) return writeRecords(wanted.writeRecords, running);
  const signals = running.flatMap((plant) => plant.signals);
  if (wanted.since !== undefined) catchUp(running, ((clock.now() - wanted.since) / 1_000) * wanted.speed);
  const player = await playerOf(wanted);
  await using faces = await serve(wanted, { opcua: signals, modbus: signals }, { clock, log, player });
  await using stack = new AsyncDisposableStack();
  const truth = wanted.truth === undefined ? [] : [stack.use(await openTruthFile(wanted.truth, running))];
  const shown = [faces.opcua, faces.modbus, ...truth];
  showReadings(running, shown, clock);
  log.info({ lines: running.map(({ facts }) => facts.id), tags: signals.length, ...faces.addresses }, "Serving");
  announceReady(faces.addresses);
  await simulate(running, shown, wanted, clock, signal);
}

async function writeRecords(folder: string, running: readonly RunningPlant[]): Promise<void> {
  await mkdir(folder, { recursive: true });
  const tables = demoRecords(
    running.map(({ facts }) => facts),
    clock.now(),
    demoPlatform.timeZone,
  );
  for (const { kind, csv } of tables) await writeFile(join(folder, `${kind}.csv`), csv);
}

async function runReplay(wanted: Wanted & { kind: "replay" }, log: Log, signal: AbortSignal): Promise<void> {
  const recording = await readRecording(wanted.csv, wanted.map);
  if (wanted.writePlant !== undefined) return writeFile(wanted.writePlant, recordingPlantFile(recording));
  const { rows, signals } = recording;
  const player = await playerOf(wanted);
  await using faces = await serve(wanted, { opcua: signals, modbus: onModbus(signals) }, { clock, log, player });
  log.info({ recording: wanted.csv, rows: rows.length, tags: signals.length, ...faces.addresses }, "Serving");
  const [first] = rows;
  announceReady({ ...faces.addresses, first: first.at, last: rows.at(-1)?.at ?? first.at });
  const env = { faces: [faces.opcua, faces.modbus], subscribers: faces.opcua.subscribers, clock, log };
  const end = await replay(rows, wanted, env, signal);
  if (!end) return;
  log.info({ rows: end.rows, first: end.first, last: end.last }, "Replay is at its end; the last row stays");
  process.send?.({ event: "replay-end", ...end });
  await aborted(signal);
}

await runCommand(command, async (parsed) => {
  const log = createLog("simulators", logLevel(parsed.options.log));
  await runProcess(log, (signal) => {
    const wanted = wantedOf(parsed);
    return wanted.kind === "replay" ? runReplay(wanted, log, signal) : runSimulation(wanted, log, signal);
  });
});
