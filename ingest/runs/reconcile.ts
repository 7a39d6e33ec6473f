import type { Recorded } from "#shared/model/revision.ts";
import type { Run } from "#shared/model/run.ts";
import type { Sample } from "#shared/model/sample.ts";
import { type EpochMs, instant, seconds } from "#shared/model/time.ts";
import type { SampleReader } from "#shared/store/port.ts";
import type { NewRevision } from "#shared/store/records/revisions.ts";
import type { RunRule } from "./rule.ts";
import { type RunSpan, spansOf } from "./spans.ts";
import { begun, changed, hasPersonSet, type RunLabels, type RunRecords, timeKeys } from "./write.ts";

const pageSize = 10_000;
const forever = instant(Number.MAX_SAFE_INTEGER);
/** Samples further in the future wait until their time comes. */
const futureTolerance = seconds(5);
const lateData = "late data";

/** What stored samples say of a rule from some time on, and what must change in the records so that they say it too. */
export interface Reconciled {
  readonly revisions: readonly NewRevision<Run>[];
  /** What runs at the end. */
  readonly open: RunSpan | null;
  readonly newestAt: EpochMs | null;
}

/** Samples of the rule's tag from the run that lasts at `from`, with the one before; null where retention has thinned them. */
async function samplesIn(
  rule: RunRule,
  from: EpochMs,
  to: EpochMs,
  reader: SampleReader,
): Promise<readonly Sample[] | null> {
  const carried = (await reader.last([rule.tag], from)).get(rule.tag);
  const samples: Sample[] = carried ? [carried] : [];
  for (let start = from; ; ) {
    const page = await reader.range(rule.tag, start, to, pageSize);
    if (page.thinned) return null;
    samples.push(...page.samples);
    const last = page.samples.at(-1);
    if (!page.more || !last) return samples;
    start = instant(last.at + 1);
  }
}

const overlap = (a: Pick<Run, "from" | "to">, b: Pick<Run, "from" | "to">): number =>
  Math.min(a.to ?? forever, b.to ?? forever) - Math.max(a.from, b.from);

/** The recorded run that a span is: of those that overlap it, the one that shares the most time. */
function recordedAs(span: RunSpan, recorded: readonly Recorded<Run>[]): Recorded<Run> | undefined {
  const same = recorded.find(({ from }) => from === span.from);
  if (same) return same;
  let best: Recorded<Run> | undefined;
  for (const run of recorded) if (overlap(span, run) > (best ? overlap(span, best) : 0)) best = run;
  return best;
}

/**
 * Compares the records with what the store says of a rule since `from`: late data may show runs that nobody saw begin
 * or end. What a person has changed or voided stays as it is. Rejects as the reader does.
 */
export async function reconcileRuns(
  rule: RunRule,
  from: EpochMs,
  labelsAt: (from: EpochMs) => Promise<RunLabels>,
  { records, reader, now }: { records: RunRecords; reader: SampleReader; now: EpochMs },
): Promise<Reconciled | null> {
  const recorded = records.runsOfRule(rule.id, from, forever);
  const start = instant(Math.min(from, ...recorded.map((run) => run.from)));
  const samples = await samplesIn(rule, start, instant(now + futureTolerance), reader);
  if (!samples) return null;
  const spans = spansOf(rule.config, null, samples);
  /** What the records say of later times is newer than the store. */
  const horizon = samples.at(-1)?.at ?? instant(0);
  const left = new Map(recorded.map((run) => [run.id, run]));
  const revisions: NewRevision<Run>[] = [];
  let news = 0;
  for (const span of spans) {
    const run = recordedAs(span, [...left.values()]);
    if (!run) {
      news += 1;
      const first = begun(rule, span, await labelsAt(span.from), records, now, news);
      // A run that began there once may have been moved elsewhere by what came later.
      const isTaken = records.runCausedBy(first.origin) !== undefined;
      revisions.push(isTaken ? { ...first, origin: `${first.origin} ${first.id}` } : first);
      continue;
    }
    left.delete(run.id);
    const { from: begin, to, state } = span;
    const isNewer = to === null && run.to !== null && run.to > horizon;
    const isSame = run.from === begin && (isNewer || (run.to === to && run.state === state));
    if (isSame || hasPersonSet(records, run.id, timeKeys)) continue;
    revisions.push(changed(rule, run, { from: begin, to, state }, run.to === null ? null : lateData, now));
  }
  const covered = samples[0]?.at;
  for (const run of left.values()) {
    const isOurs = covered !== undefined && run.from >= covered && run.from <= horizon && run.state !== "voided";
    if (isOurs && !hasPersonSet(records, run.id, timeKeys))
      revisions.push(changed(rule, run, { state: "voided", to: run.to ?? run.from }, lateData, now));
  }
  const last = spans.at(-1);
  return { revisions, open: last?.to === null ? last : null, newestAt: samples.at(-1)?.at ?? null };
}
