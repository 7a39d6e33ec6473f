import { once } from "node:events";
import { systemClock } from "#shared/kit/clock.ts";
import type { LiveFrame, ViewSnapshot } from "#shared/model/live.ts";
import { openSession } from "#shared/wire/session.ts";
import { good } from "../../simulators/signal.ts";
import { temporaryFolder } from "../fakes/folder.ts";
import { plantOf, signal, startInstrument } from "../fakes/instrument.ts";
import { type Chain, startChain } from "../pipeline/chain.ts";
import { connectPage } from "../pipeline/page.ts";
import { type Benchmark, figure } from "./figure.ts";

const rounds = 150;
const value = signal("value");

const percentile = (values: readonly number[], share: number): number =>
  values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.ceil(values.length * share) - 1)] ?? Number.NaN;

/** From a change at the instrument to the frame at the socket, in ms. */
async function throughTheChain(chain: Chain, show: (n: number) => void): Promise<readonly number[]> {
  await using page = await connectPage(chain.login);
  const waiting = new Map<number, (at: number) => void>();
  page.socket.on("frame", (frame: LiveFrame, received: () => void) => {
    received();
    for (const v of frame.v) waiting.get(Number(v))?.(performance.now());
  });
  const snapshot: ViewSnapshot | { error: string } = await page.socket.emitWithAck("subscribe", "line:bench");
  if ("error" in snapshot) throw new Error(`The view was refused: ${snapshot.error}`);
  const took: number[] = [];
  for (let n = 1; n <= rounds; n++) {
    const arrived = new Promise<number>((resolve) => waiting.set(n, resolve));
    // Not in step with the server's own coalescing.
    await new Promise((resolve) => setTimeout(resolve, 200 + ((n * 37) % 100)));
    const began = performance.now();
    show(n);
    took.push((await arrived) - began);
  }
  return took;
}

/** A message through the same broker and back, in ms. */
async function throughTheBroker(chain: Chain): Promise<readonly number[]> {
  const { username, password } = await chain.credential("ingest");
  const stop = new AbortController();
  const echoes = new EventTarget();
  const topic = "pilotline/v1/test/bench/echo";
  await using session = await openSession(
    {
      url: chain.broker,
      username,
      password,
      clientId: "bench",
      onMessage: () => echoes.dispatchEvent(new Event("echo")),
    },
    stop.signal,
  );
  await session.subscribe([{ filter: topic, qos: 0 }]);
  const took: number[] = [];
  for (let n = 0; n < rounds; n++) {
    const back = once(echoes, "echo");
    const began = performance.now();
    session.publish(topic, "x");
    await back;
    took.push(performance.now() - began);
  }
  return took;
}

export const latency: Benchmark = {
  summary: "From a change at an OPC UA instrument to the frame at a page's socket (publishing 100 ms, frames at 4 Hz).",
  run: async () => {
    await using folder = await temporaryFolder();
    await using instrument = await startInstrument(folder.path, [value]);
    instrument.show([good(0)], systemClock.now());
    await using chain = await startChain({ folder: folder.path, plantYaml: plantOf(instrument.port, [value]) });
    const ours = await throughTheChain(chain, (n) => instrument.show([good(n)], systemClock.now()));
    const broker = await throughTheBroker(chain);
    return [0.5, 0.99].map((share) =>
      figure(`latency: instrument → socket p${share * 100}`, percentile(ours, share), "ms", {
        name: "one message through the broker",
        value: percentile(broker, share),
      }),
    );
  },
};
