// 200 pages on one dashboard server, while 300 tags change every second.
import { setTimeout as wait } from "node:timers/promises";
import { systemClock } from "#shared/kit/clock.ts";
import { good } from "../../simulators/signal.ts";
import { temporaryFolder } from "../fakes/folder.ts";
import { plantOf, signal, startInstrument } from "../fakes/instrument.ts";
import { startChain } from "../pipeline/chain.ts";
import { type Benchmark, type Figure, figure, percentile } from "./figure.ts";
import { type Client, type Clients, connectMany, createArrivals, watch } from "./manyClients.ts";
import { cpuMsOf, processUseMissing, residentBytesOf } from "./processUse.ts";

const tags = 300;
const rounds = 40;
const pages = 200;
/** Besides them, so many take one frame and then no more, like a page on a network that has stopped. */
const stuckPages = 10;

interface Taken {
  /** From a change at the instrument to its frame, of every page and change, in ms. */
  readonly took: readonly number[];
  readonly cpuShare: number;
  readonly residentBytes: number;
  readonly bytesPerSecond: number;
}

async function measure(clients: Clients, show: (n: number) => void, pid: number, base: number): Promise<Taken> {
  const arrivals = createArrivals();
  let wanted = Number.NaN;
  for (const [k, socket] of clients.sockets.entries()) {
    let newest = Number.NaN;
    await watch(socket, k % 2 === 0 ? "line:bench" : "overview", ([first]) => {
      if (first !== wanted || newest === wanted) return;
      newest = wanted;
      arrivals.arrived();
    });
  }
  const start = { cpu: cpuMsOf(pid), at: performance.now(), received: clients.received() };
  for (let n = 1; n <= rounds; n++) {
    await wait(400 + ((n * 37) % 250));
    wanted = base + n;
    const everywhere = arrivals.expect(clients.sockets.length);
    show(wanted);
    await everywhere;
  }
  const lasted = performance.now() - start.at;
  for (const socket of clients.sockets) socket.removeAllListeners("frame");
  return {
    took: arrivals.took,
    cpuShare: (cpuMsOf(pid) - start.cpu) / lasted,
    residentBytes: residentBytesOf(pid),
    bytesPerSecond: ((clients.received() - start.received) / lasted) * 1_000,
  };
}

const getStuck = async (socket: Client): Promise<void> => {
  socket.on("frame", () => {});
  await socket.emitWithAck("subscribe", "line:bench");
};

const figures = (all: Taken, alone: Taken): readonly Figure[] => [
  ...[0.5, 0.99].map((share) =>
    figure(`clients: instrument → each of ${pages} pages p${share * 100}`, percentile(all.took, share), "ms", {
      name: "to one page",
      value: percentile(alone.took, share),
    }),
  ),
  figure(`clients: server CPU with ${pages} pages`, all.cpuShare * 100, "% of a core", {
    name: "with one page",
    value: alone.cpuShare * 100,
  }),
  figure(`clients: server memory with ${pages} pages`, all.residentBytes / 2 ** 20, "MiB", {
    name: "with one page",
    value: alone.residentBytes / 2 ** 20,
  }),
  figure("clients: to each page", all.bytesPerSecond / 1_024 / pages, "KiB/s", {
    name: "to the only page",
    value: alone.bytesPerSecond / 1_024,
  }),
];

export const clients: Benchmark = {
  summary: `${pages} pages on one server beside ${stuckPages} that take nothing: delay, CPU, memory, bytes; ${tags} tags at 1 Hz`,
  onDemand: true,
  run: async (say) => {
    if (processUseMissing) {
      say(processUseMissing);
      return [];
    }
    await using folder = await temporaryFolder();
    const signals = Array.from({ length: tags }, (_, i) => signal(`t${i}`));
    await using instrument = await startInstrument(folder.path, signals);
    let [watched, load] = [0, 0];
    const show = (): void =>
      instrument.show(
        [good(watched), ...Array.from({ length: tags - 1 }, (_, i) => good(load + i))],
        systemClock.now(),
      );
    show();
    await using chain = await startChain({ folder: folder.path, plantYaml: plantOf(instrument.port, signals) });
    const pid = chain.dashboard.pid ?? 0;
    const loading = setInterval(() => {
      load++;
      show();
    }, 1_000);
    const change = (n: number): void => {
      watched = n;
      show();
    };
    try {
      await using one = await connectMany(chain.login, 1);
      const alone = await measure(one, change, pid, 1_000);
      await one[Symbol.asyncDispose]();
      await using many = await connectMany(chain.login, pages);
      await using stuck = await connectMany(chain.login, stuckPages);
      await Promise.all(stuck.sockets.map(getStuck));
      return figures(await measure(many, change, pid, 2_000), alone);
    } finally {
      clearInterval(loading);
    }
  },
};
