import { type AlarmPriority, alarmPriorities } from "#shared/model/alarm.ts";
import type { MessageContent, MessageItem, Notice } from "#shared/model/notification.ts";
import { type DurationMs, type EpochMs, instant, minutes, seconds } from "#shared/model/time.ts";
import type { Grouping } from "#shared/plant/notification/schema.ts";

/** Messages to a person are counted over this time. */
export const burstWindow: DurationMs = minutes(10);

/** Alarms that a summary names; the others are counted. */
const mostListed = 10;

export const rankOf = (priority: AlarmPriority): number => alarmPriorities.indexOf(priority);

/**
 * When what waits for a person becomes a message: once nothing more comes, so that a flood is one summary, and not at
 * once after many messages. `sent` are the times of the person's messages, ascending. Infinity where nothing waits.
 */
export function dueAt(
  notices: readonly Notice[],
  sent: readonly EpochMs[],
  { collectSeconds, longestSeconds, burst, restSeconds }: Grouping,
): number {
  const first = notices[0];
  const last = notices.at(-1);
  if (!first || !last) return Number.POSITIVE_INFINITY;
  const collected = Math.min(last.at + seconds(collectSeconds), first.at + seconds(longestSeconds));
  const newest = sent.at(-1);
  const recent = sent.filter((at) => at > first.at - burstWindow);
  if (newest === undefined || recent.length < burst) return collected;
  const isCritical = notices.some(({ status }) => status.priority === "critical");
  return Math.max(collected, newest + seconds(isCritical ? restSeconds / 4 : restSeconds));
}

/** What waits for a person as one message, the most urgent first; an alarm that came and went is one item. */
export function contentOf(notices: readonly Notice[]): MessageContent {
  const items = new Map<string, MessageItem>();
  for (const { call, kind, status } of notices) {
    const known = items.get(call);
    items.set(call, {
      status,
      isEscalated: kind === "escalated" || (known?.isEscalated ?? false),
      hasReturned: kind === "returned",
    });
  }
  const all = [...items.values()].sort(
    (a, b) =>
      rankOf(a.status.priority) - rankOf(b.status.priority) ||
      Number(a.hasReturned) - Number(b.hasReturned) ||
      (a.status.since ?? 0) - (b.status.since ?? 0),
  );
  const counts = new Map<AlarmPriority, number>();
  for (const { status } of all) counts.set(status.priority, (counts.get(status.priority) ?? 0) + 1);
  return {
    kind: "alarm",
    items: all.slice(0, mostListed),
    counts: Object.fromEntries(counts),
    returned: all.filter(({ hasReturned }) => hasReturned).length,
  };
}

/** The most urgent priority of a message; a test counts as the least. */
export const priorityOf = ({ items }: MessageContent): AlarmPriority => items[0]?.status.priority ?? "low";

/** What is left of a person's message times once they no longer count. */
export const stillCounted = (sent: readonly EpochMs[], now: EpochMs): readonly EpochMs[] =>
  sent.filter((at) => at > instant(now - burstWindow));
