// What the test knows of the month without asking Pilotline: the truth of the line, and what it let people do.
import type { AlarmTruth } from "../../../simulators/truth/truth.ts";
import type { History, State } from "../history.ts";

/** Minutes of the month: `from` on, before `to`. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

export type Relation = "own" | "affiliate" | "external";

export interface KnownRun extends Span {
  /** Null where it goes on beyond the month. */
  readonly tenant: { readonly id: string; readonly relation: Relation } | null;
  readonly quantities: { readonly produced: number; readonly good: number };
  readonly secondsPerUnit: number;
  readonly isEnded: boolean;
}

export interface KnownBooking extends Span {
  readonly equipment: string;
  readonly tenant: { readonly id: string; readonly relation: Relation };
}

export interface KnownMonth {
  readonly history: History;
  readonly runs: readonly KnownRun[];
  readonly bookings: readonly KnownBooking[];
  readonly corrections: readonly (Span & { readonly equipment: string; readonly state: State })[];
  /** Minutes in which nobody could know a machine's state. */
  readonly silent: Readonly<Record<string, ReadonlySet<number>>>;
  /** Minutes at which a register was told, by machine; its gain between two of them is spread evenly. */
  readonly toldEnergy: Readonly<Record<string, readonly number[]>>;
  /** Samples of each equipment, those of them that were stored at once, and those that figures are made of. */
  readonly samples: Readonly<
    Record<string, { readonly all: number; readonly inTime: number; readonly followed: number }>
  >;
  /** As far as they could call somebody: what came late called nobody. */
  readonly alarms: readonly AlarmTruth[];
  readonly acknowledged: readonly { readonly alarm: string; readonly at: number }[];
  readonly shelved: readonly Span[];
}

/** One figure as it must be: what is given is compared. */
export interface Expected {
  readonly value: number | null;
  readonly numerator?: number | null;
  readonly denominator?: number | null;
  readonly lower?: number | null;
  readonly upper?: number | null;
  readonly coverage?: number;
  readonly reason?: string;
  readonly parts?: Readonly<Record<string, number | null>>;
  /** How far the found value may lie off, where a meter rounds. */
  readonly within?: number;
  /** The same of its parts, where a meter rounds at each of their edges. */
  readonly partsWithin?: number;
}

export interface Scope {
  readonly level: "equipment" | "line" | "platform";
  readonly ids: readonly string[];
}

export const share = (numerator: number, denominator: number): number | null =>
  denominator > 0 ? numerator / denominator : null;
export const ratioOf = (numerator: number, denominator: number, reason = "zero_denominator"): Expected => ({
  value: share(numerator, denominator),
  numerator,
  denominator,
  ...(denominator > 0 ? {} : { reason }),
});
export const nothing = (reason: string): Expected => ({ value: null, reason });
export const sum = (values: Iterable<number>): number => [...values].reduce((all, one) => all + one, 0);
