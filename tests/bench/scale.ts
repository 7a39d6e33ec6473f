// How a gateway process grows with its tags: CPU and memory for 100, 1,000 and 10,000 tags that all change every second.
import { systemClock, ticks } from "#shared/kit/clock.ts";
import { silentLog } from "#shared/kit/log.ts";
import { tagId } from "#shared/model/sample.ts";
import { instant, millis } from "#shared/model/time.ts";
import { openEmbeddedReader } from "#shared/store/embedded/open.ts";
import { serveModbus } from "../../simulators/faces/modbus/server.ts";
import { good, namespaceUri, nodeName, type Signal } from "../../simulators/signal.ts";
import { temporaryFolder } from "../fakes/folder.ts";
import { signal, startInstrument } from "../fakes/instrument.ts";
import { startChain } from "../pipeline/chain.ts";
import { type Benchmark, type Figure, figure } from "./figure.ts";
import { cpuMsOf, processUseMissing, residentBytesOf } from "./processUse.ts";

const sizes = [100, 1_000, 10_000] as const;
const periodMs = 1_000;
const settleMs = 10_000;
const measuredMs = 20_000;
/** Registers of a float, and floats in one Modbus unit. */
const registersPerFloat = 2;
const floatsPerUnit = 500;

const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

interface Source extends AsyncDisposable {
  readonly devices: readonly object[];
  readonly address: (index: number) => { readonly device: string; readonly address: object };
  show(value: number): void;
}

async function opcua(folder: string, count: number): Promise<Source> {
  const signals = Array.from({ length: count }, (_, i) => signal(`t${i}`));
  const instrument = await startInstrument(folder, signals);
  const connection = { endpoint: `opc.tcp://127.0.0.1:${instrument.port}`, security: "none" };
  return {
    devices: [{ id: "plc", gateway: "edge-1", protocol: "opcua", connection, polling: { publishMs: periodMs } }],
    address: (i) => ({
      device: "plc",
      address: { node: `nsu=${namespaceUri};s=${nodeName(signals[i] as Signal)}` },
    }),
    show: (value) =>
      instrument.show(
        signals.map(() => good(value)),
        systemClock.now(),
      ),
    [Symbol.asyncDispose]: () => instrument[Symbol.asyncDispose](),
  };
}

async function modbus(_: string, count: number): Promise<Source> {
  const unitOf = (i: number) => Math.floor(i / floatsPerUnit) + 1;
  const registerOf = (i: number) => (i % floatsPerUnit) * registersPerFloat;
  const signals = Array.from({ length: count }, (_, i) =>
    signal(`t${i}`, {
      access: {
        ...{ face: "modbus", instrument: `unit-${unitOf(i)}`, unit: unitOf(i), table: "holding" },
        ...{ register: registerOf(i), format: "float32", byteOrder: "ABCD" },
      } as Signal["access"],
    }),
  );
  const face = await serveModbus({ host: "127.0.0.1", port: 0 }, signals);
  return {
    devices: Array.from({ length: unitOf(count - 1) }, (_, i) => ({
      ...{ id: `unit-${i + 1}`, gateway: "edge-1", protocol: "modbus" },
      ...{ connection: { host: "127.0.0.1", port: face.port, unit: i + 1 }, polling: { periodMs } },
    })),
    address: (i) => ({
      device: `unit-${unitOf(i)}`,
      address: { table: "holding", register: registerOf(i), format: "float32" },
    }),
    show: (value) =>
      face.show(
        signals.map(() => good(value)),
        instant(0),
      ),
    [Symbol.asyncDispose]: () => face[Symbol.asyncDispose](),
  };
}

const plantOf = (source: Source, count: number): string =>
  JSON.stringify({
    platform: { id: "test", name: { zh: "测试" } },
    gateways: [{ id: "edge-1" }],
    devices: source.devices,
    lines: [
      {
        ...{ id: "bench", name: { zh: "试验台" } },
        equipment: [
          {
            ...{ id: "pump", name: { zh: "泵" }, kind: "pump" },
            tags: Array.from({ length: count }, (_, i) => ({
              ...{ id: `t${i}`, name: { zh: `量${i}` }, report: "every", staleAfterMs: 60_000 },
              ...source.address(i),
            })),
          },
        ],
      },
    ],
  });

/** Whole numbers that count up, one a second; `lost` are those that a tag should have and has not. */
async function measure(kind: "opcua" | "modbus", count: number): Promise<readonly Figure[]> {
  await using folder = await temporaryFolder();
  await using source = await { opcua, modbus }[kind](folder.path, count);
  const stop = new AbortController();
  let shown = 0;
  source.show(shown);
  const showing = (async () => {
    for await (const _ of ticks(systemClock, millis(periodMs), stop.signal)) source.show(++shown);
  })();
  await using chain = await startChain({ folder: folder.path, plantYaml: plantOf(source, count) });
  await using reader = await openEmbeddedReader({ file: chain.historyFile, clock: systemClock, log: silentLog });
  const stored = async (i: number) => {
    const tag = tagId({ platform: "test", line: "bench", equipment: "pump", tag: `t${i}` });
    const { samples } = await reader.range(tag, instant(0), instant(4e12), 1_000_000);
    return samples.flatMap(({ value }) => (typeof value === "number" ? [value] : []));
  };
  const pid = chain.gateway.pid ?? 0;
  await wait(settleMs);
  const [cpu, at] = [cpuMsOf(pid), performance.now()];
  await wait(measuredMs);
  const share = (cpuMsOf(pid) - cpu) / (performance.now() - at);
  const memory = residentBytesOf(pid) / 2 ** 20;
  stop.abort();
  await showing;
  await wait(3 * periodMs);
  const watched = Array.from({ length: 10 }, (_, i) => Math.floor((i * (count - 1)) / 9));
  let lost = 0;
  for (const i of watched) {
    const values = new Set(await stored(i));
    const first = Math.min(...values);
    lost += shown - first + 1 - values.size;
  }
  const name = `${kind === "opcua" ? "OPC UA" : "Modbus"}, ${count.toLocaleString("en")} tags at 1 s`;
  return [
    figure(`gateway with ${name}: share of a core`, share * 100, "%"),
    figure(`gateway with ${name}: memory`, memory, "MiB"),
    // A poll and a change every second are two clocks: a poll may see a number twice and the next not at all.
    ...(kind === "opcua" ? [figure(`gateway with ${name}: lost of ${watched.length} tags`, lost, "changes")] : []),
  ];
}

export const scale: Benchmark = {
  summary: `Gateway with ${sizes.map((size) => size.toLocaleString("en")).join(", ")} tags that change every second, delivered to the store.`,
  run: async (say) => {
    if (processUseMissing) {
      say(`Not measured: ${processUseMissing}.`);
      return [];
    }
    const figures: Figure[] = [];
    for (const kind of ["opcua", "modbus"] as const) {
      for (const size of sizes) {
        say(`${kind}, ${size} tags`);
        figures.push(...(await measure(kind, size)));
      }
    }
    return figures;
  },
};
