import type { AlarmEvent, AlarmState, AlarmStatus } from "#shared/model/alarm.ts";
import type { LiveValue } from "#shared/model/live.ts";
import type { Sample, TagId } from "#shared/model/sample.ts";
import { instant } from "#shared/model/time.ts";
import { temp } from "./plant.ts";

export const good = (at: number, value: number, tag: TagId = temp): Sample => ({
  tag,
  at: instant(at),
  quality: "good",
  value,
});
export const bad = (at: number, tag: TagId = temp): Sample => ({
  tag,
  at: instant(at),
  quality: "bad",
  value: null,
  reason: "TIMEOUT",
});
export const live = (at: number, value: number, tag: TagId = temp): LiveValue => ({
  tag,
  value,
  quality: "good",
  reason: null,
  at: instant(at),
});

export const status = (state: AlarmState, alarm = "demo/chem/hot"): AlarmStatus => ({
  alarm,
  line: "chem",
  equipment: "r1",
  tag: temp,
  name: { zh: "超温" },
  kind: "high",
  guidance: {},
  priority: "high",
  state,
  limit: 80,
  unit: "Cel",
  value: 81.5,
  since: state === "NORM" ? null : instant(1_000),
  hiddenBy: [],
  shelvedUntil: null,
  acknowledgedBy: null,
  acknowledgedAt: null,
});
export const event = (state: AlarmState, alarm?: string): Omit<AlarmEvent, "seq"> => ({
  transition: state === "NORM" ? "cleared" : "raised",
  at: instant(1_000),
  processedAt: instant(1_010),
  user: null,
  comment: null,
  status: status(state, alarm),
});
