import { statSync } from "node:fs";
import { join } from "node:path";
import { type AlarmEvent, type AlarmState, type AlarmTransition, alarmPriorities } from "#shared/model/alarm.ts";
import { tagId } from "#shared/model/sample.ts";
import { instant } from "#shared/model/time.ts";
import type { AlarmQuery } from "#shared/store/records/alarmJournal.ts";
import { openRecordsReader, openRecordsWriter } from "#shared/store/records/sqlite.ts";
import { temporaryFolder } from "../fakes/folder.ts";
import { type Benchmark, figure } from "./figure.ts";

const events = Number(process.env.PILOTLINE_BENCH_EVENTS ?? 2_000_000);
const alarms = 2_000;
const lines = 10;
const perTransaction = 10_000;
const start = 1_790_000_000_000;
/** Two years of a busy plant. */
const spacingMs = 31_000;
const end = start + events * spacingMs;

const cycle = [
  ["raised", "UNACK", null, null],
  ["acknowledged", "ACKED", "li.wei", null],
  ["returned", "RTNUN", null, null],
  ["cleared", "NORM", null, null],
] as const satisfies readonly (readonly [AlarmTransition, AlarmState, string | null, string | null])[];

function eventAt(n: number): Omit<AlarmEvent, "seq"> {
  // A few alarms make most of the noise, as in every plant.
  const alarm = Math.floor(alarms * ((n * 0.618_034) % 1) ** 3);
  const [line, equipment] = [`line-${alarm % lines}`, `e${alarm % 50}`];
  const [transition, state, user] = n % 997 === 0 ? (["shelved", "SHLVD", "ann"] as const) : (cycle[n % 4] ?? cycle[0]);
  const at = instant(start + n * spacingMs);
  return {
    ...{ transition, at, processedAt: instant(at + 20), user },
    comment: n % 50 === 0 ? `Checked on site, round ${n % 1_000}` : null,
    status: {
      ...{
        alarm: `plant/${line}/a${alarm}`,
        line,
        equipment,
        kind: "high",
        unit: "Cel",
        limit: 95,
        value: 96.5,
        state,
      },
      tag: tagId({ platform: "plant", line, equipment, tag: `t${alarm}` }),
      name: { zh: `反应釜 ${alarm} 温度高`, en: `Reactor ${alarm} temperature high` },
      guidance: { cause: { zh: "冷却水中断或滴加过快" }, response: { zh: "检查冷却水阀与夹套流量" } },
      priority: alarmPriorities[alarm % 4] ?? "low",
      since: state === "NORM" ? null : at,
      ...{ hiddenBy: [], shelvedUntil: null, acknowledgedBy: user, acknowledgedAt: null },
    },
  };
}

const all = { from: instant(start), to: instant(end), limit: 200 } as const;
const week = (k: number) => {
  const to = end - ((k * 0.37) % 1) * (end - start - 7 * 86_400_000);
  return { from: instant(to - 7 * 86_400_000), to: instant(to) };
};
/** What people ask, `k` varies it. */
const questions: Readonly<Record<string, (k: number) => AlarmQuery>> = {
  "the newest of all": () => all,
  "a week": (k) => ({ ...all, ...week(k) }),
  "a page in the middle": (k) => ({ ...all, before: { at: week(k).to, seq: 1e9 } }),
  "one line, all time": (k) => ({ ...all, line: `line-${k % lines}` }),
  "one equipment in a week": (k) => ({ ...all, ...week(k), line: `line-${k % lines}`, equipment: `e${k % lines}` }),
  "one alarm, all time": (k) => ({ ...all, alarm: `plant/line-${(k * 7) % lines}/a${k * 7}` }),
  "critical ones of a line": (k) => ({ ...all, line: `line-${k % lines}`, priorities: ["critical"] }),
  "a rare transition": () => ({ ...all, transitions: ["shelved"] }),
  "a rare transition of a quiet line": (k) => ({ ...all, line: `line-${k % lines}`, transitions: ["shelved"] }),
  "what a user did": (k) => ({ ...all, ...week(k), user: "li.wei" }),
  "a text in a name": (k) => ({ ...all, text: `反应釜 ${k * 13} ` }),
  "a text in a comment": (k) => ({ ...all, text: `round ${(k % 20) * 50}` }),
  "a text that is nowhere": () => ({ ...all, text: "nowhere to be found" }),
  "a state that never was": () => ({ ...all, states: ["LATAK"] }),
};

export const alarmJournal: Benchmark = {
  summary: `The alarm journal with ${events / 1e6} million events: time to find a page of 200, by question; size and writing.`,
  onDemand: true,
  run: async (say) => {
    await using folder = await temporaryFolder();
    const file = join(folder.path, "records.db");
    await using writer = await openRecordsWriter(file);
    const began = performance.now();
    for (let n = 0; n < events; n += perTransaction) {
      writer.appendAlarmEvents(Array.from({ length: Math.min(perTransaction, events - n) }, (_, i) => eventAt(n + i)));
    }
    const perSecond = events / ((performance.now() - began) / 1_000);
    say(`written in ${Math.round((performance.now() - began) / 1_000)} s`);
    await using reader = await openRecordsReader(file);
    const opened = performance.now();
    reader.alarmStatuses();
    const statusesMs = performance.now() - opened;
    const slowest = Object.entries(questions).map(([name, question]) => {
      const times = Array.from({ length: 40 }, (_, k) => {
        const from = performance.now();
        reader.alarmEvents(question(k));
        return performance.now() - from;
      }).sort((a, b) => a - b);
      return figure(`journal: ${name}, p95`, times[37] ?? Number.NaN, "ms");
    });
    return [
      figure("journal: written", perSecond, "events/s"),
      figure("journal: size per event", (statSync(file).size + statSync(`${file}-wal`).size) / events, "bytes"),
      figure(`journal: states of ${alarms} alarms at a start`, statusesMs, "ms"),
      ...slowest,
    ];
  },
};
