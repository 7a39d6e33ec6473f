import { type AlarmPriority, type AlarmStatus, alarmPriorities } from "#shared/model/alarm.ts";
import { compareAlarms, isUnacknowledged } from "../../live/alarmBook.ts";

export const alarmSorts = ["urgency", "newest", "oldest", "equipment"] as const;
export type AlarmSort = (typeof alarmSorts)[number];
export const alarmGroupings = ["none", "line", "equipment"] as const;
export type AlarmGrouping = (typeof alarmGroupings)[number];
/** What a person looks for among the alarms that stand. */
export const alarmStages = ["unacknowledged", "acknowledged", "returned"] as const;
export type AlarmStage = (typeof alarmStages)[number];

/** What of the list is shown; the address of the page holds it. No time: an alarm that stands is shown, however old. */
export interface AlarmFilter {
  /** Empty: all. */
  readonly priorities: readonly AlarmPriority[];
  readonly line: string;
  readonly stage: AlarmStage | "";
  readonly text: string;
  readonly sort: AlarmSort;
  readonly group: AlarmGrouping;
}

export const everything: AlarmFilter = {
  priorities: [],
  line: "",
  stage: "",
  text: "",
  sort: "urgency",
  group: "none",
};

type Query = Readonly<Record<string, unknown>>;
const textOf = (query: Query, key: string): string => (typeof query[key] === "string" ? query[key] : "");
const oneOf = <Word extends string, Else>(words: readonly Word[], text: string, otherwise: Else): Word | Else =>
  words.find((word) => word === text) ?? otherwise;

/** The filter that an address asks for; what it does not know is as if it were not there. */
export function filterOf(query: Query): AlarmFilter {
  const asked = textOf(query, "priority").split(",");
  return {
    priorities: alarmPriorities.filter((priority) => asked.includes(priority)),
    line: textOf(query, "line"),
    stage: oneOf(alarmStages, textOf(query, "stage"), ""),
    text: textOf(query, "text"),
    sort: oneOf(alarmSorts, textOf(query, "sort"), everything.sort),
    group: oneOf(alarmGroupings, textOf(query, "group"), everything.group),
  };
}

/** The address of a filter: only what differs from everything. */
export function queryOf({ priorities, line, stage, text, sort, group }: AlarmFilter): Record<string, string> {
  const parts = {
    priority: priorities.join(","),
    line,
    stage,
    text,
    sort: sort === everything.sort ? "" : sort,
    group: group === everything.group ? "" : group,
  };
  return Object.fromEntries(Object.entries(parts).filter(([, part]) => part !== ""));
}

const stageOf = (alarm: AlarmStatus): AlarmStage => {
  if (isUnacknowledged(alarm)) return "unacknowledged";
  return alarm.state === "ACKED" ? "acknowledged" : "returned";
};

const orders: Readonly<Record<AlarmSort, (a: AlarmStatus, b: AlarmStatus) => number>> = {
  urgency: compareAlarms,
  newest: (a, b) => (b.since ?? 0) - (a.since ?? 0) || compareAlarms(a, b),
  oldest: (a, b) => (a.since ?? 0) - (b.since ?? 0) || compareAlarms(a, b),
  equipment: (a, b) => a.line.localeCompare(b.line) || a.equipment.localeCompare(b.equipment) || compareAlarms(a, b),
};

/** `words` are all texts under which a person may look for an alarm. */
export function chosenAlarms(
  alarms: readonly AlarmStatus[],
  { priorities, line, stage, text, sort }: AlarmFilter,
  words: (alarm: AlarmStatus) => string,
): readonly AlarmStatus[] {
  const sought = text.trim().toLowerCase();
  const chosen = alarms.filter(
    (alarm) =>
      (priorities.length === 0 || priorities.includes(alarm.priority)) &&
      (line === "" || alarm.line === line) &&
      (stage === "" || stageOf(alarm) === stage) &&
      (sought === "" || words(alarm).toLowerCase().includes(sought)),
  );
  // The book is in order of urgency already.
  return sort === "urgency" ? chosen : chosen.sort(orders[sort]);
}

export interface AlarmGroup {
  /** Empty where nothing is grouped; else the line, or `<line>/<equipment>`. */
  readonly key: string;
  readonly alarms: readonly AlarmStatus[];
}

/** Groups in the order of their first alarm, so that the most urgent group comes first. */
export function groupedAlarms(alarms: readonly AlarmStatus[], group: AlarmGrouping): readonly AlarmGroup[] {
  if (group === "none") return [{ key: "", alarms }];
  const groups = new Map<string, AlarmStatus[]>();
  for (const alarm of alarms) {
    const key = group === "line" ? alarm.line : `${alarm.line}/${alarm.equipment}`;
    groups.set(key, [...(groups.get(key) ?? []), alarm]);
  }
  return [...groups].map(([key, members]) => ({ key, alarms: members }));
}
