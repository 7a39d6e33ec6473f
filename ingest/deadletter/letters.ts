import { numberOption } from "#shared/kit/command.ts";
import { textTable } from "#shared/kit/table.ts";
import { timeOption } from "#shared/kit/timeOption.ts";
import { CodedError } from "#shared/model/errors.ts";
import { parseRanges } from "#shared/model/ranges.ts";
import type { EpochMs } from "#shared/model/time.ts";
import type { DeadLetterTotals, KeptLetter } from "#shared/store/records/deadLetters.ts";
import type { RecordsReader } from "#shared/store/records/port.ts";
import { decodePayload } from "#shared/wire/sparkplug/decode.ts";
import { parseSparkplugTopic } from "#shared/wire/topics.ts";
import type { DeadLetterOptions } from "./command.ts";

type Letters = Pick<RecordsReader, "deadLetters" | "deadLetter" | "deadLetterTotals" | "letterActs">;

const everyLetter = 10_000_000;
/** Acts of people that are listed beside the letters. */
const shownActs = 20;

/** The letters that the options leave, newest first. */
export function chosen(records: Letters, options: DeadLetterOptions, now: EpochMs): readonly KeptLetter[] {
  const { topic, reason } = options;
  const from = options.from === undefined ? 0 : timeOption("from", options.from, now);
  return records
    .deadLetters(everyLetter)
    .filter((letter) => letter.lastReceivedAt >= from)
    .filter((letter) => topic === undefined || letter.topic.includes(topic))
    .filter((letter) => reason === undefined || letter.reason.includes(reason));
}

/** The ids that replay and drop are for: those named, or all that the options leave. */
export function idsOf(text: string | undefined, records: Letters, options: DeadLetterOptions, now: EpochMs): number[] {
  if (text !== undefined && options.all) throw new CodedError("CONFIG", "Name ids, or --all, not both.");
  if (options.all) return chosen(records, options, now).map(({ id }) => id);
  if (text === undefined) throw new CodedError("CONFIG", "Name ids as 3,7-9, or --all.");
  try {
    return parseRanges(text).flatMap(([first, last]) => Array.from({ length: last - first + 1 }, (_, i) => first + i));
  } catch {
    throw new CodedError("CONFIG", `\`${text}\` are no ids of letters, as 3,7-9.`);
  }
}

export function listText(records: Letters, options: DeadLetterOptions, now: EpochMs): string {
  const limit = numberOption("limit", options.limit, 1, everyLetter);
  const all = chosen(records, options, now);
  const letters = all.slice(0, limit);
  const totals = records.deadLetterTotals();
  const acts = records.letterActs(shownActs);
  if (options.json) return `${JSON.stringify({ totals, letters: letters.map(asJson), acts }, null, 2)}\n`;
  const table = textTable([
    ["id", "last received", "times", "bytes", "topic", "reason"],
    ...letters.map(({ id, lastReceivedAt, times, payload, topic, reason }) => [
      String(id),
      new Date(lastReceivedAt).toISOString(),
      String(times),
      String(payload.length),
      topic,
      reason,
    ]),
  ]);
  const left = all.length > letters.length ? `${all.length - letters.length} more are not shown; see --limit.\n` : "";
  const done = acts.map(
    ({ at, who, why, letter, topic }) => `${new Date(at).toISOString()}  ${who} ${why} ${letter}, ${topic}\n`,
  );
  return `${letters.length > 0 ? `${table}\n\n` : ""}${left}${totalsText(totals)}\n${done.join("")}`;
}

const totalsText = ({ letters, times, bytes, gone }: DeadLetterTotals): string => {
  const ends = `${gone.replayed} replayed, ${gone.dropped} dropped, ${gone.expired} too old, ${gone.crowded_out} without room`;
  return `${letters} letters for ${times} refusals, ${bytes} bytes. Gone so far: ${ends}.`;
};

export function showText(letter: KeptLetter, json: boolean): string {
  if (json) return `${JSON.stringify(asJson(letter), null, 2)}\n`;
  const { id, receivedAt, lastReceivedAt, times, topic, tag, at, reason } = letter;
  const lines = [
    `letter        ${id}`,
    `topic         ${topic}`,
    ...(tag === undefined ? [] : [`tag           ${tag}`]),
    ...(at === undefined ? [] : [`source time   ${isoOf(at)}`]),
    `received      ${isoOf(receivedAt)}`,
    ...(times > 1 ? [`last of ${String(times).padEnd(6)}${isoOf(lastReceivedAt)}`] : []),
    `reason        ${reason}`,
    "",
    bodyOf(letter),
  ];
  return `${lines.join("\n")}\n`;
}

const isoOf = (at: number): string => (Math.abs(at) <= 8.64e15 ? new Date(at).toISOString() : String(at));

const asJson = ({ payload, ...letter }: KeptLetter) => ({
  ...letter,
  payloadBase64: Buffer.from(payload).toString("base64"),
});

/** The payload as a person can read it best: text, a decoded Sparkplug payload, or bytes. */
function bodyOf({ topic, payload, tag }: KeptLetter): string {
  if (tag === undefined && parseSparkplugTopic(topic)) {
    try {
      const decoded = decodePayload(payload);
      return JSON.stringify(decoded, (_, value) => (typeof value === "bigint" ? String(value) : value), 2);
    } catch {
      return hexOf(payload);
    }
  }
  const text = Buffer.from(payload).toString("utf8");
  // biome-ignore lint/suspicious/noControlCharactersInRegex: those are what must not reach a terminal
  return /[\u0000-\u0008\u000b-\u001f\u007f\ufffd]/.test(text) ? hexOf(payload) : text;
}

const shownBytes = 1_024;

function hexOf(payload: Uint8Array): string {
  const bytes = Buffer.from(payload.subarray(0, shownBytes));
  const rows = Array.from({ length: Math.ceil(bytes.length / 16) }, (_, i) => {
    const row = bytes.subarray(i * 16, i * 16 + 16);
    return `${(i * 16).toString(16).padStart(4, "0")}  ${row.toString("hex").replaceAll(/../g, "$& ").trimEnd()}`;
  });
  const more = payload.length > shownBytes ? [`… ${payload.length - shownBytes} bytes more`] : [];
  return [...rows, ...more].join("\n");
}
