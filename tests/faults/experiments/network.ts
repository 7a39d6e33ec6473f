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

/** Longer than keep-alive and its grace. */
const longestNotice = 120_000;

export const F27: Run = {
  title: "one direction of the gateway's connection passes nothing any more, and nobody is told",
  notCovered: "the same between ingest and an external broker",
  tier: 2,
  run: async (): Promise<Outcome> => {
    await using line = await startLine({ proxied: true });
    const recoveryMs: number[] = [];
    const noticed: number[] = [];
    for (const direction of ["down", "up"] as const) {
      const before = line.proxy.connections;
      const began = performance.now();
      line.proxy.stall(direction);
      while (line.proxy.connections === before) {
        await wait(50);
        if (performance.now() - began > longestNotice) throw new Error(`a silent connection (${direction}) is kept`);
      }
      noticed.push(performance.now() - began);
      line.proxy.flow();
      recoveryMs.push(await line.recovered());
    }
    const note = `left after ${noticed.map((ms) => `${(ms / 1_000).toFixed(0)} s`).join(" and ")}`;
    return outcomeOf(await line.verdict(), { runs: recoveryMs.length, recoveryMs, note });
  },
};

export const F28: Run = {
  title: "a link of 2 s each way, then one of 64 kbit/s in pieces of 16 bytes with a backlog of an outage to carry",
  notCovered: "loss and reordering of packets, which TCP hides",
  tier: 2,
  run: async (): Promise<Outcome> => {
    await using line = await startLine({ proxied: true, tags: 10, pollMs: 250, alarms: 1 });
    line.proxy.weather = () => ({ up: { delayMs: 2_000 }, down: { delayMs: 2_000 } });
    line.proxy.cut();
    await wait(15_000);
    const recoveryMs = [await line.recovered()];
    line.proxy.weather = () => ({ up: { bytesPerSecond: 8_000 }, down: { bytesPerSecond: 8_000 } });
    line.proxy.cut();
    await wait(5_000);
    await line.ingest.kill();
    await wait(30_000);
    await line.ingest.start();
    // The tag that tells is one that an alarm rule watches.
    const alarm = await line.recovered();
    recoveryMs.push(alarm);
    const note = `an alarm's value ${Math.round(alarm)} ms after the outage, before the backlog`;
    return outcomeOf(await line.verdict(), { runs: 2, recoveryMs, note });
  },
};

export const F30: Run = {
  title: "single bits turn over on the wire between gateway and broker, with TLS",
  notCovered:
    "the same without TLS: TCP's checksum is all there is then, and what a faulty box on the way changes beyond it is stored as it comes",
  tier: 2,
  run: async ({ size, random }): Promise<Outcome> => {
    await using line = await startLine({ proxied: true, isEncrypted: true });
    const flips = size === "full" ? 40 : 5;
    const recoveryMs: number[] = [];
    for (let i = 0; i < flips; i++) {
      const before = line.proxy.connections;
      const direction = random() < 0.7 ? "up" : "down";
      const place = 600 + Math.floor(random() * (direction === "up" ? 12_000 : 1_500));
      line.proxy.weather = (n) => (n === before ? { [direction]: { flipAt: place } } : {});
      line.proxy.cut();
      // The one that carries the flip, and the one that follows when the flip was noticed.
      while (line.proxy.connections < before + 2) await wait(20);
      recoveryMs.push(await line.recovered());
    }
    return outcomeOf(await line.verdict(), { runs: flips, recoveryMs });
  },
};
