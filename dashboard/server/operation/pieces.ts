import type { Calendar, Period } from "#shared/model/calendar.ts";
import type { Interval } from "#shared/model/interval.ts";
import { instant } from "#shared/model/time.ts";
import { Tally } from "#shared/store/facts/tally.ts";
import type { EquipmentFacts } from "./scopeFacts.ts";

export type PieceKind = "hour" | "day" | "month";
export type Sums = Readonly<Record<string, number>>;

/** A part of a period that is shown by itself. */
export interface Piece extends Interval {
  readonly name: string;
}

const hourMs = 3_600_000;

/** A day is shown by the hour, a year by the month, what lies between by the day. */
export const pieceKindOf = ({ kind }: Pick<Period, "kind">): PieceKind =>
  kind === "day" ? "hour" : kind === "year" ? "month" : "day";

/** All of them, those that lie ahead too. */
export function piecesOf(period: Period, calendar: Calendar): readonly Piece[] {
  const kind = pieceKindOf(period);
  const pieces: Piece[] = [];
  for (let at = period.from; at < period.to; ) {
    const to = kind === "hour" ? instant(Math.min(at + hourMs, period.to)) : calendar.periodAt(kind, at).to;
    const name = kind === "hour" ? String(pieces.length).padStart(2, "0") : calendar.periodAt(kind, at).name;
    pieces.push({ name, from: at, to });
    at = to;
  }
  return pieces;
}

/** Sums of one equipment by the name of the piece. */
export function sumsByPiece({ days }: Pick<EquipmentFacts, "days">, kind: PieceKind): ReadonlyMap<string, Sums> {
  if (kind === "day") return new Map(days.map(({ day, facts }) => [day, facts.sums]));
  if (kind === "hour") return new Map(days.flatMap(({ hours }) => [...hourSums(hours)]));
  const months = new Map<string, Tally>();
  for (const { day, facts } of days) {
    const name = day.slice(0, 7);
    const tally = months.get(name) ?? new Tally();
    tally.addFacts(facts);
    months.set(name, tally);
  }
  return new Map([...months].map(([name, tally]) => [name, tally.facts().sums]));
}

/** Columns by the hour as sums by the number of the hour. */
export function* hourSums(columns: Readonly<Record<string, readonly number[]>>): Generator<[string, Sums]> {
  const entries = Object.entries(columns);
  const length = Math.max(0, ...entries.map(([, values]) => values.length));
  for (let i = 0; i < length; i++)
    yield [String(i).padStart(2, "0"), Object.fromEntries(entries.map(([key, values]) => [key, values[i] ?? 0]))];
}
