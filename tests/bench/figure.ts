/** One measured figure, beside what the same machine did in the same run by the reference's means. */
export interface Figure {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  /** What it is compared with, and that one's value in the same unit; null where there is nothing to compare with. */
  readonly reference: { readonly name: string; readonly value: number } | null;
  /** value / reference.value, null without a reference. */
  readonly ratio: number | null;
}

export function figure(name: string, value: number, unit: string, reference: Figure["reference"] = null): Figure {
  return { name, value, unit, reference, ratio: reference && reference.value > 0 ? value / reference.value : null };
}

/** A benchmark says in one line what it measures; `run` takes seconds. One that takes minutes runs only by its name. */
export interface Benchmark {
  readonly summary: string;
  readonly onDemand?: true;
  run(say: (line: string) => void): Promise<readonly Figure[]>;
}

/** CPU time of this process in ms since `start` (user and system). */
export const cpuMs = (start: NodeJS.CpuUsage): number => {
  const used = process.cpuUsage(start);
  return (used.user + used.system) / 1_000;
};

/** The middle one of some measurements. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[sorted.length >> 1] ?? Number.NaN;
}

/** The value that a share of the measurements does not exceed. */
export const percentile = (values: readonly number[], share: number): number =>
  values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.ceil(values.length * share) - 1)] ?? Number.NaN;
