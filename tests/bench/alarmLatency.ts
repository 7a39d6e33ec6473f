// From a change at a real OPC UA instrument, through gateway, broker and ingest, to the alarm event on its topic, while
// many other tags change every second.
import { systemClock } from "#shared/kit/clock.ts";
import { derivedAddress, parseDerived } from "#shared/wire/derived.ts";
import { openSession } from "#shared/wire/session.ts";
import { derivedFilter } from "#shared/wire/topics.ts";
import { good } from "../../simulators/signal.ts";
import { temporaryFolder } from "../fakes/folder.ts";
import { plantOf, signal, startInstrument } from "../fakes/instrument.ts";
import { startChain } from "../pipeline/chain.ts";
import { type Benchmark, type Figure, figure, percentile } from "./figure.ts";

const changes = 100;
const never = new AbortController().signal;
const alarms =
  "[{ id: high, name: { zh: 高 }, tag: pump/watched, kind: high, limit: 50, priority: low, response: { zh: 查 } }]";

/** Of so many tags that change every second, one is watched and crosses its limit up and down. */
async function measure(tags: number, say: (line: string) => void): Promise<readonly Figure[]> {
  await using folder = await temporaryFolder();
  const signals = [signal("watched"), ...Array.from({ length: tags - 1 }, (_, i) => signal(`t${i}`))];
  await using instrument = await startInstrument(folder.path, signals);
  let watched = 0;
  let load = 0;
  const show = (): void =>
    instrument.show([good(watched), ...Array.from({ length: tags - 1 }, (_, i) => good(load + i))], systemClock.now());
  show();
  await using chain = await startChain({ folder: folder.path, plantYaml: plantOf(instrument.port, signals, alarms) });
  let onEvent = (_transition: string): void => {};
  await using observer = await openSession(
    {
      url: chain.broker,
      ...(await chain.credential("observer")),
      clientId: "bench-observer",
      onMessage: (topic, payload) => {
        if (derivedAddress(topic)?.kind !== "alarmEvent") return;
        const { status, transition } = parseDerived("alarmEvent", payload);
        if (status.alarm === "test/bench/high") onEvent(transition);
      },
    },
    never,
  );
  await observer.subscribe([{ filter: derivedFilter("test", "alarm"), qos: 1 }]);
  const loading = setInterval(() => {
    load += 1;
    show();
  }, 1_000);
  const took: number[] = [];
  for (let n = 0; n <= changes; n++) {
    const wanted = n % 2 === 0 ? "raised" : "returned";
    const arrived = new Promise<number>((resolve) => {
      onEvent = (transition) => transition === wanted && resolve(performance.now());
    });
    await new Promise((resolve) => setTimeout(resolve, 200 + ((n * 37) % 150)));
    const began = performance.now();
    watched = n % 2 === 0 ? 80 : 20;
    show();
    const ms = (await arrived) - began;
    // The first one waits for the gateway to have everything subscribed.
    if (n > 0) took.push(ms);
  }
  clearInterval(loading);
  say(`${tags} tags at 1 Hz: p50 ${percentile(took, 0.5).toFixed(0)} ms, p99 ${percentile(took, 0.99).toFixed(0)} ms`);
  return [0.5, 0.99].map((share) =>
    figure(
      `alarms: instrument → event on the topic, ${tags} tags at 1 Hz, p${share * 100}`,
      percentile(took, share),
      "ms",
    ),
  );
}

export const alarmLatency: Benchmark = {
  summary: "from a change at an OPC UA instrument to its alarm event on the topic, among 300 and 5,000 tags at 1 Hz",
  run: async (say) => [...(await measure(300, say)), ...(await measure(5_000, say))],
};
