import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

export const samplesPerBatch = 200;

/** The process `writerChild.ts`, writing to `file`; `acknowledged` grows with what it prints. */
export function startChild(file: string, first: number, maxHotPoints = 1_500, limit = "unlimited") {
  const script = fileURLToPath(new URL("./writerChild.ts", import.meta.url));
  const args = [script, file, String(first), String(samplesPerBatch), String(maxHotPoints)];
  const shell = ["-c", `ulimit -f ${limit} && exec "$0" "$@"`, process.execPath, ...args];
  const child = spawn("sh", shell, { stdio: ["ignore", "pipe", "inherit"] });
  const acknowledged: number[] = [];
  const errors: string[] = [];
  const lines = createInterface({ input: child.stdout });
  lines.on("line", (line) => {
    if (/^\d+$/.test(line)) acknowledged.push(Number(line));
    else errors.push(line);
  });
  return {
    acknowledged,
    errors,
    ended: Promise.all([once(child, "exit"), once(lines, "close")]),
    reached: async (count: number) => {
      while (acknowledged.length < count) await once(lines, "line");
    },
    kill: async () => {
      child.kill("SIGKILL");
      await Promise.all([once(child, "exit"), once(lines, "close")]);
    },
  };
}
