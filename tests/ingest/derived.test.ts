import { describe, expect, test } from "vitest";
import { CodedError } from "../../shared/model/errors.ts";
import { instant } from "../../shared/model/time.ts";
import type { SampleWriter } from "../../shared/store/port.ts";
import { temporaryFolder } from "../fakes/folder.ts";
import { eventually } from "./eventually.ts";
import { embeddedStore, type Rig, startRig } from "./rig.ts";
import { bad, good } from "./samples.ts";
import type { TestNode } from "./testNode.ts";
import { type Watcher, watch } from "./watcher.ts";

const temp = "chem/r101/temp";
const hot = "demo/chem/hot";

async function bornNode(rig: Rig): Promise<TestNode> {
  const node = await rig.node();
  node.birth();
  await eventually(() => node.acks > 0, "answer to the birth");
  return node;
}

const liveOf = (watcher: Watcher, name: string) => watcher.newest("live", "/chem/r101")?.values[name];
const transitions = (watcher: Watcher) => watcher.events.map(({ transition, status }) => [transition, status.state]);

describe("live values", () => {
  test("newest value, quality and state of an equipment; what is older changes nothing", async () => {
    await using folder = await temporaryFolder();
    await using rig = await startRig(folder.path);
    await using watcher = await watch(rig);
    await using node = await bornNode(rig);
    await eventually(() => liveOf(watcher, "temp") !== undefined, "first live values");
    expect(liveOf(watcher, "temp")).toEqual({ value: null, quality: "bad", reason: "NOT_CONNECTED", at: null });
    const now = Date.now();
    node.data("plc", 1, [good(temp, now, 25), good("chem/r101/mode", now, 1)]);
    await eventually(() => liveOf(watcher, "temp")?.at === now, "live value");
    expect(watcher.newest("live", "/chem/r101")).toMatchObject({
      values: { temp: { value: 25, quality: "good", reason: null } },
      state: { state: "PRD", since: now },
    });
    node.data("plc", 2, [good(temp, now - 1_000, 99), good("chem/r101/mode", now - 1_000, 2)], true);
    node.data("plc", 3, [bad(temp, now + 1)]);
    await eventually(() => liveOf(watcher, "temp")?.at === now + 1, "bad value");
    expect(watcher.newest("live", "/chem/r101")).toMatchObject({
      values: { temp: { value: 25, quality: "bad", reason: "TIMEOUT" } },
      state: { state: "PRD", since: now },
    });
    node.death();
    await eventually(() => watcher.newest("live", "/chem/r101")?.state?.state === "UNK", "unknown state");
    expect(liveOf(watcher, "mode")).toMatchObject({ value: 1, quality: "bad", reason: "STALE", at: now });
  });

  test("come back from the store after a restart, and are confirmed by a birth", async () => {
    await using folder = await temporaryFolder();
    await using rig = await startRig(folder.path);
    await using node = await bornNode(rig);
    const now = Date.now();
    node.data("plc", 1, [good("chem/r101/mode", now - 3_000, 2)]);
    node.data("plc", 2, [good("chem/r101/mode", now - 2_000, 1), good(temp, now - 120_000, 20)]);
    node.data("plc", 3, [good("chem/r101/mode", now - 1_000, 1)]);
    await node.ackOf(3);
    await rig.restart();
    await using watcher = await watch(rig);
    // The temperature is older than its staleAfterMs, and so is no current value.
    await eventually(() => liveOf(watcher, "temp")?.reason === "STALE", "restored value");
    expect(watcher.newest("live", "/chem/r101")).toMatchObject({
      values: { mode: { value: 1, quality: "good" }, temp: { value: 20, quality: "bad", reason: "STALE" } },
      state: { state: "PRD", since: now - 2_000 },
    });
    node.birth([good(temp, now - 120_000, 20)]);
    await eventually(() => liveOf(watcher, "temp")?.quality === "good", "confirmed value");
  });

  test("at most four messages a second and equipment, the newest always", async () => {
    await using folder = await temporaryFolder();
    await using rig = await startRig(folder.path);
    await using watcher = await watch(rig);
    await using node = await bornNode(rig);
    const now = Date.now();
    await eventually(() => watcher.count("live", "/chem/r101") > 0, "first live values");
    const before = watcher.count("live", "/chem/r101");
    const began = performance.now();
    for (let i = 1; i <= 100; i++) {
      node.data("plc", i, [good(temp, now + i, i)]);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    await eventually(() => liveOf(watcher, "temp")?.value === 100, "the newest");
    const allowed = ((performance.now() - began) / 1_000) * 4 + 1;
    expect(watcher.count("live", "/chem/r101") - before).toBeLessThanOrEqual(allowed);
  });
});

describe("alarms", () => {
  test("raise, acknowledge, return, over a restart, with the journal as the only memory", async () => {
    await using folder = await temporaryFolder();
    await using rig = await startRig(folder.path);
    await using watcher = await watch(rig);
    await using node = await bornNode(rig);
    const now = Date.now();
    node.data("plc", 1, [good(temp, now, 81)]);
    await eventually(() => watcher.events.length === 1, "alarm");
    expect(watcher.events[0]).toMatchObject({
      seq: 1,
      transition: "raised",
      at: now,
      status: { alarm: hot, state: "UNACK", since: now, value: 81, limit: 80, unit: "Cel", priority: "high" },
    });
    await node.ackOf(1);
    await rig.restart();
    node.birth([good(temp, now, 81)]);
    node.data("plc", 1, [good(temp, now, 81)], true);
    expect(await watcher.acknowledge("c-1", hot)).toEqual({ v: 1, id: "c-1", outcome: "done" });
    expect(await watcher.acknowledge("c-1", hot)).toEqual({ v: 1, id: "c-1", outcome: "done" });
    expect(await watcher.acknowledge("c-2", hot)).toEqual({ v: 1, id: "c-2", outcome: "done" });
    await eventually(() => watcher.newest("activeAlarms")?.alarms[0]?.state === "ACKED", "acknowledged alarm");
    expect(watcher.newest("activeAlarms")?.alarms[0]).toMatchObject({ acknowledgedBy: "li.wei", since: now });
    await rig.restart();
    node.birth();
    node.data("plc", 2, [good(temp, now + 10, 60)]);
    await eventually(() => watcher.newest("activeAlarms")?.alarms.length === 0, "cleared alarm");
    expect(transitions(watcher).filter((_, i) => watcher.events[i]?.status.alarm === hot)).toEqual([
      ["raised", "UNACK"],
      ["acknowledged", "ACKED"],
      ["cleared", "NORM"],
    ]);
    expect(watcher.events.map(({ seq }) => seq)).toEqual(watcher.events.map((_, i) => i + 1));
    await using records = await rig.records();
    expect(records.alarmEventsAfter(0, 100)).toEqual(watcher.events.map(({ v: _, ...event }) => event));
  });

  test("an on-delay runs out by the clock where no further sample comes, also over a restart", async () => {
    await using folder = await temporaryFolder();
    await using rig = await startRig(folder.path);
    await using node = await bornNode(rig);
    const now = Date.now();
    node.data("plc", 1, [good(temp, now, 75)]);
    await node.ackOf(1);
    await rig.restart();
    await using records = await rig.records();
    await eventually(() => records.alarmSeq() === 1, "alarm after its on-delay");
    expect(records.alarmEventsAfter(0, 10)[0]).toMatchObject({
      transition: "raised",
      at: now + 1_000,
      status: { alarm: "demo/chem/hot-long", since: now },
    });
  });

  test("a shelved alarm stays hidden over a restart, with who and why, and calls again when the time is over", async () => {
    await using folder = await temporaryFolder();
    await using rig = await startRig(folder.path);
    await using watcher = await watch(rig);
    await using node = await bornNode(rig);
    const now = Date.now();
    node.data("plc", 1, [good(temp, now, 81)]);
    await eventually(() => watcher.events.length === 1, "alarm");
    await node.ackOf(1);
    const until = instant(Date.now() + 8_000);
    const shelve = { kind: "shelve", comment: "transmitter being calibrated", until } as const;
    expect(await watcher.ask("s-1", hot, shelve)).toMatchObject({ outcome: "done" });
    expect(await watcher.ask("s-2", hot, { kind: "comment", comment: "back at noon" })).toMatchObject({
      outcome: "done",
    });
    await rig.restart();
    const hidden = () => watcher.newest("activeAlarms")?.alarms.find(({ alarm }) => alarm === hot);
    await eventually(() => hidden()?.state === "SHLVD", "shelved alarm after the restart");
    expect(hidden()).toMatchObject({
      since: now,
      shelvedUntil: until,
      hiddenBy: [{ state: "SHLVD", user: "li.wei", reason: "transmitter being calibrated" }],
    });
    expect(await watcher.acknowledge("s-3", hot)).toMatchObject({ outcome: "refused", code: "CONFLICT" });
    await eventually(() => hidden()?.state === "UNACK", "alarm after its shelving");
    expect(hidden()).toMatchObject({ since: now, hiddenBy: [], shelvedUntil: null });
    const own = watcher.events.filter(({ status }) => status.alarm === hot);
    expect(own.map(({ transition, status, at, comment }) => [transition, status.state, at >= until, comment])).toEqual([
      ["raised", "UNACK", false, null],
      ["shelved", "SHLVD", false, "transmitter being calibrated"],
      ["commented", "SHLVD", false, "back at noon"],
      ["unshelved", "UNACK", true, null],
    ]);
  });

  test("a latched alarm waits for acknowledgement and reset, over a restart; out of service it calls nobody", async () => {
    await using folder = await temporaryFolder();
    await using rig = await startRig(folder.path);
    await using watcher = await watch(rig);
    await using node = await bornNode(rig);
    const now = Date.now();
    const [power, alarm] = ["chem/r101/power", "demo/chem/power-high"] as const;
    node.data("meter", 1, [good(power, now, 45)]);
    node.data("meter", 2, [good(power, now + 1, 30)]);
    await node.ackOf(2);
    await rig.restart();
    const state = () => watcher.newest("activeAlarms")?.alarms.find((one) => one.alarm === alarm)?.state ?? "NORM";
    await eventually(() => state() === "LATUN", "latched alarm after the restart");
    const reset = { kind: "reset", comment: null } as const;
    expect(await watcher.ask("l-1", alarm, reset)).toMatchObject({ outcome: "refused", code: "CONFLICT" });
    expect(await watcher.acknowledge("l-2", alarm)).toMatchObject({ outcome: "done" });
    await rig.restart();
    await eventually(() => state() === "LATAK", "acknowledged after the restart");
    expect(await watcher.ask("l-3", alarm, reset)).toMatchObject({ outcome: "done" });
    await eventually(() => state() === "NORM", "reset alarm");
    const out = { kind: "removeFromService", comment: "permit 2026-118, meter exchanged" } as const;
    expect(await watcher.ask("l-4", alarm, out)).toMatchObject({ outcome: "done" });
    node.birth();
    node.data("meter", 3, [good(power, now + 2, 45)]);
    await eventually(() => watcher.events.at(-1)?.transition === "raised", "hidden activation");
    expect(watcher.events.at(-1)?.status).toMatchObject({ state: "OOSRV", since: now + 2 });
    expect(await watcher.ask("l-5", alarm, { kind: "returnToService", comment: null })).toMatchObject({
      outcome: "done",
    });
    await eventually(() => state() === "UNACK", "alarm back in service");
    expect(
      await watcher.ask("l-6", alarm, { kind: "shelve", comment: "too long", until: instant(Date.now() + 7_200_000) }),
    ).toMatchObject({ outcome: "refused", detail: expect.stringContaining("shelving") });
  });

  test("a command that cannot be carried out is refused with its code", async () => {
    await using folder = await temporaryFolder();
    await using rig = await startRig(folder.path);
    await using watcher = await watch(rig);
    expect(await watcher.acknowledge("c-1", "demo/chem/none")).toMatchObject({ outcome: "refused", code: "NOT_FOUND" });
    expect(await watcher.acknowledge("c-2", hot)).toMatchObject({ outcome: "refused", code: "CONFLICT" });
  });
});

test("a store outage withholds acknowledgements, but silences neither alarms nor live values", async () => {
  await using folder = await temporaryFolder();
  let isDown = false;
  const faulty = (writer: SampleWriter): SampleWriter => ({
    ...writer,
    write: async (batches) => {
      if (isDown) throw new CodedError("STORE_UNAVAILABLE", "switched off by the test");
      return writer.write(batches);
    },
    [Symbol.asyncDispose]: () => writer[Symbol.asyncDispose](),
  });
  await using rig = await startRig(folder.path, { store: embeddedStore(`${folder.path}/data`, faulty) });
  await using watcher = await watch(rig);
  await using node = await bornNode(rig);
  isDown = true;
  const now = Date.now();
  node.data("plc", 1, [good(temp, now, 95)]);
  await eventually(() => watcher.events.length === 1 && liveOf(watcher, "temp")?.value === 95, "alarm and live value");
  await eventually(() => watcher.newest("health", "/ingest")?.state === "degraded", "degraded health");
  expect(node.hasAck(1)).toBe(false);
  isDown = false;
  await node.ackOf(1);
  await eventually(() => watcher.newest("health", "/ingest")?.state === "ok", "health");
  await using reader = await rig.reader();
  expect(await reader.count(good(temp, now, 0).tag, instant(now), instant(now + 1))).toBe(1);
});

test("health every second with the newest sample per line; indicators of every line", async () => {
  await using folder = await temporaryFolder();
  await using rig = await startRig(folder.path);
  await using watcher = await watch(rig);
  await using node = await bornNode(rig);
  const now = Date.now();
  node.data("plc", 1, [good("chem/r101/mode", now, 1), good(temp, now, 60)]);
  await eventually(() => watcher.newest("health", "/ingest")?.newest.chem === now, "newest sample");
  expect(watcher.newest("health", "/ingest")).toMatchObject({ part: "ingest", state: "ok", newest: { ferment: null } });
  await eventually(() => {
    const results = watcher.newest("indicators", "/chem")?.results ?? [];
    return results.some(({ indicator, value }) => indicator === "U-02" && value === 1);
  }, "utilisation");
  expect(watcher.newest("indicators", "/chem")?.results.map(({ indicator, value }) => [indicator, value])).toEqual([
    ["U-02", 1],
    ["G-01", null],
    ["S-10-NOW", 0],
  ]);
  const beats = watcher.count("health");
  await eventually(() => watcher.count("health") >= beats + 2, "two heartbeats", 2_500);
});
