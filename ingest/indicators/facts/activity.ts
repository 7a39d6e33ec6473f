import type { EquipmentState } from "#shared/model/equipment.ts";
import { type Interval, lengthMs } from "#shared/model/interval.ts";
import { instant } from "#shared/model/time.ts";
import type { Tally } from "#shared/store/facts/tally.ts";
import { unattributed } from "../equipment/attribution.ts";
import type { Piece } from "./timeline.ts";

/** How a tenant stands to the platform; unattributed where nobody is named. */
export type UseRelation = "own" | "affiliate" | "external" | "unattributed";

/** A run of an equipment, as facts see it. */
export interface RunSpan extends Interval {
  readonly id: string;
  readonly project: string | null;
  readonly tenant: string | null;
  readonly relation: UseRelation;
}

/** A confirmed booking of an equipment. */
export interface BookingSpan extends Interval {
  readonly id: string;
  readonly tenant: string;
  readonly relation: UseRelation;
}

/** What people recorded of an equipment; each list by start. */
export interface RecordedSpans {
  readonly runs: readonly RunSpan[];
  readonly bookings: readonly BookingSpan[];
  readonly corrections: readonly (Interval & { readonly state: EquipmentState })[];
}

export const overlapping = <Part extends Interval>(parts: readonly Part[], span: Interval): readonly Part[] =>
  parts.filter(({ from, to }) => from < span.to && to > span.from);

const covers = ({ from, to }: Interval, part: Interval): boolean => from <= part.from && part.to <= to;

/**
 * Time by state, by the elements of ISO 22400, by what is effective, by tenant and by booking: the timeline cut at every
 * edge of a run, a booking and planned time, each part counted once.
 */
export function tallyActivity(
  tally: Tally,
  pieces: readonly Piece[],
  { runs, bookings }: RecordedSpans,
  planned: readonly Interval[],
): void {
  const cuts = [...new Set([...runs, ...bookings, ...planned].flatMap(({ from, to }) => [from, to]))].sort(
    (a, b) => a - b,
  );
  for (const piece of pieces) {
    const edges = [piece.from, ...cuts.filter((at) => at > piece.from && at < piece.to), piece.to];
    for (let i = 1; i < edges.length; i++) {
      const part = { from: instant(edges[i - 1] ?? 0), to: instant(edges[i] ?? 0) };
      tallyPart(
        tally,
        { ...piece, ...part },
        runs.filter((run) => covers(run, part)),
        bookings.filter((booking) => covers(booking, part)),
        planned.some((time) => covers(time, part)),
      );
    }
  }
}

function tallyPart(
  tally: Tally,
  piece: Piece,
  runs: readonly RunSpan[],
  bookings: readonly BookingSpan[],
  isPlanned: boolean,
): void {
  const ms = lengthMs(piece);
  const { state, activity, origin } = piece;
  const isRun = runs.length > 0;
  if (state !== "UNK") tally.add(`state.${state}`, ms);
  if (origin === "power" || origin === "corrected") tally.add(`origin.${origin}`, ms);
  const isSetup = isRun && activity === "setup";
  if (state === "PRD" && !isSetup) tally.add("iso.apt", ms);
  if (isSetup) tally.add("iso.aust", ms);
  if (!isSetup && (state === "SBY" || state === "UDT")) {
    if (isRun) tally.add("iso.adet", ms);
    else if (isPlanned) tally.add("iso.adot", ms);
  }
  const isProject = runs.some(({ project }) => project !== null);
  const kind = effectiveKind(state, activity, isProject);
  if (bookings.length > 0 && state !== "UNK") tally.add("book.booked", ms);
  for (const { id } of bookings) if (state === "UNK") tally.add(`book.${id}.unknown`, ms);
  for (const { id } of runs) if (state === "PRD") tally.add(`run.${id}.prd`, ms);
  if (!kind) return;
  tally.add(`eff.${kind}`, ms);
  tally.add(bookings.length > 0 ? "book.both" : "book.without", ms);
  for (const { id } of bookings) tally.add(`book.${id}.use`, ms);
  // Each used instant is attributed once: to the tenant of its run, else of its bookings in equal shares, else to nobody.
  const named = new Map(runs.flatMap(({ tenant, relation }) => (tenant === null ? [] : [[tenant, relation] as const])));
  const sharers = named.size > 0 ? named : new Map(bookings.map(({ tenant, relation }) => [tenant, relation]));
  if (sharers.size === 0) {
    tally.add("rel.unattributed", ms);
    tally.add(`key.${unattributed}`, ms);
  }
  for (const [tenant, relation] of [...sharers].sort(([a], [b]) => (a < b ? -1 : 1))) {
    tally.add(`rel.${relation}`, ms / sharers.size);
    tally.add(`key.${tenant}`, ms / sharers.size);
  }
}

/** What makes time effective (U-15); undefined where it is not. */
function effectiveKind(
  state: EquipmentState,
  activity: Piece["activity"],
  isProject: boolean,
): "run" | "prep" | "post" | "project" | undefined {
  if (activity === "prep" || activity === "post") return state === "UNK" || state === "UDT" ? undefined : activity;
  if (state === "PRD") return "run";
  return state === "ENG" && isProject ? "project" : undefined;
}

/**
 * Failures: they count where they start, and where they are restored with their full length. Unknown time neither begins
 * nor ends one. Returns the length of the failure that lasts.
 */
export function tallyFailures(tally: Tally, pieces: readonly Piece[], downMs: number | null): number | null {
  let down = downMs;
  for (const piece of pieces) {
    if (piece.state === "UDT") {
      if (down === null) tally.add("down.started", 1);
      down = (down ?? 0) + lengthMs(piece);
    } else if (piece.state !== "UNK" && down !== null) {
      tally.add("down.restored", 1);
      tally.add("down.restoredMs", down);
      down = null;
    }
  }
  return down;
}
