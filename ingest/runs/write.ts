import type { Recorded } from "#shared/model/revision.ts";
import type { Run } from "#shared/model/run.ts";
import type { EpochMs } from "#shared/model/time.ts";
import type { RecordsWriter } from "#shared/store/records/port.ts";
import type { NewRevision } from "#shared/store/records/revisions.ts";
import type { RunRule } from "./rule.ts";
import type { RunSpan } from "./spans.ts";

/** What names a run beside its time. */
export interface RunLabels {
  readonly batch: string | null;
  readonly project: string | null;
}

/** Who acts where a tag does. */
export const byTag = ({ tag }: RunRule): string => `tag ${tag}`;

/** `R000042`: runs are numbered through. */
export const runId = (count: number): string => `R${String(count).padStart(6, "0")}`;

export type RunRecords = Pick<
  RecordsWriter,
  "addRuns" | "runs" | "runsOfRule" | "run" | "runHistory" | "runCausedBy" | "runCount" | "project"
>;

export const timeKeys = ["from", "to", "state"] as const;
export const labelKeys = ["batch", "project", "tenant"] as const;

/** A person's hand on a run is above the tag's: whether he has changed one of these keys, which then stay as he says. */
export const hasPersonSet = (records: RunRecords, id: string, keys: readonly (keyof Run)[]): boolean =>
  records
    .runHistory(id)
    .some(
      (run, i, all) => !run.revision.by.startsWith("tag ") && keys.some((key) => run[key] !== (all[i - 1] ?? run)[key]),
    );

/** The first revision of the run that `span` tells of. */
export function begun(
  rule: RunRule,
  span: RunSpan,
  labels: RunLabels,
  records: RunRecords,
  now: EpochMs,
  nth: number,
): NewRevision<Run> {
  const { project } = labels;
  return {
    id: runId(records.runCount() + nth),
    at: now,
    by: byTag(rule),
    why: null,
    origin: `tag ${rule.id} ${span.from}`,
    record: {
      line: rule.line,
      equipment: rule.config.equipment,
      project,
      tenant: project === null ? null : (records.project(project)?.tenant ?? null),
      kind: rule.config.kind,
      batch: labels.batch ?? span.value,
      recipe: null,
      lot: null,
      quantities: null,
      plannedSecondsPerUnit: null,
      from: span.from,
      to: span.to,
      state: span.state,
      reason: null,
      source: "tag",
      rule: rule.id,
      note: null,
    },
  };
}

/** A further revision of a run, as the tag tells it. */
export function changed(
  rule: RunRule,
  { id, revision, ...was }: Recorded<Run>,
  change: Partial<Run>,
  why: string | null,
  now: EpochMs,
): NewRevision<Run> {
  const origin = `tag ${rule.id} ${id} ${revision.number + 1}`;
  return { id, at: now, by: byTag(rule), why, origin, record: { ...was, ...change } };
}
