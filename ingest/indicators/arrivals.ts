import type { Period } from "#shared/model/calendar.ts";
import type { Interval } from "#shared/model/interval.ts";
import type { Sample, TagId } from "#shared/model/sample.ts";
import type { EpochMs } from "#shared/model/time.ts";
import type { FactFile } from "#shared/store/facts/factFile.ts";

/**
 * How samples of a source day arrived, as they arrived: nothing can tell it afterwards, so it is kept and never computed
 * again. Latencies are counted by whole seconds, rounded up, up to a day; percentiles are made of the counts.
 */
export interface Arrival {
  readonly samples: number;
  /** Not later than the target after their source time (D-02). */
  readonly inTime: number;
  /** More than the tolerance ahead of the server's clock (D-04). */
  readonly ahead: number;
  /** Latency in s → samples. */
  readonly latencies: Readonly<Record<string, number>>;
}

export const noArrival: Arrival = { samples: 0, inTime: 0, ahead: 0, latencies: {} };

/** Proposals of the catalogue, D-02 and D-04. */
export const arrivalRules = { id: "project-timeliness", targetS: 30, toleranceS: 5 } as const;
const longestS = 86_400;

export interface Arrivals {
  /** Samples that have just become durable; `now` stands for their receipt. */
  stored(samples: readonly Sample[], now: EpochMs): void;
  /** Puts what came since into the file. */
  flush(): void;
}

interface Counts {
  samples: number;
  inTime: number;
  ahead: number;
  /** By s. */
  readonly latencies: Map<number, number>;
}

interface OpenDays {
  readonly byDay: Map<string, Counts>;
  /** That of the newest sample, which is mostly that of the next one. */
  newest: (Interval & { readonly counts: Counts }) | null;
}

/** Counts latencies per equipment and source day. What came since the last flush is lost with the process. */
export function createArrivals(file: FactFile, dayOf: (at: EpochMs) => Period): Arrivals {
  const open = new Map<string, OpenDays>();
  const ofTag = new Map<TagId, OpenDays>();
  const daysOf = (tag: TagId): OpenDays => {
    const known = ofTag.get(tag);
    if (known) return known;
    const equipment = tag.slice(0, tag.lastIndexOf("/"));
    const days = open.get(equipment) ?? { byDay: new Map(), newest: null };
    open.set(equipment, days);
    ofTag.set(tag, days);
    return days;
  };
  const countsAt = (days: OpenDays, at: EpochMs): Counts => {
    if (days.newest && days.newest.from <= at && at < days.newest.to) return days.newest.counts;
    const { name, from, to } = dayOf(at);
    const counts = days.byDay.get(name) ?? { samples: 0, inTime: 0, ahead: 0, latencies: new Map() };
    days.byDay.set(name, counts);
    days.newest = { from, to, counts };
    return counts;
  };
  return {
    stored: (samples, now) => {
      for (const { tag, at } of samples) {
        const counts = countsAt(daysOf(tag), at);
        const ms = now - at;
        const s = Math.min(longestS, Math.ceil(ms / 1_000));
        counts.samples++;
        counts.latencies.set(s, (counts.latencies.get(s) ?? 0) + 1);
        if (ms <= arrivalRules.targetS * 1_000) counts.inTime++;
        if (ms < -arrivalRules.toleranceS * 1_000) counts.ahead++;
      }
    },
    flush: () => {
      const came = [...open].flatMap(([equipment, { byDay }]) =>
        [...byDay].map(([day, { latencies, ...counts }]) => {
          const known = file.arrival(equipment, day);
          const was = known === undefined ? noArrival : (JSON.parse(known) as Arrival);
          const since: Arrival = { ...counts, latencies: Object.fromEntries(latencies) };
          return { equipment, day, body: JSON.stringify(together([was, since])) };
        }),
      );
      if (came.length > 0) file.putArrivals(came);
      open.clear();
      ofTag.clear();
    },
  };
}

export function together(parts: readonly Arrival[]): Arrival {
  const latencies: Record<string, number> = {};
  for (const part of parts) for (const [s, n] of Object.entries(part.latencies)) latencies[s] = (latencies[s] ?? 0) + n;
  const sum = (key: "samples" | "inTime" | "ahead") => parts.reduce((all, part) => all + part[key], 0);
  return { samples: sum("samples"), inTime: sum("inTime"), ahead: sum("ahead"), latencies };
}

/** Nearest rank, the `ceil(share·n)`-th smallest, in s. */
export function latencyAt({ samples, latencies }: Arrival, share: number): number | null {
  let left = Math.ceil(share * samples - 1e-9);
  for (const [s, n] of Object.entries(latencies).sort(([a], [b]) => Number(a) - Number(b))) {
    left -= n;
    if (left <= 0) return Number(s);
  }
  return null;
}
