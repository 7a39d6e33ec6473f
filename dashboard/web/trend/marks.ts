import { type AlarmEvent, byUrgency } from "#shared/model/alarm.ts";
import type { Recorded } from "#shared/model/revision.ts";
import type { Run } from "#shared/model/run.ts";
import type { Region } from "./series.ts";

/** Alarm events that lie so close together that they share a mark. */
export interface MarkGroup {
  /** Of the first event. */
  readonly at: number;
  /** Place of the mark, as a share of the window. */
  readonly share: number;
  /** Ascending in time. */
  readonly events: readonly AlarmEvent[];
  /** The most urgent one of those raised; null where all are comments. */
  readonly worst: AlarmEvent | null;
}

const shareOf = (at: number, { from, to }: Region): number => (at - from) / (to - from);

/** Events of the window in groups, each mark at least `leastShare` of the window behind the one before it. */
export function markGroups(events: readonly AlarmEvent[], window: Region, leastShare: number): readonly MarkGroup[] {
  const shown = events
    .filter(({ at }) => at >= window.from && at <= window.to)
    .sort((a, b) => a.at - b.at || a.seq - b.seq);
  const groups: { at: number; share: number; events: AlarmEvent[] }[] = [];
  for (const event of shown) {
    const share = shareOf(event.at, window);
    const last = groups.at(-1);
    if (last && share - last.share < leastShare) last.events.push(event);
    else groups.push({ at: event.at, share, events: [event] });
  }
  return groups.map((group) => ({ ...group, worst: worstOf(group.events) }));
}

function worstOf(events: readonly AlarmEvent[]): AlarmEvent | null {
  const raised = events.filter(({ transition }) => transition === "raised");
  return raised.sort((a, b) => byUrgency(a.status, b.status))[0] ?? null;
}

/** A run as a bar over the window; an edge outside of it is cut. */
export interface RunBar {
  readonly run: Recorded<Run>;
  readonly left: number;
  readonly width: number;
  readonly beginsHere: boolean;
  readonly endsHere: boolean;
  /** Runs that overlap lie in rows. */
  readonly row: number;
}

/** Voided runs never were; one that still runs reaches to `now`. */
export function runBars(runs: readonly Recorded<Run>[], window: Region, now: number): readonly RunBar[] {
  const ends: number[] = [];
  return runs
    .filter(({ from, to, state }) => state !== "voided" && from < window.to && (to ?? now) > window.from)
    .sort((a, b) => a.from - b.from)
    .map((run) => {
      const to = run.to ?? now;
      const free = ends.findIndex((end) => end <= run.from);
      const row = free < 0 ? ends.length : free;
      ends[row] = to;
      const left = Math.max(0, shareOf(run.from, window));
      return {
        run,
        left,
        width: Math.min(1, shareOf(to, window)) - left,
        beginsHere: run.from >= window.from,
        endsHere: run.to !== null && run.to <= window.to,
        row,
      };
    });
}
