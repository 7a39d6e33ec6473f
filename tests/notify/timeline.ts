import { join } from "node:path";
import { expect, test } from "vitest";
import { type AlarmPriority, type AlarmState, type AlarmTransition, alarmPriorities } from "#shared/model/alarm.ts";
import type { Message } from "#shared/model/notification.ts";
import { type EpochMs, instant, millis } from "#shared/model/time.ts";
import { openRecordsWriter } from "#shared/store/records/sqlite.ts";
import { createPlanner } from "../../ingest/notify/planner.ts";
import { createRouting } from "../../ingest/notify/routing.ts";
import { Standing } from "../../ingest/notify/standing.ts";
import { delivered } from "../../ingest/notify/tries.ts";
import { ManualClock } from "../fakes/clock.ts";
import { temporaryFolder } from "../fakes/folder.ts";
import { eventOf, plantWith } from "./plant.ts";

const weekDays = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];

/** Sunday, 1 November 2026, 00:00 in Shanghai, which knows no summer time. */
const sunday = Date.UTC(2026, 9, 31, 16);

const states: Readonly<Record<string, { transition: AlarmTransition; state: AlarmState; historical?: true }>> = {
  raised: { transition: "raised", state: "UNACK" },
  "raised late": { transition: "raised", state: "UNACK", historical: true },
  acknowledged: { transition: "acknowledged", state: "ACKED" },
  "acknowledged, normal": { transition: "acknowledged", state: "NORM" },
  returned: { transition: "returned", state: "RTNUN" },
  latched: { transition: "returned", state: "LATUN" },
  cleared: { transition: "cleared", state: "NORM" },
  shelved: { transition: "shelved", state: "SHLVD" },
  unshelved: { transition: "unshelved", state: "UNACK" },
  "raised while shelved": { transition: "raised", state: "SHLVD" },
  suppressed: { transition: "suppressed", state: "DSUPR" },
  "rule removed": { transition: "removed", state: "NORM" },
};

interface Row {
  readonly at: EpochMs;
  readonly when: string;
  readonly what: string;
}

/** `Mon 22:14:05 | what`; the week is the one of `sunday`, `Sun+` the Sunday after it. */
function rowsOf(table: string): readonly Row[] {
  return table
    .trim()
    .split("\n")
    .map((line) => {
      const [, day = "", next, time = "", what = ""] =
        /^\s*(\w{3})(\+?)\s+(\d\d:\d\d(?::\d\d)?)\s*\|\s*(.*)$/.exec(line) ?? [];
      const index = weekDays.indexOf(day.toLowerCase()) + (next ? 7 : 0);
      const clock = time.length === 5 ? `${time}:00` : time;
      const ms = Date.parse(`1970-01-01T${clock}Z`);
      if (index < 0 || Number.isNaN(ms)) throw new Error(`No row of a timeline: ${line}`);
      return { at: instant(sunday + index * 86_400_000 + ms), when: `${day}${next} ${clock}`, what: what.trim() };
    });
}

function shown(at: number): string {
  const days = Math.floor((at - sunday) / 86_400_000);
  const name = weekDays[days % 7] ?? "";
  const time = new Date(at - sunday).toISOString().slice(11, 19);
  return `${name.charAt(0).toUpperCase()}${name.slice(1)}${days >= 7 ? "+" : ""} ${time}`;
}

/** `wang: hot high`, `zhao: escalated hot high`, `wang: 12 alarms (2 critical, 10 low)`. */
function saidBy({ person, channel, content }: Message): string {
  if (content.kind === "test") return `${person}: test over ${channel}`;
  const total = Object.values(content.counts).reduce((sum, count) => sum + count, 0);
  const each = content.items.map(({ status, isEscalated, hasReturned }) =>
    [isEscalated ? "escalated" : "", status.name.zh, status.priority, hasReturned ? "returned" : ""]
      .filter(Boolean)
      .join(" "),
  );
  const counts = alarmPriorities.flatMap((priority) =>
    content.counts[priority] ? [`${content.counts[priority]} ${priority}`] : [],
  );
  return `${person}: ${total > 3 ? `${total} alarms (${counts.join(", ")})` : each.join(" + ")}`;
}

/**
 * A week in a plant as a table. A row with `->` says who is told what at that time, every other one what happens:
 * `<alarm> <priority> <event>`. All that is told stands in the table, and nothing else.
 */
export function timeline(name: string, notification: string, table: string, more = ""): void {
  test(name, async () => {
    await using folder = await temporaryFolder();
    await using records = await openRecordsWriter(join(folder.path, "records.db"));
    const rows = rowsOf(table);
    const clock = new ManualClock(rows[0]?.at);
    const plant = plantWith(notification, more);
    if (!plant.notification) throw new Error("A plant of a timeline has a notification.");
    const routing = createRouting(plant.notification, plant.platform.timeZone, plant.calendar);
    const standing = new Standing(records, clock.now());
    let ids = 0;
    const planner = createPlanner({ routing, standing, records, clock, newId: () => `m${ids++}` });
    const told: string[] = [];
    const turn = () => {
      while (planner.followJournal());
      while (planner.escalate());
      planner.test();
      planner.compose();
      for (const message of [...standing.messages()]) {
        told.push(`${shown(clock.now())} | -> ${saidBy(message)}`);
        standing.save({ putMessages: [delivered(message, "there", clock.now())] }, clock.now());
      }
    };
    for (const { at, what } of rows) {
      while (clock.now() < at) {
        await clock.advance(millis(nextLook(standing, clock.now(), at) - clock.now()));
        turn();
      }
      if (what.startsWith("->")) continue;
      const [, alarm = "", priority = "", event = ""] = /^(\S+) (\S+) (.+)$/.exec(what) ?? [];
      const meant = states[event];
      if (what !== "." && !meant) throw new Error(`Nothing that can happen: ${what}`);
      if (meant) {
        const { transition, state, historical } = meant;
        const more = historical ? { historical } : {};
        records.appendAlarmEvents([
          eventOf({ name: alarm, priority: priority as AlarmPriority }, transition, state, at, more),
        ]);
      }
      turn();
    }
    const expected = rows.filter(({ what }) => what.startsWith("->")).map(({ when, what }) => `${when} | ${what}`);
    expect(told).toEqual(expected);
  });
}

/** The next second while something waits to be told; else the next minute, or when a step of escalation is due. */
function nextLook(standing: Standing, now: EpochMs, until: EpochMs): number {
  if (standing.notices().size > 0) return Math.min(until, now + 1_000);
  const due = [...standing.calls()].flatMap(({ dueAt }) => (dueAt !== null && dueAt > now ? [dueAt] : []));
  return Math.min(until, (Math.floor(now / 60_000) + 1) * 60_000, ...due);
}
