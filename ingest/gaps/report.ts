import { csvField } from "#shared/kit/csv.ts";
import { durationText } from "#shared/kit/durationText.ts";
import { textTable } from "#shared/kit/table.ts";
import { timeOption } from "#shared/kit/timeOption.ts";
import { CodedError } from "#shared/model/errors.ts";
import { type Gap, gapCauses, parseTagId, type TagId } from "#shared/model/sample.ts";
import type { EpochMs } from "#shared/model/time.ts";
import type { RecordsReader } from "#shared/store/records/port.ts";
import type { GapsCommand } from "./command.ts";

/** Whether a tag is the one that an operator names by its last parts. */
export const isNamed = (tag: TagId, wanted: string): boolean => tag === wanted || tag.endsWith(`/${wanted}`);

export const isoTime = (at: EpochMs): string => new Date(at).toISOString();

/** The ledger as text, as the options want it. */
export function gapReport(records: Pick<RecordsReader, "allGaps">, { options }: GapsCommand, now: EpochMs): string {
  const { tag, line, cause } = options;
  if (cause !== undefined && !gapCauses.some((known) => known === cause)) {
    throw new CodedError("CONFIG", `--cause takes one of ${gapCauses.join(", ")}, got \`${cause}\`.`);
  }
  const from = timeOption("from", options.from, now);
  const to = options.to === undefined ? now : timeOption("to", options.to, now);
  const gaps = records
    .allGaps(from, to)
    .filter((gap) => tag === undefined || isNamed(gap.tag, tag))
    .filter((gap) => line === undefined || parseTagId(gap.tag)?.line === line)
    .filter((gap) => cause === undefined || gap.cause === cause);
  if (options.json) return `${JSON.stringify(gaps, null, 2)}\n`;
  if (options.csv) return csvOf(gaps);
  if (gaps.length === 0) return "No gaps.\n";
  return `${tableOf(gaps, now)}\n\n${totalOf(gaps)}\n`;
}

function csvOf(gaps: readonly Gap[]): string {
  const rows = gaps.map(({ tag, from, to, cause, lost }) =>
    [tag, isoTime(from), to === null ? "" : isoTime(to), cause, lost === null ? "" : String(lost)]
      .map(csvField)
      .join(","),
  );
  return `${["tag,from,to,cause,lost", ...rows].join("\r\n")}\r\n`;
}

const tableOf = (gaps: readonly Gap[], now: EpochMs): string =>
  textTable([
    ["tag", "from", "to", "lasts", "cause", "lost"],
    ...gaps.map(({ tag, from, to, cause, lost }) => [
      tag,
      isoTime(from),
      to === null ? "still" : isoTime(to),
      durationText((to ?? now) - from),
      cause,
      lost === null ? "" : lost === 0 ? "uncounted" : String(lost),
    ]),
  ]);

function totalOf(gaps: readonly Gap[]): string {
  const causes = Map.groupBy(gaps, ({ cause }) => cause);
  const each = [...causes].map(([cause, of]) => `${cause} ${of.length}`).sort();
  const tags = new Set(gaps.map(({ tag }) => tag)).size;
  const lost = gaps.reduce((sum, gap) => sum + (gap.lost ?? 0), 0);
  return `${gaps.length} gaps of ${tags} tags (${each.join(", ")}); ${lost} samples counted as lost.`;
}
