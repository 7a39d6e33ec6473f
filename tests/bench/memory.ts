import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { temporaryFolder } from "../fakes/folder.ts";
import { startChain, startSimulators } from "../pipeline/chain.ts";
import { type Benchmark, figure } from "./figure.ts";
import { processUseMissing, residentBytesOf } from "./processUse.ts";

const settleMs = 20_000;
const mib = (bytes: number): number => bytes / 2 ** 20;

/** What any Node process takes before it does anything. */
async function emptyNode(): Promise<number> {
  const child = spawn(process.execPath, ["-e", "process.stdout.write('.'); setInterval(() => {}, 1000)"]);
  await once(child.stdout, "data");
  const bytes = residentBytesOf(child.pid ?? 0);
  child.kill("SIGKILL");
  return bytes;
}

export const memory: Benchmark = {
  summary: `Resident memory of each process with the demo's plant, after ${settleMs / 1_000} s.`,
  run: async (say) => {
    if (processUseMissing) {
      say(`Not measured: ${processUseMissing}.`);
      return [];
    }
    await using folder = await temporaryFolder();
    await using simulators = await startSimulators(["all", "--seed", "1"]);
    const plantYaml = await readFile(fileURLToPath(new URL("../../plant.example.yaml", import.meta.url)), "utf8");
    await using chain = await startChain({ folder: folder.path, plantYaml, env: simulators.env });
    await new Promise((resolve) => setTimeout(resolve, settleMs));
    const reference = { name: "an empty Node process", value: mib(await emptyNode()) };
    const processes = {
      gateway: chain.gateway,
      ingest: chain.ingest,
      dashboard: chain.dashboard,
      simulators: simulators.child,
    };
    return Object.entries(processes).map(([name, { pid }]) =>
      figure(`memory: ${name}`, mib(residentBytesOf(pid ?? 0)), "MiB", reference),
    );
  },
};
