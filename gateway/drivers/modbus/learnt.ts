import { type DurationMs, hours, millis, minutes } from "#shared/model/time.ts";
import { illegalFunction } from "./exceptions.ts";
import { cutBefore, type Forbidden, type Obstacles, type Span } from "./plan.ts";
import type { WantedSpan } from "./wanted.ts";

/** An address that the device refused is asked for again after this time. */
const refusedRetry = minutes(1);
/** After this time the device is read across its holes again: it may have got a new firmware. */
const forgetCuts = hours(24);

const never = Number.POSITIVE_INFINITY;

/** A span that the device refuses by itself, with the exception code of its refusal; null where it says nothing. */
export interface Refusal {
  readonly span: WantedSpan;
  readonly exception: number | null;
  readonly retryAt: DurationMs;
}

/**
 * What a device taught about its address space: kept over lost connections, since the device is the same. All times
 * are of the monotonic clock.
 */
export interface Learnt {
  /** Another number when the obstacles are others. */
  version(now: DurationMs): number;
  obstacles(): Obstacles;
  refusalOf(span: WantedSpan): Refusal | undefined;
  /** A request must not read across into `span`. */
  cut(span: Span, now: DurationMs): void;
  /** The same until a span is found that gets no answer. */
  suspect(span: Span, now: DurationMs): void;
  /** True where it is news. */
  refuse(span: WantedSpan, exception: number | null, now: DurationMs): boolean;
  /**
   * A refused span that it is time to ask for again, of those that are wanted; the one that waits longest first. It is
   * handed out, and due again only after a while.
   */
  takeDue(wanted: readonly WantedSpan[], now: DurationMs): WantedSpan | undefined;
  /** The device answers a span that it had refused: all others are due at once. */
  accept(span: WantedSpan, now: DurationMs): void;
  refusals(): readonly Refusal[];
  cutCount(): number;
}

export function createLearnt(exclude: readonly Forbidden[]): Learnt {
  const cuts = new Set<string>();
  const suspects = new Set<string>();
  const refused = new Map<string, Refusal>();
  let version = 0;
  let forgetAt = never;
  const addTo = (set: Set<string>, span: Span, now: DurationMs) => {
    if (set.has(cutBefore(span))) return;
    if (cuts.size + suspects.size === 0) forgetAt = now + forgetCuts;
    set.add(cutBefore(span));
    version += 1;
  };
  return {
    version: (now) => {
      if (now >= forgetAt) {
        cuts.clear();
        suspects.clear();
        forgetAt = never;
        version += 1;
      }
      return version;
    },
    // A refused span is not read across either: that would be refused again.
    obstacles: () => ({ forbidden: [...exclude, ...[...refused.values()].map(rangeOf)], cuts: cuts.union(suspects) }),
    refusalOf: ({ key }) => refused.get(key),
    cut: (span, now) => addTo(cuts, span, now),
    suspect: (span, now) => addTo(suspects, span, now),
    refuse: (span, exception, now) => {
      const isNew = !refused.has(span.key);
      refused.set(span.key, { span, exception, retryAt: millis(now + refusedRetry) });
      if (isNew) version += 1;
      // It is left alone from now on: around it the device is read as before.
      if (isNew && exception === null) suspects.clear();
      return isNew;
    },
    takeDue: (wanted, now) => {
      const due = wanted.flatMap(({ key }) => refused.get(key) ?? []).filter(({ retryAt }) => retryAt <= now);
      const [first] = due.toSorted((a, b) => a.retryAt - b.retryAt);
      if (!first) return undefined;
      refused.set(first.span.key, { ...first, retryAt: millis(now + refusedRetry) });
      return wanted.find(({ key }) => key === first.span.key);
    },
    accept: (span, now) => {
      const accepted = refused.get(span.key);
      if (!accepted) return;
      refused.delete(span.key);
      for (const [key, refusal] of refused) {
        const wholeTable = accepted.exception === illegalFunction && refusal.exception === illegalFunction;
        if (wholeTable && refusal.span.table === span.table) refused.delete(key);
        else refused.set(key, { ...refusal, retryAt: now });
      }
      version += 1;
    },
    refusals: () => [...refused.values()],
    cutCount: () => cuts.size + suspects.size,
  };
}

const rangeOf = ({ span: { table, start, count } }: Refusal): Forbidden => ({
  table,
  from: start,
  to: start + count - 1,
});
