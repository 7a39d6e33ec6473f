import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { type Benchmark, figure } from "./figure.ts";

const rounds = 5;
const roundMs = 1_500;
const atOnce = 16;

interface Measured {
  readonly perSecond: number;
  readonly cpuUs: number;
}

const start = (...words: readonly (string | number)[]): ChildProcess =>
  fork(fileURLToPath(new URL("rawModbus.ts", import.meta.url)), words.map(String), { stdio: "inherit" });

export const modbusReads: Benchmark = {
  summary: "Modbus TCP: reads of 125 registers through the link, beside a bare socket loop and modbus-serial.",
  run: async (say) => {
    const server = start("server");
    try {
      const [port] = await once(server, "message");
      const measure = async (client: string, inFlight: number): Promise<Measured> => {
        const [measured] = await once(start(client, port, inFlight, roundMs), "message");
        return measured;
      };
      // In turn, so that what else the machine does meets all of them.
      const measured: Record<"raw" | "link" | "library" | "pipelined", Measured[]> = {
        ...{ raw: [], link: [], library: [], pipelined: [] },
      };
      for (let round = 0; round < rounds; round++) {
        measured.raw.push(await measure("raw", 1));
        measured.link.push(await measure("link", 1));
        measured.library.push(await measure("library", 1));
        measured.pipelined.push(await measure("link", atOnce));
      }
      // The best round is the one that the machine's other work disturbed least.
      const rate = (client: keyof typeof measured) => Math.max(...measured[client].map(({ perSecond }) => perSecond));
      const cpu = (client: keyof typeof measured) => Math.min(...measured[client].map(({ cpuUs }) => cpuUs));
      say(`Best of ${rounds} rounds each; modbus-serial is what the gateway used before.`);
      const raw = { name: "bare socket loop", value: rate("raw") };
      const rawCpu = { name: "bare socket loop", value: cpu("raw") };
      return [
        figure("modbus: reads of 125 registers", rate("link"), "reads/s", raw),
        figure("modbus: the same by modbus-serial", rate("library"), "reads/s", raw),
        figure(`modbus: the same, ${atOnce} in flight`, rate("pipelined"), "reads/s", raw),
        figure("modbus: CPU per read", cpu("link"), "µs", rawCpu),
        figure("modbus: the same by modbus-serial", cpu("library"), "µs", rawCpu),
      ];
    } finally {
      server.kill();
    }
  },
};
