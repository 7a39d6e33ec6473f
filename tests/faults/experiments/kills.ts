// Group A: processes that die.
import { existsSync } from "node:fs";
import { type Conditions, type Outcome, outcomeOf, type Run, wait } from "../experiment.ts";
import { type Line, type LineOptions, startLine } from "../rig/line.ts";
import type { Program } from "../rig/processes.ts";

export const foreignMissing = (): string | undefined =>
  ["/usr/sbin/mosquitto", "/usr/bin/influxd"]
    .map((path) => (existsSync(path) ? "" : `${path} is not installed`))
    .find(Boolean);

/** Kills one of `victims` at random moments, each of them `rounds` times, in random order. */
async function killStorm(
  options: LineOptions,
  victims: (line: Line) => readonly (readonly Program[])[],
  rounds: number,
  { random, say }: Conditions,
): Promise<Outcome> {
  await using line = await startLine(options);
  const kills = victims(line)
    .flatMap((group) => Array.from({ length: rounds }, () => ({ group, order: random() })))
    .toSorted((a, b) => a.order - b.order);
  const recoveryMs: number[] = [];
  for (const { group } of kills) {
    // Now within a session's first moments, now when it has held for a while.
    await wait(random() * 4_000);
    await Promise.all(group.map((program) => program.kill()));
    // Dead for a moment, or for longer than a birth and a session take.
    await wait(random() < 0.5 ? 0 : random() * 1_500);
    await Promise.all(group.map((program) => program.start()));
    // Sometimes the next blow comes before the line has recovered.
    if (random() < 0.7) recoveryMs.push(await line.recovered());
  }
  recoveryMs.push(await line.recovered());
  const verdict = await line.verdict();
  say(JSON.stringify(verdict));
  return outcomeOf(verdict, { runs: kills.length, recoveryMs });
}

export const F01: Run = {
  title: "kill -9 of gateway, broker (Mosquitto), ingest and store (InfluxDB), each at random moments under load",
  also: ["F03"],
  notCovered: "more than one gateway; power loss",
  tier: 1,
  missing: foreignMissing,
  run: (conditions) =>
    killStorm(
      { broker: "mosquitto", store: "influx", counters: 2, tags: 50 },
      ({ gateway, broker, ingest, store }) => [[gateway], [broker], [ingest], [store]],
      conditions.size === "full" ? 20 : 1,
      conditions,
    ),
};

export const F08: Run = {
  title:
    "kill -9 of the gateway, of ingest with its broker and store, and of both at once, at random moments under load",
  notCovered: "the dashboard, which holds no samples",
  tier: 1,
  run: (conditions) =>
    killStorm(
      { counters: 2, tags: 50 },
      ({ gateway, ingest }) => [[gateway], [ingest], [gateway, ingest]],
      conditions.size === "full" ? 20 : 1,
      conditions,
    ),
};

const commitPoints = ["commit.before", "commit.stored", "commit.settled", "commit.acknowledged"];

/** Ingest dies by its own hand at each point, comes back, and goes on until the next one. */
async function failpoints(
  options: LineOptions,
  points: readonly string[],
  { random, size }: Conditions,
): Promise<Outcome> {
  await using line = await startLine(options);
  const recoveryMs: number[] = [];
  let runs = 0;
  await line.ingest.kill();
  for (let round = 0; round < (size === "full" ? 5 : 1); round++) {
    for (const point of points) {
      await line.ingest.start({
        PILOTLINE_FAILPOINT: `${point}:${1 + Math.floor(random() * (size === "full" ? 10 : 3))}`,
      });
      const { signal } = await line.ingest.ended();
      if (signal !== "SIGKILL") throw new Error(`ingest did not reach ${point}`);
      runs += 1;
    }
  }
  await line.ingest.start();
  recoveryMs.push(await line.recovered());
  return outcomeOf(await line.verdict(), { runs, recoveryMs, note: `at ${points.join(", ")}` });
}

export const F05: Run = {
  title: "ingest dies before the store write, after it, after the batch counts as stored, after the acknowledgement",
  notCovered: "points inside SQLite's own commit, which the random kills of F08 meet by chance only",
  tier: 1,
  run: (conditions) => failpoints({}, commitPoints, conditions),
};

export const F05i: Run = {
  title: "the same with InfluxDB, and before and behind the names of the batches, which follow its samples",
  notCovered: "points inside InfluxDB",
  tier: 2,
  missing: foreignMissing,
  run: (conditions) => failpoints({ store: "influx" }, [...commitPoints, "influx.unnamed", "influx.named"], conditions),
};
