import { systemClock } from "#shared/kit/clock.ts";
import { silentLog } from "#shared/kit/log.ts";
import { tagId } from "#shared/model/sample.ts";
import { instant } from "#shared/model/time.ts";
import { openEmbeddedReader } from "#shared/store/embedded/open.ts";
import { serveModbus } from "../../simulators/faces/modbus/server.ts";
import { good, type Signal } from "../../simulators/signal.ts";
import { temporaryFolder } from "../fakes/folder.ts";
import { signal } from "../fakes/instrument.ts";
import { startChain } from "../pipeline/chain.ts";
import { cpuPerThousand, rawCpuPerThousand } from "./driverLoad.ts";
import { type Benchmark, figure } from "./figure.ts";
import { processUseMissing } from "./processUse.ts";

const units = 8;
const floats = 62;
const registers = floats * 2;
const periodMs = 100;

const signals: readonly Signal[] = Array.from({ length: units * floats }, (_, i) =>
  signal(`t${i}`, {
    access: {
      face: "modbus",
      instrument: `meter-${Math.floor(i / floats)}`,
      unit: Math.floor(i / floats) + 1,
      table: "holding",
      register: (i % floats) * 2,
      format: "float32",
      byteOrder: "ABCD",
    },
  }),
);

const plantOf = (port: number): string =>
  JSON.stringify({
    platform: { id: "test", name: { zh: "测试" } },
    gateways: [{ id: "edge-1" }],
    devices: Array.from({ length: units }, (_, unit) => ({
      id: `meter-${unit}`,
      gateway: "edge-1",
      protocol: "modbus",
      connection: { host: "127.0.0.1", port, unit: unit + 1 },
      polling: { periodMs },
    })),
    lines: [
      {
        id: "bench",
        name: { zh: "试验台" },
        equipment: [
          {
            id: "pump",
            name: { zh: "泵" },
            kind: "pump",
            tags: signals.map(({ id }, i) => ({
              id,
              name: { zh: id },
              device: `meter-${Math.floor(i / floats)}`,
              report: "every",
              address: { table: "holding", register: (i % floats) * 2, format: "float32" },
            })),
          },
        ],
      },
    ],
  });

export const gatewayModbus: Benchmark = {
  summary: `Gateway, Modbus TCP: ${units} units of ${registers} registers every ${periodMs} ms, every value delivered.`,
  run: async (say) => {
    if (processUseMissing) {
      say(`Not measured: ${processUseMissing}.`);
      return [];
    }
    await using folder = await temporaryFolder();
    await using face = await serveModbus({ host: "127.0.0.1", port: 0 }, signals);
    face.show(
      signals.map((_, i) => good(i)),
      instant(0),
    );
    const task = {
      kind: "modbus",
      port: face.port,
      units,
      registers,
      periodMs,
      nodes: [],
      samplingMs: 0,
      publishMs: 0,
    } as const;
    const raw = await rawCpuPerThousand(task, "registers");
    await using chain = await startChain({ folder: folder.path, plantYaml: plantOf(face.port) });
    await using reader = await openEmbeddedReader({ file: chain.historyFile, clock: systemClock, log: silentLog });
    const tag = tagId({ platform: "test", line: "bench", equipment: "pump", tag: "t0" });
    const read = async () => (await reader.count(tag, instant(0), instant(4e12))) * units * registers;
    const ours = await cpuPerThousand(chain.gateway.pid ?? 0, read);
    return [
      figure("gateway: CPU per 1,000 Modbus registers, delivered", ours, "ms", {
        name: "modbus-serial loop that only decodes",
        value: raw,
      }),
    ];
  },
};
