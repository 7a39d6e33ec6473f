import type { trendZh } from "./trend.zh.ts";

export const trendEn: typeof trendZh = {
  show: "Show",
  limits: "Alarm limits",
  marks: "Events",
  marksOf: "Alarms and runs",
  alarms: (n) => `${n} alarm ${n === 1 ? "entry" : "entries"}`,
  raised: "Raised",
  commented: "Comment",
  by: (user) => ` (${user})`,
  more: (n) => `${n} more`,
  openJournal: "Open the alarm journal",
  cut: (n) => `Only the newest ${n} alarm entries are shown`,
  marksFailed: (what) => `Alarms and runs could not be read: ${what}`,
  run: (batch, from, to) => `Run ${batch}, ${from} to ${to}`,
  running: "running",
};
