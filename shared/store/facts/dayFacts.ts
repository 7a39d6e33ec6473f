import { createHash } from "node:crypto";
import type { DemandWindows } from "#shared/model/green/demand.ts";
import { type Facts, Tally } from "./tally.ts";

const windowsPerHour = 4;

/** The facts of one equipment and local day. */
export interface DayFacts {
  readonly day: string;
  readonly facts: Omit<Facts, "demand">;
  /** Per electricity meter, its 15-minute windows. */
  readonly demand: ReadonlyMap<string, DemandWindows>;
  readonly digest: string;
}

/** The facts of a day as they are kept. */
export interface PackedDay {
  /** JSON. */
  readonly body: string;
  /** Windows of demand, doubles per meter in order of names. */
  readonly demand: Uint8Array;
  /** Columns of sums by hour, JSON; what pages show of hours. No figure rests on them. */
  readonly hours: string;
  /** Of body and demand. */
  readonly digest: string;
}

/** Sums that are kept by the hour too. */
const hourly = /^(state|iso|eff|meter)\.|^book\.(booked|both|without)$/;

/** Facts of hours as those of their day. */
export function packed(hours: readonly Facts[]): PackedDay {
  const tally = new Tally();
  for (const facts of hours) tally.addWhole(facts);
  const { demand, ...rest } = tally.facts();
  const sizes = Object.entries(demand).map(([meter, windows]) => [meter, windows.length] as const);
  const body = JSON.stringify({ ...rest, demand: sizes });
  const doubles = new Float64Array(Object.values(demand).flat(2));
  const bytes = new Uint8Array(doubles.buffer);
  const digest = createHash("sha256").update(body).update(bytes).digest("hex");
  const keys = Object.keys(rest.sums).filter((key) => hourly.test(key));
  const columns = Object.fromEntries(keys.map((key) => [key, hours.map(({ sums }) => sums[key] ?? 0)]));
  return { body, demand: bytes, hours: JSON.stringify(columns), digest };
}

export function unpacked(text: string, bytes: Uint8Array): Pick<DayFacts, "facts" | "demand"> {
  const { demand: sizes, ...facts } = JSON.parse(text) as Omit<Facts, "demand"> & {
    readonly demand: readonly (readonly [string, number])[];
  };
  const doubles = new Float64Array(bytes.slice().buffer);
  let next = 0;
  const demand = new Map(
    sizes.map(([meter, length]) => {
      const windows = { knownMinutes: new Float64Array(length), kw: new Float64Array(length) };
      for (let i = 0; i < length; i++) {
        windows.kw[i] = (doubles[next++] as number) * windowsPerHour;
        windows.knownMinutes[i] = doubles[next++] as number;
      }
      return [meter, windows] as const;
    }),
  );
  return { facts, demand };
}
