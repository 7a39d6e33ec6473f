import {
  type AlarmPriority,
  type AlarmState,
  type AlarmStatus,
  type AlarmTransition,
  alarmTransitions,
} from "#shared/model/alarm.ts";
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

/** How often an alarm called somebody; the rest is as its newest call tells it. */
export interface AlarmFrequency
  extends Pick<AlarmStatus, "alarm" | "line" | "equipment" | "tag" | "name" | "priority"> {
  readonly annunciations: number;
}

/** Reading the journal for figures. */
export interface AlarmActivityReader {
  /** By time, `from <= at < to`; what was found in late data called nobody, and is left out. */
  alarmSteps(from: EpochMs, to: EpochMs): readonly AlarmStep[];
  /** The newest step before `at` of every alarm. */
  alarmStepsAt(at: EpochMs): readonly AlarmStep[];
  /**
   * Annunciations in `from <= at < to` by alarm of these lines, the most frequent first: raised, or active again behind
   * a hiding; not what late data told, nor what was hidden.
   */
  alarmFrequencies(from: EpochMs, to: EpochMs, lines: readonly string[]): readonly AlarmFrequency[];
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

const frequencyOf = (row: Row): AlarmFrequency => {
  const { alarm, line, equipment, tag, name, priority } = JSON.parse(String(row.body)) as Omit<
    AlarmFrequency,
    "annunciations"
  >;
  return { alarm, line, equipment, tag, name, priority, annunciations: Number(row.n) };
};

const joined = "alarm_event e JOIN alarm_definition d ON d.id = e.definition";
const columns = `e.seq, d.alarm, d.line, e.transition, e.at, e.user, json_extract(d.body, '$.tag') AS tag, d.equipment,
  d.priority, e.state, json_extract(e.standing, '$.since') AS since`;

export const alarmActivity = family({
  sql: {
    steps: `SELECT ${columns} FROM ${joined} WHERE e.at >= ? AND e.at < ? AND e.historical = 0 ORDER BY e.at, e.seq`,
    stepsAt: `SELECT ${columns} FROM ${joined} WHERE e.seq IN
      (SELECT max(e.seq) FROM ${joined} WHERE e.at < ? AND e.historical = 0 GROUP BY d.alarm) ORDER BY d.alarm`,
    // Beside one max(), SQLite takes the other columns of the row that has it.
    frequencies: `SELECT sum(called.n) AS n, max(called.seq), d.body FROM
      (SELECT definition, count(*) AS n, max(seq) AS seq FROM alarm_event INDEXED BY alarm_event_by_transition
        WHERE transition IN ('raised', 'unshelved', 'unsuppressed', 'inService') AND at >= ?1 AND at < ?2
        AND state IN ('UNACK', 'ACKED') AND historical = 0 GROUP BY definition) called
      JOIN alarm_definition d ON d.id = called.definition
      WHERE d.line IN (SELECT value FROM json_each(?3)) GROUP BY d.alarm ORDER BY n DESC, d.alarm`,
  },
  reads: (rows): AlarmActivityReader => ({
    alarmSteps: (from, to) => rows((sql) => sql.steps.all(from, to)).map(stepOf),
    alarmStepsAt: (at) => rows((sql) => sql.stepsAt.all(at)).map(stepOf),
    alarmFrequencies: (from, to, lines) =>
      rows((sql) => sql.frequencies.all(from, to, JSON.stringify(lines))).map(frequencyOf),
  }),
  writes: () => ({}),
});
