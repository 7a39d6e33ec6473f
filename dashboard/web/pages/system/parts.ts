import { elapsed, instant } from "#shared/model/time.ts";
import type { Formats } from "../../text/format.ts";
import type { Messages } from "../../text/messages.zh.ts";

type Words = Messages["system"];

/** The name of a part as a person knows it. */
export function partName(part: string, words: Words): string {
  if (part === "ingest") return words.host;
  if (part === "dashboard") return words.pages;
  return part.startsWith("gateway-") ? words.gateway(part.slice("gateway-".length)) : part;
}

/** `1.5 MiB` */
export function bytesText(bytes: number, formats: Formats): string {
  const units = ["B", "KiB", "MiB", "GiB", "TiB"];
  const power = Math.min(units.length - 1, bytes < 1 ? 0 : Math.floor(Math.log2(bytes) / 10));
  return `${formats.number(bytes / 2 ** (10 * power), power === 0 ? 0 : 1)} ${units[power]}`;
}

const shares = new Set(["outboxFill", "diskFree"]);
const channelPrefix = "notification.";

/** One figure of a part in words; undefined where it says nothing. */
export function figureText(
  key: string,
  value: string | number | boolean | null,
  words: Words,
  formats: Formats,
  now: number,
): { readonly name: string; readonly value: string } | undefined {
  if (value === null || value === "") return undefined;
  const name = key.startsWith(channelPrefix)
    ? words.channel(key.slice(channelPrefix.length))
    : (words.figure[key] ?? key);
  if (typeof value === "boolean") return { name, value: formats.value(value, 0) };
  if (typeof value === "string") return { name, value };
  if (key.endsWith("Since")) return { name, value: words.ago(formats.age(elapsed(instant(value), instant(now)))) };
  if (key.endsWith("Bytes")) return { name, value: bytesText(value, formats) };
  if (shares.has(key)) return { name, value: formats.percent(value, 0) };
  return { name, value: formats.number(value, 0) };
}
