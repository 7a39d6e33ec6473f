import { describe, expect, test } from "vitest";
import { covers, mayPublish, maySubscribe } from "../../ingest/broker/rights.ts";
import type { BrokerUser } from "../../ingest/broker/users.ts";

const platform = "demo";
const users = {
  ingest: { username: "ingest", role: "ingest", gateway: null },
  dashboard: { username: "dashboard", role: "dashboard", gateway: null },
  observer: { username: "observer", role: "observer", gateway: null },
  "gateway-edge-1": { username: "gateway-edge-1", role: "gateway", gateway: "edge-1" },
} as const satisfies Record<string, BrokerUser>;
type Name = keyof typeof users;

/** Topic, and who may publish to it. */
const publishes: readonly (readonly [topic: string, allowed: readonly Name[]])[] = [
  ["spBv1.0/demo/NBIRTH/edge-1", ["ingest", "gateway-edge-1"]],
  ["spBv1.0/demo/NDEATH/edge-1", ["ingest", "gateway-edge-1"]],
  ["spBv1.0/demo/NDATA/edge-1", ["ingest", "gateway-edge-1"]],
  ["spBv1.0/demo/DBIRTH/edge-1/plc", ["ingest", "gateway-edge-1"]],
  ["spBv1.0/demo/DDEATH/edge-1/plc", ["ingest", "gateway-edge-1"]],
  ["spBv1.0/demo/DDATA/edge-1/plc", ["ingest", "gateway-edge-1"]],
  ["spBv1.0/demo/DDATA/edge-1", ["ingest"]],
  ["spBv1.0/demo/DDATA/edge-1/plc/more", ["ingest"]],
  ["spBv1.0/demo/NBIRTH/edge-2", ["ingest"]],
  ["spBv1.0/demo/DDATA/edge-2/plc", ["ingest"]],
  ["spBv1.0/demo/DDATA/edge-11/plc", ["ingest"]],
  ["spBv1.0/other/DDATA/edge-1/plc", ["ingest"]],
  ["spBv1.0/demo/NCMD/edge-1", ["ingest"]],
  ["spBv1.0/demo/DCMD/edge-1/plc", ["ingest"]],
  ["spBv1.0/STATE/pilotline-demo", ["ingest"]],
  ["pilotline/v1/demo/health/gateway-edge-1", ["ingest", "gateway-edge-1"]],
  ["pilotline/v1/demo/health/gateway-edge-2", ["ingest"]],
  ["pilotline/v1/demo/health/ingest", ["ingest"]],
  ["pilotline/v1/demo/live/line/reactor", ["ingest"]],
  ["pilotline/v1/demo/alarm/event", ["ingest"]],
  ["pilotline/v1/demo/command/acknowledge", ["ingest", "dashboard"]],
  ["pilotline/v1/demo/reply/dashboard/1", ["ingest"]],
  ["pilotline/v1/other/command/acknowledge", ["ingest"]],
  ["$SYS/broker/x", []],
  ["", []],
];

/** Filter, and who may subscribe to it. */
const subscribes: readonly (readonly [filter: string, allowed: readonly Name[]])[] = [
  ["#", ["ingest"]],
  ["+/#", ["ingest"]],
  ["spBv1.0/#", ["ingest", "observer"]],
  ["spBv1.0/+/DDATA/+/+", ["ingest", "observer"]],
  ["pilotline/v1/#", ["ingest", "dashboard", "observer"]],
  ["pilotline/v1/demo/live/+/+", ["ingest", "dashboard", "observer"]],
  ["pilotline/#", ["ingest"]],
  ["spBv1.0/demo/NCMD/edge-1", ["ingest", "observer", "gateway-edge-1"]],
  ["spBv1.0/demo/NCMD/edge-2", ["ingest", "observer"]],
  ["spBv1.0/demo/NCMD/+", ["ingest", "observer"]],
  ["spBv1.0/demo/NCMD/#", ["ingest", "observer"]],
  ["spBv1.0/demo/DCMD/edge-1/#", ["ingest", "observer", "gateway-edge-1"]],
  ["spBv1.0/demo/DCMD/edge-1/+", ["ingest", "observer", "gateway-edge-1"]],
  ["spBv1.0/demo/DCMD/+/plc", ["ingest", "observer"]],
  ["spBv1.0/demo/DDATA/edge-1/+", ["ingest", "observer"]],
  ["spBv1.0/STATE/pilotline-demo", ["ingest", "observer", "gateway-edge-1"]],
  ["$share/group/spBv1.0/#", []],
  ["$SYS/#", []],
];

const names = Object.keys(users) as Name[];

describe.each(names)("%s", (name) => {
  test.each(publishes)("publishes to `%s`: only %j", (topic, allowed) => {
    // An empty topic is refused by the protocol itself, before any right is asked.
    expect(mayPublish(users[name], platform, topic) && topic !== "").toBe(allowed.includes(name));
  });
  test.each(subscribes)("subscribes to `%s`: only %j", (filter, allowed) => {
    expect(maySubscribe(users[name], platform, filter)).toBe(allowed.includes(name));
  });
});

test.each([
  ["a/#", "a/b/c", true],
  ["a/#", "a", true],
  ["a/#", "#", false],
  ["a/+", "a/+", true],
  ["a/+", "a/#", false],
  ["a/b", "a/+", false],
  ["a/+", "a", false],
  ["a/+", "a/b/c", false],
  ["#", "+/b", true],
])("%s covers %s: %s", (pattern, filter, expected) => {
  expect(covers(pattern, filter)).toBe(expected);
});
