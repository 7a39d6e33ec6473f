import { openSession } from "#shared/wire/session.ts";
import { temporaryFolder } from "../fakes/folder.ts";
import type { Chain } from "../pipeline/chain.ts";
import { type Benchmark, type Figure, figure, median } from "./figure.ts";
import { cpuMsOf, processUseMissing } from "./processUse.ts";
import { edges, messagesOf, openWireLoad, pointsPerRound, samplesPerBatch, startWireChain } from "./wireLoad.ts";

/** The first one warms up. */
const rounds = 7;
/** Messages under way to the subscriber that only counts. */
const window = 256;

/** The same bytes through the same broker to a subscriber that only counts. */
async function throughTheBroker(chain: Chain, messages: readonly Uint8Array[]): Promise<void> {
  const stop = new AbortController();
  const topic = "pilotline/v1/test/bench/raw";
  const [writer, reader] = await Promise.all([chain.credential("ingest"), chain.credential("observer")]);
  const done = Promise.withResolvers<void>();
  let received = 0;
  let sent = 0;
  let send = () => {};
  const onMessage = () => {
    received += 1;
    if (received === messages.length) done.resolve();
    else send();
  };
  const common = { url: chain.broker };
  await using observer = await openSession({ ...common, ...reader, clientId: "bench-reader", onMessage }, stop.signal);
  await observer.subscribe([{ filter: topic, qos: 0 }]);
  await using session = await openSession(
    { ...common, ...writer, clientId: "bench-writer", onMessage: () => {} },
    stop.signal,
  );
  send = () => {
    while (sent < messages.length && sent - received < window) {
      session.publish(topic, messages[sent] as Uint8Array);
      sent += 1;
    }
  };
  send();
  await done.promise;
}

/** Points per second of a round's work. */
export async function perSecond(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await work();
  return (pointsPerRound / (performance.now() - began)) * 1_000;
}

/** Rounds of two kinds of work in turn, so that what else the machine does meets both; the medians but for the first. */
export async function inTurn(
  one: (round: number) => Promise<number>,
  other: (round: number) => Promise<number>,
): Promise<readonly [number, number]> {
  const measured: [number, number][] = [];
  for (let round = 0; round < rounds; round++) measured.push([await one(round), await other(round)]);
  const warm = measured.slice(1);
  return [median(warm.map(([value]) => value)), median(warm.map(([, value]) => value))];
}

/** CPU that a process takes for a million points of a round: what other processes do to the clock does not show in it. */
export function cpuPerMillion(name: string, pid: number) {
  const measured: number[] = [];
  return {
    during: async <T>(work: () => Promise<T>): Promise<T> => {
      if (processUseMissing) return work();
      const before = cpuMsOf(pid);
      const done = await work();
      measured.push(((cpuMsOf(pid) - before) / pointsPerRound) * 1e6);
      return done;
    },
    figures: (reference: Figure["reference"] = null): readonly Figure[] =>
      processUseMissing ? [] : [figure(`${name}: CPU per million points`, median(measured.slice(1)), "ms", reference)],
    value: () => median(measured.slice(1)),
  };
}

export const ingest: Benchmark = {
  summary: `Wire → store durable: ${edges} edge nodes, batches of ${samplesPerBatch}, an alarm on every tag, embedded broker and store.`,
  run: async () => {
    await using folder = await temporaryFolder();
    await using chain = await startWireChain(folder.path);
    await using load = await openWireLoad(chain);
    const cpu = cpuPerMillion("ingest", chain.ingest.pid ?? 0);
    const [broker, stored] = await inTurn(
      (round) => {
        const messages = messagesOf(round).flat();
        return perSecond(() => throughTheBroker(chain, messages));
      },
      (round) => {
        const messages = messagesOf(round);
        return cpu.during(() => perSecond(() => load.deliver(messages)));
      },
    );
    return [
      figure("ingest: wire → store durable, alarms attached", stored, "points/s", {
        name: "the broker alone, to a subscriber that only counts",
        value: broker,
      }),
      ...cpu.figures(),
    ];
  },
};
