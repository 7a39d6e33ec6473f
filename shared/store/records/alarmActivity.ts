import { type AlarmPriority, type AlarmState, type AlarmTransition, alarmTransitions } from "#shared/model/alarm.ts";
import { type EpochMs, instant } from "#shared/model/time.ts";
import { column } from "./column.ts";
import { family, type Row } from "./family.ts";

/** A line of the alarm journal with what figures need of it, and no more. */
export interface AlarmStep {
  readonly seq: number;
  readonly alarm: string;
  readonly line: string;
  readonly tag: string;
  readonly equipment: string;
  readonly priority: AlarmPriority;
  readonly transition: AlarmTransition;
  /** After the transition. */
  readonly state: AlarmState;
  /** Whether its condition holds: since when. */
  readonly since: EpochMs | null;
  readonly at: EpochMs;
  readonly user: string | null;
}

/** Reading the journal for figures. */
export interface AlarmActivityReader {
  /** By time, `from <= at < to`; what was found in late data called nobody, and is left out. */
  alarmSteps(from: EpochMs, to: EpochMs): readonly AlarmStep[];
  /** The newest step before `at` of every alarm. */
  alarmStepsAt(at: EpochMs): readonly AlarmStep[];
}

const stepOf = (row: Row): AlarmStep => ({
  seq: Number(row.seq),
  alarm: String(row.alarm),
  line: String(row.line),
  tag: String(row.tag),
  equipment: String(row.equipment),
  priority: row.priority as AlarmPriority,
  transition: column<AlarmTransition>(row, "transition", alarmTransitions),
  state: row.state as AlarmState,
  since: row.since === null ? null : instant(Number(row.since)),
  at: instant(Number(row.at)),
  user: row.user as string | null,
});

const joined = "alarm_event e JOIN alarm_definition d ON d.id = e.definition";
const columns = `e.seq, d.alarm, d.line, e.transition, e.at, e.user, json_extract(d.body, '$.tag') AS tag, d.equipment,
  d.priority, e.state, json_extract(e.standing, '$.since') AS since`;

export const alarmActivity = family({
  sql: {
    steps: `SELECT ${columns} FROM ${joined} WHERE e.at >= ? AND e.at < ? AND e.historical = 0 ORDER BY e.at, e.seq`,
    stepsAt: `SELECT ${columns} FROM ${joined} WHERE e.seq IN
      (SELECT max(e.seq) FROM ${joined} WHERE e.at < ? AND e.historical = 0 GROUP BY d.alarm) ORDER BY d.alarm`,
  },
  reads: (rows): AlarmActivityReader => ({
    alarmSteps: (from, to) => rows((sql) => sql.steps.all(from, to)).map(stepOf),
    alarmStepsAt: (at) => rows((sql) => sql.stepsAt.all(at)).map(stepOf),
  }),
  writes: () => ({}),
});
