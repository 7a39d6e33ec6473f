import { expect, test } from "vitest";
import {
  type ConditionEvent,
  formatDeviceEvent,
  parseDeviceEvent,
  priorityOfSeverity,
} from "#shared/model/deviceEvent.ts";
import { instant } from "#shared/model/time.ts";

const event: ConditionEvent = {
  v: 1,
  kind: "condition",
  eventId: "0a1b",
  at: instant(1_767_323_045_678),
  conditionId: "nsu=urn:plc;s=Tank.Level.High",
  branchId: null,
  eventType: "i=9482",
  source: "nsu=urn:plc;s=Tank.Level",
  sourceName: "Level",
  name: "液位 high",
  conditionClass: "Process",
  input: null,
  message: "液位 95 %",
  severity: 700,
  enabled: true,
  active: true,
  limit: "High",
  acked: false,
  confirmed: null,
  suppressed: false,
  shelved: null,
  retain: true,
  quality: "good",
  comment: null,
  user: null,
  refresh: false,
};

test("an event comes back as it was, without the keys that are null", () => {
  const text = formatDeviceEvent(event);
  expect(parseDeviceEvent(text)).toEqual(event);
  expect(Object.keys(JSON.parse(text))).not.toContain("comment");
});

test("the list of what stands comes back, also where the device cannot tell", () => {
  for (const conditions of [[], ["nsu=urn:plc;s=a", "i=7"], null]) {
    const standing = { v: 1, kind: "standing", at: instant(5), conditions } as const;
    expect(parseDeviceEvent(formatDeviceEvent(standing))).toEqual(standing);
  }
});

test("other text, another version, and events that lack what every event has are none", () => {
  const { conditionId: _, ...nameless } = event;
  const wrong = [
    "",
    "alarm",
    "null",
    "[]",
    "5",
    JSON.stringify({ ...event, v: 2 }),
    JSON.stringify({ ...event, kind: "news" }),
    JSON.stringify({ ...event, at: "now" }),
    JSON.stringify({ ...event, severity: 0 }),
    JSON.stringify({ ...event, severity: 1_001 }),
    JSON.stringify({ ...event, retain: undefined }),
    JSON.stringify(nameless),
    JSON.stringify({ v: 1, kind: "standing", at: 5 }),
    JSON.stringify({ v: 1, kind: "standing", at: 5, conditions: [7] }),
  ];
  expect(wrong.map(parseDeviceEvent)).toEqual(wrong.map(() => undefined));
});

test("what a device says in another type is as if it said nothing", () => {
  const odd = JSON.stringify({ ...event, active: "yes", comment: 5, quality: "fine" });
  expect(parseDeviceEvent(odd)).toEqual({ ...event, active: null, comment: null, quality: null });
});

test("a third of the severities each is low, medium and high", () => {
  expect([1, 333, 334, 666, 667, 1_000].map(priorityOfSeverity)).toEqual([
    "low",
    "low",
    "medium",
    "medium",
    "high",
    "high",
  ]);
});
