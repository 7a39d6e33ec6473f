import { describe, expect, test } from "vitest";
import { instant } from "#shared/model/time.ts";
import { bookOf } from "../../dashboard/web/live/alarmBook.ts";
import {
  chosenAlarms,
  everything,
  filterOf,
  groupedAlarms,
  queryOf,
} from "../../dashboard/web/pages/alarms/alarmFilter.ts";
import { journalFilterOf, journalQueryOf, searchOf } from "../../dashboard/web/pages/alarms/journalFilter.ts";
import { fixtureAlarm, tagOf } from "../browser/fixturePlant.ts";

describe("the filter of the alarm list", () => {
  const oven = tagOf("coating/oven/zone-1");
  const reactor = tagOf("fine-chemical/reactor/temperature");
  const { alarms } = bookOf(
    [
      fixtureAlarm({ alarm: "demo/coating/a", tag: oven, priority: "low" }, 30),
      fixtureAlarm({ alarm: "demo/coating/b", tag: oven, state: "ACKED" }, 20),
      fixtureAlarm({ alarm: "demo/fine-chemical/c", tag: reactor, priority: "critical" }, 10),
      fixtureAlarm({ alarm: "demo/fine-chemical/d", tag: reactor, state: "LATAK", since: instant(40) }, 40),
    ],
    1,
  );
  const ids = (part: Partial<typeof everything>) =>
    chosenAlarms(alarms, { ...everything, ...part }, ({ alarm }) => alarm).map(({ alarm }) => alarm.at(-1));

  test("lives in the address, and forgives what it does not know", () => {
    const filter = { ...everything, priorities: ["critical", "low"], text: "釜 1", group: "line" } as const;
    expect(queryOf(filter)).toEqual({ priority: "critical,low", text: "釜 1", group: "line" });
    expect(filterOf(queryOf(filter))).toEqual(filter);
    expect(filterOf({ priority: "urgent", sort: ["x"], stage: "gone", group: 7 })).toEqual(everything);
  });
  test("chooses and orders", () => {
    expect(ids({})).toEqual(["c", "a", "d", "b"]);
    expect(ids({ priorities: ["critical", "low"] })).toEqual(["c", "a"]);
    expect(ids({ line: "coating", sort: "oldest" })).toEqual(["b", "a"]);
    expect(ids({ stage: "unacknowledged" })).toEqual(["c", "a"]);
    expect(ids({ stage: "acknowledged" })).toEqual(["b"]);
    expect(ids({ stage: "returned" })).toEqual(["d"]);
    expect(ids({ text: " CHEMICAL/C " })).toEqual(["c"]);
    expect(ids({ sort: "newest" })).toEqual(["d", "a", "b", "c"]);
    expect(ids({ sort: "equipment" })).toEqual(["a", "b", "c", "d"]);
  });
  test("groups in the order of urgency", () => {
    expect(groupedAlarms(alarms, "line").map(({ key, alarms: of }) => [key, of.length])).toEqual([
      ["fine-chemical", 2],
      ["coating", 2],
    ]);
    expect(groupedAlarms(alarms, "equipment")[0]?.key).toBe("fine-chemical/reactor");
    expect(groupedAlarms(alarms, "none")).toEqual([{ key: "", alarms }]);
  });
});

describe("the filter of the journal", () => {
  const at = (wall: string): number | undefined => (wall === "today" ? 1_000 : undefined);
  test("lives in the address", () => {
    const filter = journalFilterOf({ range: "7d", user: "li", transition: "raised", priority: "none" });
    expect(journalQueryOf(filter)).toEqual({ range: "7d", user: "li", transition: "raised" });
    expect(journalFilterOf(journalQueryOf(filter))).toEqual(filter);
  });
  test("becomes what the server is asked for", () => {
    const asked = (query: Record<string, string>) => searchOf(journalFilterOf(query), 864e5, at);
    expect(asked({ range: "24h", text: "x" })).toEqual({ query: { text: "x", from: "0" }, wrong: [] });
    expect(asked({ range: "all" }).query).toEqual({ from: "0" });
    expect(asked({ range: "custom", from: "today", to: "soon" })).toEqual({ query: { from: "1000" }, wrong: ["to"] });
  });
});
