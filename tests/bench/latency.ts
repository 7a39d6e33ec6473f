import { AttributeIds, OPCUAClient, TimestampsToReturn } from "node-opcua";
import { systemClock } from "#shared/kit/clock.ts";
import type { LiveFrame, ViewSnapshot } from "#shared/model/live.ts";
import { good, namespaceUri, nodeName } from "../../simulators/signal.ts";
import { temporaryFolder } from "../fakes/folder.ts";
import { plantOf, signal, startInstrument } from "../fakes/instrument.ts";
import { type Chain, startChain } from "../pipeline/chain.ts";
import { connectPage } from "../pipeline/page.ts";
import { type Benchmark, figure, percentile } from "./figure.ts";

const rounds = 60;
const value = signal("value");

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
  return await measure(waiting, show, 1);
}

/** From the same instrument to a bare client with the same publishing interval, in ms. */
async function toABareClient(port: number, show: (n: number) => void): Promise<readonly number[]> {
  const client = OPCUAClient.create({ endpointMustExist: false });
  await client.connect(`opc.tcp://127.0.0.1:${port}`);
  const session = await client.createSession();
  const subscription = await session.createSubscription2({ requestedPublishingInterval: 100, publishingEnabled: true });
  const namespace = (await session.readNamespaceArray()).indexOf(namespaceUri);
  const group = await subscription.monitorItems(
    [{ nodeId: `ns=${namespace};s=${nodeName(value)}`, attributeId: AttributeIds.Value }],
    { samplingInterval: 0, queueSize: 10, discardOldest: true },
    TimestampsToReturn.Both,
  );
  const waiting = new Map<number, (at: number) => void>();
  group.on("changed", (_, { value: { value: n } }) => waiting.get(Number(n))?.(performance.now()));
  const took = await measure(waiting, show, -1);
  await client.disconnect();
  return took;
}

/** Shows one value after the other, not in step with anybody's interval, and waits for each. */
async function measure(
  waiting: Map<number, (at: number) => void>,
  show: (n: number) => void,
  sign: 1 | -1,
): Promise<readonly number[]> {
  const took: number[] = [];
  for (let n = 1; n <= rounds; n++) {
    const arrived = new Promise<number>((resolve) => waiting.set(n * sign, resolve));
    await new Promise((resolve) => setTimeout(resolve, 200 + ((n * 37) % 100)));
    const began = performance.now();
    show(n * sign);
    took.push((await arrived) - began);
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
    const bare = await toABareClient(instrument.port, (n) => instrument.show([good(n)], systemClock.now()));
    return [0.5, 0.99].map((share) =>
      figure(`latency: instrument → socket p${share * 100}`, percentile(ours, share), "ms", {
        name: "to a bare node-opcua client",
        value: percentile(bare, share),
      }),
    );
  },
};
