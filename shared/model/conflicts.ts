import type { Booking } from "./booking.ts";
import type { Recorded } from "./revision.ts";
import type { Run } from "./run.ts";

/** Two records that want one equipment at one time. */
export interface RecordConflict {
  readonly line: string;
  readonly equipment: string;
  readonly kind: "runs" | "bookings" | "runInBooking";
  readonly a: string;
  readonly b: string;
  /** Where they overlap; null while it lasts. */
  readonly from: number;
  readonly to: number | null;
}

interface Claim {
  readonly id: string;
  readonly line: string;
  readonly equipment: string;
  readonly tenant: string | null;
  readonly isRun: boolean;
  readonly from: number;
  readonly to: number;
}

/**
 * Conflicts on equipment that does one thing at a time: two runs, two bookings that are not cancelled, or a run in the
 * confirmed booking of another tenant. By equipment and time.
 */
export function conflictsOf(
  runs: readonly Recorded<Run>[],
  bookings: readonly Recorded<Booking>[],
): readonly RecordConflict[] {
  const claims: Claim[] = [
    ...runs.flatMap(({ id, line, equipment, tenant, from, to }) =>
      equipment.map((one) => ({
        ...{ id, line, tenant, from, isRun: true },
        equipment: one,
        to: to ?? Number.POSITIVE_INFINITY,
      })),
    ),
    ...bookings
      .filter(({ state }) => state !== "cancelled")
      .map(({ id, line, equipment, tenant, from, to }) => ({ id, line, equipment, tenant, from, to, isRun: false })),
  ];
  const confirmed = new Set(bookings.filter(({ state }) => state === "confirmed").map(({ id }) => id));
  const byPlace = new Map<string, Claim[]>();
  for (const claim of claims) {
    const place = `${claim.line}/${claim.equipment}`;
    byPlace.set(place, [...(byPlace.get(place) ?? []), claim]);
  }
  return [...byPlace.values()].flatMap((own) => overlapping(own).flatMap(([a, b]) => conflictOf(a, b, confirmed)));
}

/** Pairs that overlap, by a sweep over their starts. */
function overlapping(claims: readonly Claim[]): readonly (readonly [Claim, Claim])[] {
  let open: Claim[] = [];
  return [...claims]
    .sort((a, b) => a.from - b.from)
    .flatMap((next) => {
      open = open.filter(({ to }) => to > next.from);
      const pairs = open.map((earlier) => [earlier, next] as const);
      open.push(next);
      return pairs;
    });
}

function conflictOf(a: Claim, b: Claim, confirmed: ReadonlySet<string>): readonly RecordConflict[] {
  const isMixed = a.isRun !== b.isRun;
  const booking = a.isRun ? b : a;
  const run = a.isRun ? a : b;
  if (isMixed && (run.tenant === null || run.tenant === booking.tenant || !confirmed.has(booking.id))) return [];
  const to = Math.min(a.to, b.to);
  return [
    {
      line: a.line,
      equipment: a.equipment,
      kind: isMixed ? "runInBooking" : a.isRun ? "runs" : "bookings",
      a: a.id,
      b: b.id,
      from: Math.max(a.from, b.from),
      to: Number.isFinite(to) ? to : null,
    },
  ];
}
