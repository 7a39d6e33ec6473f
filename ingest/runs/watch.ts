import type { Clock } from "#shared/kit/clock.ts";
import type { Log } from "#shared/kit/log.ts";
import { messageOf } from "#shared/model/errors.ts";
import type { Run } from "#shared/model/run.ts";
import type { Sample, TagId } from "#shared/model/sample.ts";
import { type EpochMs, hours, instant, seconds } from "#shared/model/time.ts";
import type { Plant } from "#shared/plant/plant.ts";
import type { SampleReader } from "#shared/store/port.ts";
import type { NewRevision } from "#shared/store/records/revisions.ts";
import { isFromTheFuture } from "../future.ts";
import { reconcileRuns } from "./reconcile.ts";
import { type RunRule, runRules } from "./rule.ts";
import { type RunSpan, stepSpan } from "./spans.ts";
import { begun, changed, hasPersonSet, labelKeys, type RunLabels, type RunRecords, timeKeys } from "./write.ts";

export interface RunWatch {
  /** Follows samples as they arrive, before they are stored. */
  evaluate(samples: readonly Sample[]): void;
  /** Late samples are durable now: what they change can be read from the store. */
  stored(samples: readonly Sample[]): void;
  /** Works out what late data has changed. A store or records that are away are tried again by the next call. */
  catchUp(): Promise<void>;
}

interface RunWatchParts {
  readonly plant: Plant;
  readonly records: RunRecords;
  readonly reader: SampleReader;
  readonly clock: Clock;
  readonly log: Log;
}

/** A label may come so much later than the value that starts its run. */
const labelGrace = seconds(10);
/** After a start, runs are worked out again from so far back: a kill may have come between a sample and its run. */
const restartReach = hours(24);

/** Bound of what is remembered of samples that the store never takes. */
const mostUnread = 50_000;

interface Watched {
  readonly rule: RunRule;
  open: RunSpan | null;
  newestAt: EpochMs | null;
  /** Times of samples that nobody followed and that are not durable yet. */
  unread: Set<EpochMs>;
  /** The store is being read. */
  isReading: boolean;
  /** The records must be held against the store from here on. */
  dirtyFrom: EpochMs | null;
}

const textOf = (sample: Sample | undefined): string | null =>
  sample === undefined || sample.quality === "bad" || ["", "0"].includes(String(sample.value))
    ? null
    : String(sample.value);

const earlier = (a: EpochMs | null, b: EpochMs): EpochMs => (a === null || b < a ? b : a);

/** Starts and ends runs by tags, as plant.yaml says: exact over redelivery, restart and late data. */
export function createRunWatch({ plant, records, reader, clock, log }: RunWatchParts): RunWatch {
  const since = instant(clock.now() - restartReach);
  const watched = runRules(plant).map(
    (rule): Watched => ({ rule, open: null, newestAt: null, unread: new Set(), isReading: false, dirtyFrom: since }),
  );
  const byTag = Map.groupBy(watched, ({ rule }) => rule.tag);
  const labels = new Map<TagId, Sample>();
  const labelTags = new Set(watched.flatMap(({ rule }) => [rule.batch, rule.project]).filter((tag) => tag !== null));
  const byLabel = (tag: TagId) => watched.filter(({ rule }) => rule.batch === tag || rule.project === tag);
  let hasFailed = false;

  const add = (revisions: readonly NewRevision<Run>[]): void => {
    if (revisions.length > 0) records.addRuns(revisions);
  };
  const recordedOpen = ({ rule, open }: Watched) =>
    open && records.runsOfRule(rule.id, open.from, instant(open.from + 1)).find(({ state }) => state === "running");
  const knownLabels = ({ batch, project }: RunRule): RunLabels => ({
    batch: textOf(batch === null ? undefined : labels.get(batch)),
    project: textOf(project === null ? undefined : labels.get(project)),
  });
  const storedLabels = async ({ batch, project }: RunRule, from: EpochMs): Promise<RunLabels> => {
    const tags = [batch, project].filter((tag) => tag !== null);
    const last = await reader.last(tags, instant(from + labelGrace + 1));
    return {
      batch: textOf(batch === null ? undefined : last.get(batch)),
      project: textOf(project === null ? undefined : last.get(project)),
    };
  };

  const follow = (one: Watched, sample: Sample): void => {
    const { rule } = one;
    if (sample.at === one.newestAt || isFromTheFuture(sample.at, clock.now())) return;
    // Late, or while nobody knows what ran before: it is read from the store when it is there.
    if (one.isReading || one.dirtyFrom !== null || (one.newestAt !== null && sample.at < one.newestAt)) {
      one.unread.add(sample.at);
      if (one.unread.size > mostUnread) one.unread = new Set([sample.at]);
      return;
    }
    one.newestAt = sample.at;
    const was = recordedOpen(one);
    const { open, ended } = stepSpan(rule.config, one.open, sample);
    const revisions: NewRevision<Run>[] = [];
    if (ended && was && !hasPersonSet(records, was.id, timeKeys))
      revisions.push(changed(rule, was, { to: ended.to, state: ended.state }, null, clock.now()));
    if (open && open !== one.open) revisions.push(begun(rule, open, knownLabels(rule), records, clock.now(), 1));
    one.open = open;
    add(revisions);
  };

  /** A label that comes a moment behind the start still belongs to it. */
  const label = (one: Watched): void => {
    const run = recordedOpen(one);
    if (!run || hasPersonSet(records, run.id, labelKeys)) return;
    const { batch, project } = knownLabels(one.rule);
    const tenant = project === null ? null : (records.project(project)?.tenant ?? null);
    const change = { batch: batch ?? run.batch, project: project ?? run.project, tenant: tenant ?? run.tenant };
    if (change.batch === run.batch && change.project === run.project) return;
    add([changed(one.rule, run, change, null, clock.now())]);
  };

  const guarded = (one: Watched, at: EpochMs, body: () => void): void => {
    try {
      body();
    } catch (error) {
      // The sample goes on to the store all the same, and what it says of runs is read from there.
      one.dirtyFrom = earlier(one.dirtyFrom, at);
      log.error({ rule: one.rule.id, error: messageOf(error) }, "A run cannot be recorded; it is worked out later");
    }
  };

  return {
    evaluate: (samples) => {
      const ours = samples.filter(({ tag }) => labelTags.has(tag) || byTag.has(tag));
      if (ours.length === 0) return;
      for (const sample of ours.toSorted(
        (a, b) => a.at - b.at || Number(byTag.has(a.tag)) - Number(byTag.has(b.tag)),
      )) {
        const known = labels.get(sample.tag);
        if (labelTags.has(sample.tag) && (!known || sample.at > known.at)) {
          labels.set(sample.tag, sample);
          for (const one of byLabel(sample.tag)) {
            if (!one.open || sample.at < one.open.from || sample.at > one.open.from + labelGrace) continue;
            guarded(one, one.open.from, () => label(one));
          }
        }
        for (const one of byTag.get(sample.tag) ?? []) guarded(one, sample.at, () => follow(one, sample));
      }
    },
    stored: (samples) => {
      for (const { tag, at } of samples) {
        for (const one of byTag.get(tag) ?? []) {
          if (one.unread.delete(at)) one.dirtyFrom = earlier(one.dirtyFrom, at);
        }
      }
    },
    catchUp: async () => {
      for (const one of watched) {
        const from = one.dirtyFrom;
        if (from === null) continue;
        one.dirtyFrom = null;
        one.isReading = true;
        try {
          const now = clock.now();
          const found = await reconcileRuns(one.rule, from, (at) => storedLabels(one.rule, at), {
            records,
            reader,
            now,
          });
          if (found) {
            add(found.revisions);
            one.open = found.open;
            const { newestAt } = one;
            one.newestAt = newestAt === null || (found.newestAt ?? 0) > newestAt ? found.newestAt : newestAt;
            // What was followed already is not all in the store yet: `open` is that of the store, read it again.
            if (one.newestAt !== found.newestAt) one.dirtyFrom = earlier(one.dirtyFrom, found.newestAt ?? from);
          }
          hasFailed = false;
        } catch (error) {
          one.dirtyFrom = earlier(one.dirtyFrom, from);
          if (!hasFailed) log.error({ rule: one.rule.id, error: messageOf(error) }, "Runs cannot be worked out yet");
          hasFailed = true;
        } finally {
          one.isReading = false;
        }
      }
    },
  };
}
