import { alarmPriorities } from "#shared/model/alarm.ts";
import type { MessageContent, MessageItem } from "#shared/model/notification.ts";
import { inLocale, type Locale, type LocalText } from "#shared/model/text.ts";
import type { EpochMs } from "#shared/model/time.ts";
import { unitSymbol } from "#shared/model/units.ts";
import { wallClock } from "#shared/model/wallClock.ts";
import { type Words, words } from "./words.ts";

/** A message in words. */
export interface Rendered {
  /** One line. */
  readonly title: string;
  /** Lines of plain text, without the title. */
  readonly text: string;
  /** Page of the alarms, where the plant names one. */
  readonly link: string | null;
}

export interface RenderOptions {
  readonly language: Locale;
  readonly timeZone: string;
  /** Address of the pages. */
  readonly pages: string | undefined;
  readonly platform: LocalText;
  /** It may have gone out before. */
  readonly isRepeat: boolean;
}

export function render(content: MessageContent, options: RenderOptions): Rendered {
  const say = words[options.language];
  const link = options.pages === undefined ? null : `${options.pages.replace(/\/+$/, "")}/alarms`;
  const { title, lines } = content.kind === "test" ? testOf(say) : alarmsOf(content, say, options);
  const head = `[${inLocale(options.platform, options.language)}] ${title}${options.isRepeat ? say.repeat : ""}`;
  const text = [...lines, ...(link === null ? [] : [`${say.link}: ${link}`])].join("\n");
  return { title: oneLine(head), text, link };
}

interface Said {
  readonly title: string;
  readonly lines: readonly string[];
}

const testOf = (say: Words): Said => ({ title: say.testTitle, lines: [say.testText] });

function alarmsOf(content: MessageContent, say: Words, options: RenderOptions): Said {
  const { items, counts, returned } = content;
  const total = Object.values(counts).reduce((sum, count) => sum + count, 0);
  const [first] = items;
  if (total === 1 && first) return { title: titleOf(first, say, options), lines: detailsOf(first, say, options) };
  const byPriority = alarmPriorities
    .filter((priority) => counts[priority])
    .map((priority) => say.count(say.priorities[priority], counts[priority] ?? 0));
  const title = returned === total ? say.allReturned(total) : `${say.summary(total)}: ${byPriority.join(", ")}`;
  const some = returned > 0 && returned < total ? [say.someReturned(returned)] : [];
  const listed = items.map((item) => `• ${lineOf(item, say, options)}`);
  const more = total > items.length ? [say.more(total - items.length)] : [];
  return { title, lines: [...some, ...listed, ...more] };
}

function titleOf({ status, isEscalated, hasReturned }: MessageItem, say: Words, { language }: RenderOptions): string {
  const name = inLocale(status.name, language);
  if (hasReturned) return `${say.returned}: ${name}`;
  const head = `${say.alarm} (${say.priorities[status.priority]}): ${name}`;
  return isEscalated ? `${say.escalated}: ${head}` : head;
}

function detailsOf(item: MessageItem, say: Words, options: RenderOptions): readonly string[] {
  const { status, hasReturned } = item;
  const { response, timeToRespondMinutes } = status.guidance;
  const within = timeToRespondMinutes === undefined ? "" : ` (${say.respondWithin(timeToRespondMinutes)})`;
  const guidance =
    response && !hasReturned ? [`${say.response}${within}: ${inLocale(response, options.language)}`] : [];
  return [`${status.line}/${status.equipment}`, figuresOf(item, say, options), ...guidance].filter(
    (line) => line !== "",
  );
}

function lineOf(item: MessageItem, say: Words, options: RenderOptions): string {
  const { status, isEscalated, hasReturned } = item;
  const notes = [isEscalated ? say.escalated : "", hasReturned ? say.returned : ""].filter((note) => note !== "");
  const parts = [
    `${say.priorities[status.priority]} ${inLocale(status.name, options.language)}`,
    `${status.line}/${status.equipment}`,
    figuresOf(item, say, options),
    ...notes,
  ];
  return oneLine(parts.filter((part) => part !== "").join(", "));
}

/** A number as a person reads it: no more digits than an instrument has. */
const digits = 6;

function figuresOf({ status }: MessageItem, say: Words, { timeZone, language }: RenderOptions): string {
  const { value, limit, unit, since } = status;
  const symbol = unit === "" ? "" : unitSymbol(unit, language);
  const withUnit = (figure: number | string | boolean): string =>
    typeof figure === "number" ? `${Number(figure.toPrecision(digits))} ${symbol}`.trim() : String(figure);
  const figures = [
    value === null ? "" : withUnit(value),
    limit === null ? "" : `${say.limit} ${withUnit(limit)}`,
    since === null ? "" : timeOf(since, timeZone),
  ];
  return figures.filter((figure) => figure !== "").join(", ");
}

/** `MM-DD HH:MM:SS` of the platform's zone, in either language. */
const timeOf = (at: EpochMs, timeZone: string): string =>
  new Date(wallClock(timeZone).wall(at)).toISOString().slice(5, 19).replace("T", " ");

const oneLine = (text: string): string => text.replaceAll(/\s+/g, " ").trim();

/** At most `bytes` of UTF-8, cut between characters, with a mark where something was cut. */
export function cutToBytes(text: string, bytes: number): string {
  if (Buffer.byteLength(text) <= bytes) return text;
  const mark = "…";
  let kept = 0;
  let length = 0;
  for (const character of text) {
    const size = Buffer.byteLength(character);
    if (kept + size > bytes - Buffer.byteLength(mark)) break;
    kept += size;
    length += character.length;
  }
  return text.slice(0, length) + mark;
}
