// Group A, continued: stops on purpose, freezes, and two of the same.
import { type Outcome, outcomeOf, type Run, wait } from "../experiment.ts";
import { startLine } from "../rig/line.ts";
import type { Program } from "../rig/processes.ts";

/** A stop takes no longer than this, ms. */
const longestStop = 10_000;

async function stopped(program: Program): Promise<number> {
  const began = performance.now();
  program.signal("SIGTERM");
  const { code, signal } = await program.ended();
  const took = performance.now() - began;
  if (code !== 0) throw new Error(`${program.name} ended with ${code ?? signal} after SIGTERM`);
  if (took > longestStop) throw new Error(`${program.name} took ${Math.round(took)} ms to stop`);
  return took;
}

export const F10: Run = {
  title: "SIGTERM under load for gateway and ingest, for a gateway without a broker, and a second SIGTERM",
  notCovered: "a stop while the disk hangs",
  tier: 1,
  run: async ({ size }): Promise<Outcome> => {
    await using line = await startLine({ counters: 2, tags: 50 });
    const rounds = size === "full" ? 5 : 1;
    const recoveryMs: number[] = [];
    const stops: number[] = [];
    for (let i = 0; i < rounds; i++) {
      stops.push(await stopped(line.ingest));
      // The gateway's broker is gone with ingest.
      await wait(500);
      stops.push(await stopped(line.gateway));
      await line.gateway.start();
      await line.ingest.start();
      recoveryMs.push(await line.recovered());
      stops.push(await stopped(line.gateway));
      await line.gateway.start();
      recoveryMs.push(await line.recovered());
      // The second one ends it at once, whatever the first is busy with.
      line.gateway.signal("SIGTERM");
      line.gateway.signal("SIGTERM");
      await line.gateway.ended();
      await line.gateway.start();
      recoveryMs.push(await line.recovered());
    }
    const note = `stopped within ${Math.round(Math.max(...stops))} ms, exit code 0`;
    return outcomeOf(await line.verdict(), { runs: 4 * rounds, recoveryMs, note });
  },
};

export const F09: Run = {
  title: "SIGSTOP of gateway and of ingest for 5 s and 30 s, then SIGCONT",
  notCovered: "120 s; what the pages show meanwhile",
  tier: 2,
  run: async (): Promise<Outcome> => {
    await using line = await startLine({ counters: 2, tags: 50 });
    const recoveryMs: number[] = [];
    for (const seconds of [5, 30]) {
      for (const program of [line.gateway, line.ingest]) {
        program.signal("SIGSTOP");
        await wait(seconds * 1_000);
        program.signal("SIGCONT");
        recoveryMs.push(await line.recovered());
      }
    }
    return outcomeOf(await line.verdict(), { runs: recoveryMs.length, recoveryMs });
  },
};

export const F22: Run = {
  title: "a second gateway on the same folder is refused; after kill -9 of the first nothing is in the way",
  notCovered: "two machines that share a network file system without locks",
  tier: 1,
  run: async (): Promise<Outcome> => {
    await using line = await startLine();
    await using second = line.secondGateway();
    const refused = await second.start().then(
      () => false,
      () => true,
    );
    if (!refused) throw new Error("two gateways run on one folder");
    const { signal } = await second.ended();
    if (signal !== null) throw new Error(`the second gateway was ended by ${signal}`);
    await line.gateway.kill();
    await line.gateway.start();
    const recovery = await line.recovered();
    return outcomeOf(await line.verdict(), { runs: 2, recoveryMs: [recovery] });
  },
};
