import { openSession } from "#shared/wire/session.ts";
import { temporaryFolder } from "../fakes/folder.ts";
import type { Chain } from "../pipeline/chain.ts";
import { type Benchmark, figure, median } from "./figure.ts";
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

export const ingest: Benchmark = {
  summary: `Wire → store durable: ${edges} edge nodes, batches of ${samplesPerBatch}, an alarm on every tag, embedded broker and store.`,
  run: async () => {
    await using folder = await temporaryFolder();
    await using chain = await startWireChain(folder.path);
    await using load = await openWireLoad(chain);
    /** CPU per million points of the ingest process, broker and all threads included. */
    const cpu: number[] = [];
    const cpuNow = () => (processUseMissing ? Number.NaN : cpuMsOf(chain.ingest.pid ?? 0));
    const [broker, stored] = await inTurn(
      (round) => {
        const messages = messagesOf(round).flat();
        return perSecond(() => throughTheBroker(chain, messages));
      },
      async (round) => {
        const messages = messagesOf(round);
        const before = cpuNow();
        const rate = await perSecond(() => load.deliver(messages));
        cpu.push(((cpuNow() - before) / pointsPerRound) * 1e6);
        return rate;
      },
    );
    return [
      figure("ingest: wire → store durable, alarms attached", stored, "points/s", {
        name: "the broker alone, to a subscriber that only counts",
        value: broker,
      }),
      ...(processUseMissing ? [] : [figure("ingest: CPU per million points", median(cpu.slice(1)), "ms")]),
    ];
  },
};
