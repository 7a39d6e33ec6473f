import type { Clock } from "#shared/kit/clock.ts";
import type { Log } from "#shared/kit/log.ts";
import { assessedKinds } from "#shared/model/assessment.ts";
import { calendar, type Period } from "#shared/model/calendar.ts";
import { messageOf } from "#shared/model/errors.ts";
import { type DurationMs, instant, minutes } from "#shared/model/time.ts";
import type { RecordsReader } from "#shared/store/records/port.ts";
import { closesAt } from "./document.ts";
import type { Registrar } from "./registrar.ts";

/** A provisional assessment is this old at most, and takes this share of the time at most. */
const freshness = minutes(5);
const shareOfTime = 1 / 20;

export interface AssessmentRoundParts {
  readonly registrar: Registrar;
  readonly records: RecordsReader;
  readonly timeZone: string;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * Looks what is due: freezes months that have closed, and makes provisional assessments of the periods that run or wait
 * for their seal. To be called every now and then; while one look lasts, the next waits for its own turn.
 */
export function createAssessmentRound(parts: AssessmentRoundParts): () => Promise<void> {
  const { registrar, records, timeZone, clock, log } = parts;
  const { periodAt } = calendar(timeZone);
  const failed = new Set<string>();
  const due = new Map<string, DurationMs>();

  const attempt = async (what: string, body: () => Promise<void>): Promise<void> => {
    try {
      await body();
      failed.delete(what);
    } catch (error) {
      if (!failed.has(what)) log.error({ error: messageOf(error) }, `${what} failed; trying again`);
      failed.add(what);
    }
  };
  /** The period that runs and the one before it, of each kind. */
  const watched = (): readonly Period[] => {
    const now = clock.now();
    return assessedKinds.flatMap((kind) => {
      const running = periodAt(kind, now);
      return [periodAt(kind, instant(running.from - 1)), running];
    });
  };
  const prepare = async ({ name }: Period): Promise<void> => {
    const begun = clock.monotonic();
    if (begun < (due.get(name) ?? 0)) return;
    await attempt(`The provisional assessment of ${name}`, () => registrar.prepare(name));
    const took = clock.monotonic() - begun;
    due.set(name, (begun + Math.max(freshness, took / shareOfTime)) as DurationMs);
  };

  return async () => {
    const sealed = new Set(records.assessmentVersions().map(({ period }) => period));
    for (const period of watched()) {
      if (sealed.has(period.name)) continue;
      const hasClosed = period.kind === "month" && clock.now() >= closesAt(period);
      if (hasClosed) await attempt(`Closing ${period.name}`, () => registrar.freeze(period.name));
      // What was frozen does not change any more; the declared part of it may.
      await prepare(period);
    }
  };
}
