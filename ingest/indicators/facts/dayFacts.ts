import { createHash } from "node:crypto";
import { type Facts, Tally } from "./tally.ts";

/** The facts of one equipment and local day. */
export interface DayFacts {
  readonly day: string;
  readonly facts: Omit<Facts, "demand">;
  /** Per electricity meter, 15-minute windows: kWh and known minutes by turns. */
  readonly demand: ReadonlyMap<string, Float64Array>;
  readonly digest: string;
}

/** Facts of hours as those of their day: JSON, and the windows of demand as doubles per meter in order of names. */
export function packed(hours: readonly Facts[]): {
  readonly text: string;
  readonly demand: Uint8Array;
  readonly digest: string;
} {
  const tally = new Tally();
  for (const facts of hours) tally.addWhole(facts);
  const { demand, ...rest } = tally.facts();
  const sizes = Object.entries(demand).map(([meter, windows]) => [meter, windows.length] as const);
  const text = JSON.stringify({ ...rest, demand: sizes });
  const doubles = new Float64Array(Object.values(demand).flat(2));
  const bytes = new Uint8Array(doubles.buffer);
  const digest = createHash("sha256").update(text).update(bytes).digest("hex");
  return { text, demand: bytes, digest };
}

export function unpacked(text: string, bytes: Uint8Array): Pick<DayFacts, "facts" | "demand"> {
  const { demand: sizes, ...facts } = JSON.parse(text) as Omit<Facts, "demand"> & {
    readonly demand: readonly (readonly [string, number])[];
  };
  const doubles = new Float64Array(bytes.slice().buffer);
  let next = 0;
  const demand = new Map(
    sizes.map(([meter, length]) => {
      const own = doubles.subarray(next, next + 2 * length);
      next += 2 * length;
      return [meter, own] as const;
    }),
  );
  return { facts, demand };
}
