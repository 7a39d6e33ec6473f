// From a change at the instrument to the alarm at each of 1,000 pages that follow the alarms.
import { setTimeout as wait } from "node:timers/promises";
import { systemClock } from "#shared/kit/clock.ts";
import { good } from "../../simulators/signal.ts";
import { temporaryFolder } from "../fakes/folder.ts";
import { plantOf, signal, startInstrument } from "../fakes/instrument.ts";
import { startChain } from "../pipeline/chain.ts";
import { type Benchmark, figure, percentile } from "./figure.ts";
import { type Clients, connectMany, createArrivals } from "./manyClients.ts";

const pages = 1_000;
const changes = 40;
const alarms =
  "[{ id: high, name: { zh: 高 }, tag: pump/watched, kind: high, limit: 50, priority: low, response: { zh: 查 } }]";

async function measure({ sockets }: Clients, show: (value: number) => void): Promise<readonly number[]> {
  const arrivals = createArrivals();
  let wanted = "";
  const listed = sockets.map(
    (socket) =>
      new Promise<void>((resolve) => {
        socket.on("alarms", (part, received) => {
          received();
          resolve();
          if ("events" in part && part.events.some(({ transition }) => transition === wanted)) arrivals.arrived();
        });
        socket.emit("follow", 0);
      }),
  );
  await Promise.all(listed);
  for (let n = 0; n < changes; n++) {
    await wait(500 + ((n * 37) % 150));
    const high = n % 2 === 0;
    wanted = high ? "raised" : "returned";
    const everywhere = arrivals.expect(sockets.length);
    show(high ? 80 : 20);
    await everywhere;
  }
  return arrivals.took;
}

export const alarmClients: Benchmark = {
  summary: `from a change at an OPC UA instrument to the alarm at each of ${pages} pages`,
  onDemand: true,
  run: async () => {
    await using folder = await temporaryFolder();
    const signals = [signal("watched")];
    await using instrument = await startInstrument(folder.path, signals);
    const show = (value: number): void => instrument.show([good(value)], systemClock.now());
    show(20);
    await using chain = await startChain({ folder: folder.path, plantYaml: plantOf(instrument.port, signals, alarms) });
    await using one = await connectMany(chain.login, 1);
    const alone = await measure(one, show);
    await one[Symbol.asyncDispose]();
    await using many = await connectMany(chain.login, pages);
    const all = await measure(many, show);
    return [0.5, 0.99].map((share) =>
      figure(`alarms: instrument → each of ${pages} pages p${share * 100}`, percentile(all, share), "ms", {
        name: "to one page",
        value: percentile(alone, share),
      }),
    );
  },
};
