import { createHash } from "node:crypto";
import type { ErrorCode } from "#shared/model/errors.ts";
import type { Recorded } from "#shared/model/revision.ts";
import type { EpochMs } from "#shared/model/time.ts";
import { problemText, type RecordProblem } from "#shared/plant/recordChecks.ts";
import type { NewRevision } from "#shared/store/records/revisions.ts";
import type { Answer } from "./commands.ts";

/** What every command to change a record says. */
export interface RecordCommand {
  readonly id: string;
  readonly requester: string;
  readonly user: string;
}

/** Done; `id` is that of the record. */
export const done = (id?: string): Answer => ({ outcome: "done", ...(id === undefined ? {} : { detail: id }) });
export const refused = (code: ErrorCode, detail: string): Answer => ({ outcome: "refused", code, detail });
export const refusedFor = (problems: readonly RecordProblem[]): Answer =>
  refused("OUT_OF_RANGE", problemText(problems));
export const unknownRecord = (what: string, id: string): Answer => refused("NOT_FOUND", `There is no ${what} ${id}.`);
export const changedMeanwhile = ({ id, revision }: Recorded<object>): Answer =>
  refused("CONFLICT", `${id} was changed meanwhile by ${revision.by}; look at it again.`);

/** Names what a command causes, so that the same one, come again after a restart too, causes nothing more. */
export const originOf = ({ requester, id }: RecordCommand, part = 0): string => `command ${requester}/${id}/${part}`;

/** Names an imported record by what it says: the same file imported twice brings it once. */
export const importOrigin = (what: string, record: object): string =>
  `import ${what} ${createHash("sha256")
    .update(JSON.stringify(Object.entries(record).toSorted(([a], [b]) => (a < b ? -1 : 1))))
    .digest("hex")}`;

/** What is wrong with one record of an import, counted from 0. */
export const refusedRow = (row: number, problems: readonly RecordProblem[]): Answer => ({
  ...refusedFor(problems.map(({ key, what }) => ({ key: `${row + 1}. ${key}`, what }))),
  rows: problems.map(({ key, what }) => ({ row, key, what })),
});

export const nextId = (letter: string, count: number): string => `${letter}${String(count).padStart(6, "0")}`;

/** The record without what the records add. */
export function contentOf<What>({ id: _, revision: __, ...content }: Recorded<What>): What {
  return content as unknown as What;
}

export function revisionOf<What>(
  command: RecordCommand,
  now: EpochMs,
  id: string,
  record: What,
  why: string | null,
  origin = originOf(command),
): NewRevision<What> {
  return { id, at: now, by: command.user, why, origin, record };
}
