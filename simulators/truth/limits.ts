import { type EpochMs, instant } from "#shared/model/time.ts";
import type { AlarmFacts } from "../plants/plant.ts";
import type { Reading, Signal } from "../signal.ts";
import type { AlarmTruth, TruthNote } from "./truth.ts";

interface Follower {
  readonly facts: AlarmFacts;
  readonly index: number;
  /** Since when the value is beyond the limit, or not yet back behind the deadband. */
  beyondSince: EpochMs | null;
  /** From when on it is an alarm, if nothing contradicts. */
  dueAt: EpochMs | null;
  open: { readonly from: EpochMs } | null;
}

export interface LimitTruth {
  /** Delays run out before this instant. */
  pass(before: EpochMs): void;
  see(readings: readonly Reading[], at: EpochMs): void;
  all(until: EpochMs): readonly AlarmTruth[];
}

/** Holds the values of a line against its own limits, with on-delay and deadband: as its data sheet says, and by nothing else. */
export function createLimits(
  alarms: readonly AlarmFacts[],
  signals: readonly Signal[],
  note: (note: TruthNote) => void,
): LimitTruth {
  const followers = alarms.flatMap((facts): Follower[] => {
    const index = signals.findIndex(({ equipment, id }) => `${equipment}/${id}` === facts.tag);
    return index < 0 ? [] : [{ facts, index, beyondSince: null, dueAt: null, open: null }];
  });
  const ended: (AlarmTruth & { readonly to: EpochMs })[] = [];

  const raise = (one: Follower, at: EpochMs) => {
    one.open = { from: at };
    one.dueAt = null;
    note({ is: "alarmRaised", at, alarm: one.facts.id });
  };
  /** What ends at the very instant at which the delay is over was no alarm. */
  const pass = (before: EpochMs) => {
    const due = followers.flatMap((one) => (one.dueAt !== null && one.dueAt < before ? [{ one, at: one.dueAt }] : []));
    for (const { one, at } of due.sort((a, b) => a.at - b.at)) raise(one, at);
  };
  const see = (one: Follower, { value }: Reading, at: EpochMs) => {
    // Without a value nothing is known to have changed.
    if (typeof value !== "number") return;
    const { kind, limit, deadband, onDelayMs, id } = one.facts;
    const excess = kind === "high" ? value - limit : limit - value;
    const isBeyond = excess >= (one.beyondSince === null ? 0 : -deadband);
    if (isBeyond && one.beyondSince === null) {
      one.beyondSince = at;
      one.dueAt = instant(at + onDelayMs);
      if (onDelayMs === 0) raise(one, at);
    }
    if (isBeyond) return;
    one.beyondSince = null;
    one.dueAt = null;
    if (one.open === null) return;
    ended.push({ alarm: id, from: one.open.from, to: at });
    note({ is: "alarmReturned", at, alarm: id });
    one.open = null;
  };
  return {
    pass,
    see: (readings, at) => {
      pass(at);
      for (const one of followers) {
        const reading = readings[one.index];
        if (reading) see(one, reading, at);
      }
    },
    all: (until) => {
      pass(instant(until + 1));
      const open = followers.flatMap(({ facts, open: own }) => (own ? [{ alarm: facts.id, ...own, to: null }] : []));
      return [...ended, ...open].sort((a, b) => a.from - b.from);
    },
  };
}
