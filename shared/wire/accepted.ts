import { type Sample, type TagId, tagId } from "#shared/model/sample.ts";
import type { TagInfo } from "#shared/model/tag.ts";
import { type EpochMs, hours, instant } from "#shared/model/time.ts";

/**
 * A gateway's own count of what it has accepted, for the reconciliation with the store. It travels within each batch, as
 * the value of the String metric `Transport/<device>/Accepted`, and so is exactly as durable as the samples it counts. It
 * holds one number for each tag and hour of the batch, in the order in which they first appear in it, in base 36 and
 * separated by commas: how many samples of the tag in that hour the gateway has accepted in this queue so far. A number
 * that counts from the beginning may come late, twice or not at all; the highest one holds.
 */
export interface AcceptedCount {
  readonly tag: TagId;
  /** Begin of the hour, by source time, UTC. */
  readonly hour: EpochMs;
  /** Null where the gateway does not count: long ago. */
  readonly count: number | null;
}

const line = "Transport";
const name = "Accepted";
const radix = 36;

export const hourOf = (at: EpochMs): EpochMs => instant(Math.floor(at / hours(1)) * hours(1));

export const acceptedTag = (platform: string, device: string): TagId =>
  tagId({ platform, line, equipment: device, tag: name });

/** Whether a tag is a gateway's count, and no measurement. */
export const isAcceptedTag = (tag: TagId): boolean => isAcceptedMetric(tag.slice(tag.indexOf("/") + 1));
export const isAcceptedMetric = (metric: string): boolean =>
  metric.startsWith(`${line}/`) && metric.endsWith(`/${name}`);

export const acceptedInfo = (platform: string, device: string): TagInfo => ({
  tag: acceptedTag(platform, device),
  name: { zh: "已接收采样计数", en: "Accepted samples" },
  type: "string",
  unit: "",
  meaning: "diagnostic",
  decimals: 0,
  staleAfterMs: Number.MAX_SAFE_INTEGER,
  gapAfterMs: Number.MAX_SAFE_INTEGER,
  key: false,
});

/** Each tag and hour that the samples have, in the order of their first appearance. */
export function tagHours(samples: readonly Sample[]): readonly { readonly tag: TagId; readonly hour: EpochMs }[] {
  const seen = new Map<TagId, Set<EpochMs>>();
  const found: { tag: TagId; hour: EpochMs }[] = [];
  for (const { tag, at } of samples) {
    const hour = hourOf(at);
    const ofTag = seen.get(tag) ?? new Set();
    if (ofTag.has(hour)) continue;
    seen.set(tag, ofTag.add(hour));
    found.push({ tag, hour });
  }
  return found;
}

export const formatAccepted = (counts: readonly (number | null)[]): string =>
  counts.map((count) => count?.toString(radix) ?? "").join(",");

/** What the text says of the samples that it came with; empty where it does not belong to them. */
export function readAccepted(text: string, samples: readonly Sample[]): readonly AcceptedCount[] {
  const places = tagHours(samples);
  const counts = text.split(",").map((part) => (/^[0-9a-z]{1,8}$/.test(part) ? Number.parseInt(part, radix) : null));
  if (counts.length !== places.length) return [];
  return places.map((place, i) => ({ ...place, count: counts[i] ?? null }));
}
