// Group C, and what else the way between gateway and ingest can do.
import { type Outcome, outcomeOf, type Run, wait } from "../experiment.ts";
import { startLine } from "../rig/line.ts";
import type { Weather } from "../rig/proxy.ts";
import { foreignMissing } from "./kills.ts";

export const F04: Run = {
  title: "the broker forgets everything while ingest is away and the gateway goes on",
  notCovered: "a broker that answers but has lost part of its sessions",
  tier: 1,
  missing: foreignMissing,
  run: async ({ size }): Promise<Outcome> => {
    await using line = await startLine({ broker: "mosquitto", counters: 2, tags: 50 });
    const rounds = size === "full" ? 5 : 1;
    const recoveryMs: number[] = [];
    for (let i = 0; i < rounds; i++) {
      await line.ingest.kill();
      await wait(size === "full" ? 20_000 : 3_000);
      await line.broker.kill();
      await line.broker.start();
      await wait(1_000);
      await line.ingest.start();
      recoveryMs.push(await line.recovered());
    }
    return outcomeOf(await line.verdict(), { runs: rounds, recoveryMs });
  },
};

/** Bytes of a session until data flows: CONNECT, SUBSCRIBE, births; then some batches. */
const exchange = 6_000;

export const F29: Run = {
  title: "the gateway's connection is cut after byte k of an MQTT session, k through CONNECT, births and data",
  notCovered: "cuts of ingest's own session with an external broker",
  tier: 1,
  run: async ({ size, random }): Promise<Outcome> => {
    await using line = await startLine({ proxied: true });
    const cuts = size === "full" ? 60 : 6;
    for (let i = 0; i < cuts; i++) {
      // A gateway that has just started does not wait long for its second try.
      await line.gateway.kill();
      const before = line.proxy.connections;
      const place = 1 + Math.floor(((i + random()) / cuts) ** 2 * exchange);
      const weather: Weather = { cutAfter: i % 4 === 3 ? 1 + (place % 60) : place };
      line.proxy.weather = (n) => (n === before ? { [i % 4 === 3 ? "down" : "up"]: weather } : {});
      await line.gateway.start();
      while (line.proxy.connections < before + 2) await wait(20);
    }
    const recovery = await line.recovered();
    return outcomeOf(await line.verdict(), { runs: cuts, recoveryMs: [recovery] });
  },
};
