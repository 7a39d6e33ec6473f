import type { Metrics } from "#shared/kit/metrics.ts";
import type { DriverDiagnosis } from "../../driver.ts";
import type { LinkCounts } from "./link.ts";

/** Percentiles are those of this many newest answers. */
const newest = 512;
/** Codes of the standard (Modbus Application Protocol V1.1b3, 7); a device's own ones share a label. */
const highestCode = 11;

/** Counts of one device, for its diagnosis and as metrics of the process. */
export interface Figures {
  answered(latency: number): void;
  excepted(exception: number, latency: number): void;
  unanswered(outcome: "timeout" | "malformed"): void;
  repeated(): void;
  counters(): Record<string, number>;
  latency(): DriverDiagnosis["latencyMs"];
}

export function createFigures(device: string, metrics: Metrics, linkCounts: () => LinkCounts): Figures {
  const requests = metrics.counter("gateway_modbus_requests_total", "Modbus requests, by device and outcome.");
  const repeats = metrics.counter("gateway_modbus_retries_total", "Modbus requests that were repeated, by device.");
  const exceptions = metrics.counter(
    "gateway_modbus_exceptions_total",
    "Modbus exception answers, by device and code.",
  );
  const badFrames = metrics.counter("gateway_modbus_bad_frames_total", "Damaged Modbus answers, by device.");
  const quantiles = metrics.gauge("gateway_modbus_latency_ms", "Time from request to answer, by device and quantile.");
  const byCode = new Map<string, number>();
  const latencies = createRing(newest);
  let retries = 0;
  let badFramesTold = linkCounts().badFrames;

  const count = (outcome: string) => {
    requests.add(1, { device, outcome });
    const bad = linkCounts().badFrames;
    if (bad > badFramesTold) badFrames.add(bad - badFramesTold, { device });
    badFramesTold = bad;
  };

  return {
    answered: (latency) => {
      count("answered");
      latencies.add(latency);
    },
    excepted: (exception, latency) => {
      count("exception");
      latencies.add(latency);
      const code = exception >= 1 && exception <= highestCode ? `${exception}` : "other";
      exceptions.add(1, { device, code });
      byCode.set(code, (byCode.get(code) ?? 0) + 1);
    },
    unanswered: count,
    repeated: () => {
      retries += 1;
      repeats.add(1, { device });
    },
    counters: () => {
      const { requests: sent, timeouts, badFrames: bad, lateFrames, reconnects } = linkCounts();
      const codes = [...byCode].toSorted(([a], [b]) => a.localeCompare(b, "en", { numeric: true }));
      return {
        requests: sent,
        retries,
        timeouts,
        "bad frames": bad,
        "late frames": lateFrames,
        reconnects,
        ...Object.fromEntries(codes.map(([code, n]) => [`exception ${code}`, n])),
      };
    },
    latency: () => {
      const sorted = latencies.values().toSorted((a, b) => a - b);
      if (sorted.length === 0) return null;
      const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
      const latency = { p50: at(0.5), p99: at(0.99) };
      quantiles.set(latency.p50, { device, quantile: "0.5" });
      quantiles.set(latency.p99, { device, quantile: "0.99" });
      return latency;
    },
  };
}

/** The newest `size` numbers. */
function createRing(size: number): { add(n: number): void; values(): readonly number[] } {
  const kept: number[] = [];
  let next = 0;
  return {
    add: (n) => {
      kept[next] = n;
      next = (next + 1) % size;
    },
    values: () => kept,
  };
}
