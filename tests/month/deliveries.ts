// What instruments told, and when Pilotline could have it: an independent count, by equipment.
import type { EpochMs } from "#shared/model/time.ts";
import type { Signal } from "../../simulators/signal.ts";
import type { KnownMonth } from "./expected/known.ts";
import { followed } from "./expected/quality.ts";
import { machines } from "./truePlant.ts";

const inTimeMs = 30_000;

export interface Deliveries {
  told(signal: Signal, at: EpochMs): void;
  /** All that was told up to now is stored at `at`. */
  stored(at: EpochMs): void;
  samples(from: number, to: number): KnownMonth["samples"];
  /** Minutes of the month at which a machine's state or register was told, the first behind its end too. */
  minutesOf(equipment: string, tag: string, from: number): readonly number[];
}

export function createDeliveries(): Deliveries {
  const all: { readonly equipment: string; readonly tag: string; readonly at: number; storedAt: number | null }[] = [];
  let waiting = 0;
  return {
    told: ({ equipment, id }, at) => void all.push({ equipment, tag: id, at, storedAt: null }),
    stored: (at) => {
      for (; waiting < all.length; waiting++) {
        const one = all[waiting];
        if (one) one.storedAt = at;
      }
    },
    samples: (from, to) =>
      Object.fromEntries(
        [...machines, "room"].map((id) => {
          const own = all.filter(({ equipment, at }) => equipment === id && at >= from && at < to);
          const soon = own.filter(({ at, storedAt }) => storedAt !== null && storedAt - at <= inTimeMs);
          const ofFigures = own.filter(({ tag }) => followed[id]?.includes(tag));
          return [id, { all: own.length, inTime: soon.length, followed: ofFigures.length }];
        }),
      ),
    minutesOf: (id, name, from) =>
      all.flatMap(({ equipment, tag, at }) => (equipment === id && tag === name ? [(at - from) / 60_000] : [])),
  };
}
