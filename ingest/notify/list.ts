import { numberOption } from "#shared/kit/command.ts";
import { textTable } from "#shared/kit/table.ts";
import { CodedError } from "#shared/model/errors.ts";
import { type Message, messageStates } from "#shared/model/notification.ts";
import type { EpochMs } from "#shared/model/time.ts";
import type { RecordsReader } from "#shared/store/records/port.ts";
import type { NotifyOptions } from "./command.ts";
import { priorityOf } from "./grouping.ts";

type Records = Pick<RecordsReader, "notificationMessages" | "notificationState">;

const everyMessage = 1_000_000;

/** Messages of the outbox, newest first, as the options leave them, and what has not become one yet. */
export function listText(records: Records, options: NotifyOptions): string {
  const { channel, person, state } = options;
  if (state !== undefined && !messageStates.some((known) => known === state)) {
    throw new CodedError("CONFIG", `--state takes ${messageStates.join(", ")}, got \`${state}\`.`);
  }
  const limit = numberOption("limit", options.limit, 1, everyMessage);
  const all = records
    .notificationMessages(everyMessage)
    .filter((message) => state === undefined || message.state === state)
    .filter((message) => person === undefined || message.person === person)
    .filter((message) => channel === undefined || (message.deliveredBy ?? message.channel) === channel);
  const shown = all.slice(0, limit);
  const { calls, notices, messages } = records.notificationState();
  if (options.json) {
    return `${JSON.stringify({ messages: shown, calls: calls.length, notices: notices.length }, null, 2)}\n`;
  }
  const heading = ["made", "to", "says", "state", "tries", "by", "error"];
  const table = textTable([heading, ...shown.map(rowOf)]);
  const waiting = `${messages.length} messages wait for a channel, ${notices.length} notices to be put together.`;
  const open = `${calls.length} alarms are followed until somebody acknowledges them.`;
  return `${shown.length === 0 ? "" : `${table}\n\n`}${waiting} ${open}\n`;
}

function rowOf({
  createdAt,
  person,
  content,
  channel,
  state,
  tries,
  deliveredBy,
  endedAt,
  nextAt,
  error,
}: Message): string[] {
  const total = Object.values(content.counts).reduce((sum, count) => sum + count, 0);
  const first = content.items[0]?.status.alarm ?? "";
  const says =
    content.kind === "test" ? "test" : total > 1 ? `${total} alarms, ${priorityOf(content)} first: ${first}` : first;
  const next = state === "waiting" && error !== null ? `; next try ${isoOf(nextAt)}` : "";
  const by = deliveredBy === null ? (channel ?? "") : `${deliveredBy} ${endedAt === null ? "" : isoOf(endedAt)}`;
  return [isoOf(createdAt), person, says, state, String(tries.total), by, `${error ?? ""}${next}`];
}

const isoOf = (at: EpochMs): string => new Date(at).toISOString();
