import {
  type AlarmEvent,
  type AlarmGuidance,
  type AlarmStatus,
  type AlarmTransition,
  alarmTransitions,
} from "#shared/model/alarm.ts";
import { CodedError } from "#shared/model/errors.ts";
import { parseRanges } from "#shared/model/ranges.ts";
import { type Gap, type GapCause, gapCauses, type TagId } from "#shared/model/sample.ts";
import { instant } from "#shared/model/time.ts";
import type { AcceptedRow, KeptLetter, QueueRow } from "./port.ts";

/** A row as SQLite hands it out; STRICT tables hold the types that the schema names. */
export type Row = Readonly<Record<string, unknown>>;

function column<T extends string>(row: Row, name: string, allowed: readonly T[]): T {
  const found = allowed.find((value) => value === row[name]);
  if (found === undefined) throw new CodedError("DAMAGED", `Records hold \`${row[name]}\` as ${name}.`);
  return found;
}

/** What statuses lack that were written before alarms could be hidden, or had kinds besides limits. */
const shown = { hiddenBy: [], shelvedUntil: null, kind: "high", guidance: {} } as const satisfies Partial<AlarmStatus>;

export function statusOf(row: Row): AlarmStatus {
  const { response, ...status } = JSON.parse(String(row.status)) as AlarmStatus & Pick<AlarmGuidance, "response">;
  return { ...shown, ...(response ? { guidance: { response } } : {}), ...status };
}

export const eventOf = (row: Row): AlarmEvent => ({
  seq: Number(row.seq),
  transition: column<AlarmTransition>(row, "transition", alarmTransitions),
  at: instant(Number(row.at)),
  processedAt: instant(Number(row.processed_at)),
  user: row.user as string | null,
  comment: row.comment as string | null,
  ...(row.historical === 1 ? { historical: true } : {}),
  status: statusOf(row),
});

export const gapOf = (row: Row): Gap => ({
  tag: row.tag as TagId,
  from: instant(Number(row.from_ms)),
  to: row.to_ms === null ? null : instant(Number(row.to_ms)),
  cause: column<GapCause>(row, "cause", gapCauses),
  lost: row.lost as number | null,
});

export const deadLetterOf = (row: Row): KeptLetter => ({
  id: Number(row.id),
  receivedAt: instant(Number(row.received_at)),
  topic: String(row.topic),
  reason: String(row.reason),
  payload: row.payload as Uint8Array,
  ...(row.tag === null ? {} : { tag: row.tag as TagId, at: instant(Number(row.at_ms)) }),
  times: Number(row.times),
  lastReceivedAt: instant(Number(row.last_received_at)),
});

export const acceptedOf = (row: Row): AcceptedRow => ({
  hour: instant(Number(row.hour_ms)),
  tag: row.tag as TagId,
  queueId: String(row.queue_id),
  count: Number(row.n),
});

export const queueOf = (row: Row): QueueRow => ({
  queueId: String(row.queue_id),
  highest: Number(row.highest),
  ranges: parseRanges(String(row.ranges)),
});
