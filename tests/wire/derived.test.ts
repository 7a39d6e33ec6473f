import { describe, expect, test } from "vitest";
import type { AlarmStatus } from "#shared/model/alarm.ts";
import { tagId } from "#shared/model/sample.ts";
import { instant } from "#shared/model/time.ts";
import {
  type DerivedKind,
  type DerivedMessages,
  derivedAddress,
  derivedTopics,
  encodeDerived,
  parseDerived,
} from "#shared/wire/derived.ts";

const at = instant(1_790_000_000_000);
const malformed = (where: string) =>
  expect.objectContaining({ code: "MALFORMED", detail: expect.stringContaining(where) });

const status: AlarmStatus = {
  alarm: "demo/l1/r101-high",
  line: "l1",
  equipment: "r101",
  tag: tagId({ platform: "demo", line: "l1", equipment: "r101", tag: "temperature" }),
  name: { zh: "反应釜超温", en: "Reactor too hot" },
  kind: "high",
  guidance: { response: { zh: "停止加热" }, timeToRespondMinutes: 5 },
  priority: "critical",
  state: "UNACK",
  limit: 95,
  unit: "Cel",
  value: 96.5,
  since: at,
  hiddenBy: [],
  shelvedUntil: null,
  acknowledgedBy: null,
  acknowledgedAt: null,
};

const messages: { [Kind in DerivedKind]: DerivedMessages[Kind] } = {
  live: {
    v: 1,
    at,
    values: {
      temperature: { value: 96.5, quality: "good", reason: null, at },
      valve: { value: null, quality: "bad", reason: "NOT_CONNECTED", at: null },
      recipe: { value: "A-7", quality: "uncertain", reason: "STALE", at },
      running: { value: true, quality: "good", reason: null, at },
    },
    state: { state: "PRD", since: at },
  },
  alarmEvent: { v: 1, seq: 12, transition: "raised", at, processedAt: at, user: null, comment: null, status },
  activeAlarms: { v: 1, seq: 12, alarms: [status, { ...status, value: null, since: null, state: "NORM" }] },
  indicators: {
    v: 1,
    at,
    results: [
      {
        indicator: "U-02",
        definitionVersion: "1.0.0",
        scope: "demo/l1/r101",
        period: "2026-11-23",
        from: at,
        to: at,
        until: at,
        value: null,
        unit: "%",
        numerator: null,
        denominator: 0,
        lower: null,
        upper: null,
        coverage: 0.2,
        status: "insufficient",
        reason: "no data",
        flags: ["late"],
        parts: {},
        factorIds: [],
        inputDigest: null,
        origin: "derived",
      },
    ],
  },
  figures: {
    v: 1,
    at,
    results: [
      {
        indicator: "U-02",
        definitionVersion: "1.0.0",
        scope: "demo",
        period: "2026-11-23",
        from: at,
        to: at,
        until: at,
        value: null,
        unit: "%",
        numerator: null,
        denominator: 0,
        lower: null,
        upper: null,
        coverage: 0.2,
        status: "insufficient",
        reason: "no data",
        flags: ["late"],
        parts: { PRD: 3_600, UNK: null },
        factorIds: ["mee-nbs-2022:shandong"],
        inputDigest: "00ff",
        origin: "derived",
      },
    ],
  },
  health: {
    v: 1,
    at,
    part: "ingest",
    state: "ok",
    newest: { l1: at, l2: null },
    details: { backlog: 0, store: "embedded" },
  },
  notification: {
    v: 1,
    id: "5f0c",
    to: "wang",
    at,
    kind: "alarm",
    priority: "critical",
    title: "报警",
    text: "反应釜超温",
    link: null,
    count: 1,
    counts: { critical: 1 },
    returned: 0,
    alarms: [status.alarm],
  },
  assessment: {
    v: 1,
    period: "2026-10",
    version: 1,
    sealedAt: at,
    score: {
      total: 80.5,
      measured: 80.5,
      declared: null,
      groups: [],
      missing: ["U-16"],
      measuredCoverage: 0.9,
      vetoes: [],
      grade: "良好",
    },
    figures: [],
    manifest: {
      format: "pilotline-seal/1",
      algorithm: "Ed25519",
      platform: "demo",
      period: "2026-10",
      version: 1,
      records: 3,
      lastHash: "a".repeat(64),
      sealedAt: at,
      sealedBy: "anna",
      previous: "0".repeat(64),
      files: { "assessment.json": "b".repeat(64) },
    },
    signature: "c".repeat(128),
    publicKey: "d".repeat(64),
  },
};
const kinds = Object.keys(messages) as DerivedKind[];

describe("messages", () => {
  test.each(kinds)("%s reads back, from text and from bytes", (kind) => {
    const text = encodeDerived(kind, messages[kind]);
    expect(parseDerived(kind, text)).toEqual(messages[kind]);
    expect(parseDerived(kind, Buffer.from(text))).toEqual(messages[kind]);
  });

  test.each(kinds)("%s of another version, or not of this kind, is refused", (kind) => {
    expect(() => parseDerived(kind, JSON.stringify({ ...messages[kind], v: 2 }))).toThrow(malformed("/v"));
    for (const text of ["", "{", "null", "[]", '{"v":1}', '"text"']) {
      expect(() => parseDerived(kind, text), text).toThrow(malformed(kind));
    }
  });

  test.each(kinds)("%s says each of its keys, or it is refused", (kind) => {
    for (const key of Object.keys(messages[kind])) {
      const without = Object.fromEntries(Object.entries(messages[kind]).filter(([name]) => name !== key));
      expect(() => parseDerived(kind, JSON.stringify(without)), key).toThrow(malformed(kind));
    }
  });

  test.each(kinds)("%s with a key that is not known yet is read", (kind) => {
    expect(() => parseDerived(kind, JSON.stringify({ ...messages[kind], more: 1 }))).not.toThrow();
  });

  test.each<[string, DerivedKind, object]>([
    ["a quality that is none", "live", { values: { t: { value: 1, quality: "fine", reason: null, at } } }],
    ["a reason that is none", "live", { values: { t: { value: null, quality: "bad", reason: "E17", at } } }],
    ["a state that is none", "live", { state: { state: "RUN", since: at } }],
    ["an alarm without a priority", "activeAlarms", { alarms: [{ ...status, priority: "urgent" }] }],
    ["a health that is none", "health", { state: "fine" }],
  ])("%s is refused", (_, kind, change) => {
    expect(() => parseDerived(kind, JSON.stringify({ ...messages[kind], ...change }))).toThrow(malformed("/"));
  });
});

describe("topics", () => {
  test("each is read back to what it is about", () => {
    expect(derivedAddress(derivedTopics.live("demo", "l1", "r101"))).toEqual({
      platform: "demo",
      kind: "live",
      line: "l1",
      equipment: "r101",
    });
    expect(derivedAddress(derivedTopics.alarmEvent("demo"))).toEqual({ platform: "demo", kind: "alarmEvent" });
    expect(derivedAddress(derivedTopics.activeAlarms("demo"))).toEqual({ platform: "demo", kind: "activeAlarms" });
    expect(derivedAddress(derivedTopics.indicators("demo", "l1"))).toEqual({
      platform: "demo",
      kind: "indicators",
      line: "l1",
    });
    expect(derivedAddress(derivedTopics.figures("demo", "month"))).toEqual({
      platform: "demo",
      kind: "figures",
      period: "month",
      line: null,
    });
    expect(derivedAddress(derivedTopics.figures("demo", "day", "l1"))).toEqual({
      platform: "demo",
      kind: "figures",
      period: "day",
      line: "l1",
    });
    expect(derivedAddress(derivedTopics.health("demo", "gateway-edge-1"))).toEqual({
      platform: "demo",
      kind: "health",
      part: "gateway-edge-1",
    });
    expect(derivedAddress(derivedTopics.notification("demo", "wang"))).toEqual({
      platform: "demo",
      kind: "notification",
      person: "wang",
    });
  });

  test.each([
    "pilotline/v1/demo/live/l1",
    "pilotline/v1/demo/live/l1/r101/x",
    "pilotline/v1/demo/alarm/other",
    "pilotline/v1/demo/alarm/event/x",
    "pilotline/v1/demo/health",
    "pilotline/v1/demo/command/acknowledge",
    "pilotline/v1/demo/reply/dashboard/1",
    "pilotline/v2/demo/alarm/event",
    "spBv1.0/demo/NDATA/edge-1",
  ])("`%s` is none", (topic) => expect(derivedAddress(topic)).toBeUndefined());
});
