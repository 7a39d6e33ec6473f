// Group D: a host, with its store, that is away for long.
import { derivedAddress, parseDerived } from "#shared/wire/derived.ts";
import { openSession } from "#shared/wire/session.ts";
import { type Outcome, outcomeOf, type Run, wait } from "../experiment.ts";
import { counterPlatform } from "../rig/instrument.ts";
import { type Line, startLine } from "../rig/line.ts";

/** Resolves when the derived topics carry a number given from now on; to the time that took, ms. */
async function liveAgain(line: Line): Promise<number> {
  const began = performance.now();
  const wanted = line.shown + 1;
  const seen = Promise.withResolvers<void>();
  await using session = await openSession(
    {
      url: line.brokerUrl,
      ...(await line.credential("dashboard")),
      clientId: "dashboard-faults",
      onMessage: (topic, payload) => {
        if (derivedAddress(topic)?.kind !== "live") return;
        const { values } = parseDerived("live", payload);
        if (Object.values(values).some((of) => Number(of?.value) >= wanted)) seen.resolve();
      },
    },
    AbortSignal.timeout(60_000),
  );
  await session.subscribe([{ filter: `pilotline/v1/${counterPlatform}/live/#`, qos: 1 }]);
  await Promise.race([seen.promise, wait(60_000).then(() => Promise.reject(new Error("no live values for 60 s")))]);
  return performance.now() - began;
}

export const F36: Run = {
  title: "ingest, with its broker and store, is away for 10 minutes (25 s in the short form), then back",
  notCovered: "an hour and more; links of little bandwidth",
  tier: 2,
  run: async ({ size }): Promise<Outcome> => {
    await using line = await startLine({ counters: 2, tags: 50 });
    await line.ingest.kill();
    await wait(size === "full" ? 600_000 : 25_000);
    await line.ingest.start();
    const live = await liveAgain(line);
    const recovery = await line.recovered();
    const began = performance.now();
    const verdict = await line.verdict();
    const drained = ((performance.now() - began) / 1_000).toFixed(0);
    const note = `current values live after ${Math.round(live)} ms, backlog drained and judged after ${drained} s`;
    return outcomeOf(verdict, { runs: 1, recoveryMs: [recovery], note });
  },
};
