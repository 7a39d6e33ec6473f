import { readFileSync } from "node:fs";

/** Linux tells a process's CPU time in ticks of 10 ms and its memory in kB. */
const tickMs = 10;

export const processUseMissing: string | undefined =
  process.platform === "linux" ? undefined : "CPU and memory of other processes are read from Linux' /proc";

/** CPU time of a process so far, user and system, in ms. */
export function cpuMsOf(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ").at(-1)?.split(" ") ?? [];
  return (Number(fields[11]) + Number(fields[12])) * tickMs;
}

/** Resident memory of a process in bytes. */
export function residentBytesOf(pid: number): number {
  const match = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"));
  return Number(match?.[1]) * 1_024;
}
