// What happens to the month with known truth, in minutes of it: what breaks, what people do.
import type { KnownBooking, Relation, Span } from "./expected/known.ts";

const day = 1_440;
const at = (days: number, hours: number, minutes = 0): number => (days - 1) * day + hours * 60 + minutes;

/** The gateway's link to the broker is cut for six hours, over a midnight; what it kept comes afterwards. */
export const cut: Span = { from: at(9, 20), to: at(10, 2) };
/** Ingest is stopped and started again. */
export const ingestAway: Span = { from: at(15, 10), to: at(15, 12) };
/** The harvest unit says nothing, and nobody can bring it back. */
export const silent = { equipment: "harvest", from: at(20, 14), to: at(20, 15) } as const;
/** The chiller's meter is replaced by one that begins with 5 kWh. */
export const replaced = { equipment: "chiller", minute: at(6, 9, 30), initial: 5 } as const;
/** An operator knows better: the fermenter had failed. */
export const corrected = { equipment: "fermenter", from: at(12, 10), to: at(12, 11, 30), state: "UDT" } as const;
/** Found after the month was closed. */
export const foundLater = { equipment: "feed", from: at(22, 3), to: at(22, 8), state: "SDT" } as const;
export const shelved = { alarm: "steam-pressure-high", from: at(14, 9), to: at(14, 12) } as const;

export const tenants: readonly { readonly id: string; readonly relation: Relation }[] = [
  { id: "own", relation: "own" },
  { id: "college", relation: "external" },
  { id: "sister", relation: "affiliate" },
  { id: "works", relation: "external" },
];
const [, college, , works] = tenants;

const booking = (equipment: string, from: number, hours: number, tenant = college): KnownBooking => {
  if (!tenant) throw new Error("no tenant");
  return { equipment, from, to: from + hours * 60, tenant };
};

export const bookings: readonly KnownBooking[] = [
  booking("fermenter", at(2, 8), 6),
  booking("fermenter", at(3, 9), 10, works),
  booking("fermenter", at(12, 9), 4),
  booking("seed", at(7, 0), 24),
  booking("seed", at(8, 0), 2, works),
  booking("harvest", at(20, 13), 3, works),
  booking("harvest", at(23, 10), 1),
];

/** Whose the `i`-th run is: every fifth has no tenant, and is whoever's has booked. */
export const tenantOfRun = (i: number) => (i % 5 === 4 ? null : (tenants[i % tenants.length] ?? null));
export const quantitiesOfRun = (i: number) => ({ produced: 5 + (i % 3) / 2, good: 4.5 + (i % 3) / 2 });
export const secondsPerUnit = 3_600;
