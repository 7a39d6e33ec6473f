import { systemClock, ticks } from "#shared/kit/clock.ts";
import { silentLog } from "#shared/kit/log.ts";
import { tagId } from "#shared/model/sample.ts";
import { instant, millis } from "#shared/model/time.ts";
import { openEmbeddedReader } from "#shared/store/embedded/open.ts";
import { good, nodeName } from "../../simulators/signal.ts";
import { temporaryFolder } from "../fakes/folder.ts";
import { plantOf, signal, startInstrument } from "../fakes/instrument.ts";
import { startChain } from "../pipeline/chain.ts";
import { cpuPerThousand, rawCpuPerThousand } from "./driverLoad.ts";
import { type Benchmark, figure } from "./figure.ts";
import { processUseMissing } from "./processUse.ts";

const tags = 500;
const periodMs = 200;
const signals = Array.from({ length: tags }, (_, i) => signal(`t${i}`));

export const gatewayOpcua: Benchmark = {
  summary: `Gateway, OPC UA: ${tags} tags changing every ${periodMs} ms, every change delivered.`,
  run: async (say) => {
    if (processUseMissing) {
      say(`Not measured: ${processUseMissing}.`);
      return [];
    }
    await using folder = await temporaryFolder();
    await using instrument = await startInstrument(folder.path, signals);
    const stop = new AbortController();
    const changing = (async () => {
      let n = 0;
      for await (const at of ticks(systemClock, millis(periodMs), stop.signal)) {
        n += 1;
        instrument.show(
          signals.map((_, i) => good(n + i)),
          at,
        );
      }
    })();
    try {
      const raw = await rawCpuPerThousand(
        {
          kind: "opcua",
          port: instrument.port,
          units: 0,
          registers: 0,
          periodMs,
          nodes: signals.map(nodeName),
          samplingMs: 0,
          publishMs: 100,
        },
        "notifications",
      );
      await using chain = await startChain({ folder: folder.path, plantYaml: plantOf(instrument.port, signals) });
      await using reader = await openEmbeddedReader({ file: chain.historyFile, clock: systemClock, log: silentLog });
      const tag = tagId({ platform: "test", line: "bench", equipment: "pump", tag: "t0" });
      const read = async () => (await reader.count(tag, instant(0), instant(4e12))) * tags;
      const ours = await cpuPerThousand(chain.gateway.pid ?? 0, read);
      return [
        figure("gateway: CPU per 1,000 OPC UA notifications, delivered", ours, "ms", {
          name: "node-opcua client that only counts",
          value: raw,
        }),
      ];
    } finally {
      stop.abort();
      await changing;
    }
  },
};
